import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suiteNames } from '@finharbor/security/encryption/suites';
import { StoredFiles } from './stored-files.js';

describe('stored files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'finharbor-stored-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const content = Buffer.from('万州一二三四五六七八九十'.repeat(50_000));
  async function* blocks(bytes = content, size = 65_537): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const read = async (source: AsyncIterable<Buffer>): Promise<Buffer> => {
    const parts: Buffer[] = [];
    for await (const part of source) parts.push(part);
    return Buffer.concat(parts);
  };

  it.each(suiteNames)('are read from any place on, and lie encrypted on the disk: %s', async (suite) => {
    const files = new StoredFiles(folder, suite);
    const stored = await files.write(blocks(), 10_000_000);
    expect(stored).toMatchObject({ bytes: content.length, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const lying = readFileSync(join(folder, stored.id));
    expect(lying).toHaveLength(content.length);
    expect(lying.includes('万州')).toBe(false);
    const file = await new StoredFiles(folder).open(stored.id, stored.key);
    expect((await read(file.stream())).equals(content)).toBe(true);
    for (const position of [0, 1, 15, 16, 17, 100_001, content.length - 3]) {
      expect((await file.read(position, 40)).equals(content.subarray(position, position + 40))).toBe(true);
      expect((await read(file.stream(position))).equals(content.subarray(position))).toBe(true);
    }
    expect(await file.read(content.length + 5, 10)).toHaveLength(0);
    await file.close();
    await files.delete([stored.id, null, stored.id]);
    await expect(files.open(stored.id, stored.key)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('leave nothing behind when they are too large or break off', async () => {
    const files = new StoredFiles(folder, 'AES');
    await expect(files.write(blocks(), content.length - 1)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    await expect(files.write((async function* () { yield content; throw new Error('broke off'); })(), 10_000_000)).rejects.toThrow('broke off');
    await expect(files.write((async function* () { yield content; throw Object.assign(new Error('full'), { code: 'ENOSPC' }); })(), 10_000_000))
      .rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('are swept when they are old and nobody’s', async () => {
    const files = new StoredFiles(folder, 'AES');
    const [kept, abandoned, fresh] = [await files.write(blocks(), 1e9), await files.write(blocks(), 1e9), await files.write(blocks(), 1e9)];
    const long = Date.now() / 1_000 - 7_200;
    for (const { id } of [kept, abandoned]) utimesSync(join(folder, id), long, long);
    expect(await files.sweep(async (ids) => new Set(ids.filter((id) => id === kept.id)))).toBe(1);
    expect(readdirSync(folder).sort()).toEqual([kept.id, fresh.id].sort());
  });
});
