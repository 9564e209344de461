import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import { maxUploadBytes, Upload } from './upload.js';

describe('an upload', () => {
  const named = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('finharbor-upload-'));
  /** What a process left that was killed in the moment between making a file and taking its name: it is empty. */
  const before = named();
  /** Looks twice: an upload of another test bears its name for a moment. */
  const files = (): string[] => {
    const names = named().filter((name) => !before.includes(name));
    return names.filter((name) => readdirSync(tmpdir()).includes(name));
  };

  it('gives its text as often as asked, knows its hash, and has no name on disk', async () => {
    const upload = await Upload.receive(Readable.from([Buffer.from('name\n'), Buffer.from('万州')]));
    for (let time = 0; time < 2; time += 1) {
      let text = '';
      for await (const part of upload.text()) text += part;
      expect(text).toBe('name\n万州');
    }
    expect(upload).toMatchObject({ encoding: 'UTF-8', sha256: '803485568f575717b2bc2edf20766b10e98d36b096035f3af7cb559139d5b726' });
    expect(files()).toEqual([]);
    await upload.discard();
    await expect((async () => { for await (const part of upload.text()) expect(part).toBeUndefined(); })()).rejects.toThrow();
  });

  it('is refused as soon as it is larger than 200 MB', async () => {
    const line = Buffer.from(`${'a'.repeat(65_535)}\n`);
    const body = Readable.from((function* () {
      for (let bytes = 0; bytes <= maxUploadBytes; bytes += line.length) yield line;
      yield line;
    })());
    await expect(Upload.receive(body)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    expect(files()).toEqual([]);
  });
});
