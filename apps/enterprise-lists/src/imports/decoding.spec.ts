import { sourceOf } from '../../test/list-files.js';
import { maxLineBytes, wholeLines } from '@finharbor/spreadsheets/decoding';
import { detectEncoding, textBlocks } from '@finharbor/spreadsheets/text-blocks';

/** 万州, a line break, and two characters that GB18030 writes in four bytes each. */
const gb18030 = Buffer.from([0xcd, 0xf2, 0xd6, 0xdd, 0x0d, 0x0a, 0x95, 0x34, 0xb2, 0x35, 0x81, 0x39, 0xef, 0x31, 0x0a]);

async function read(bytes: Buffer, size: number): Promise<{ encoding: string; text: string }> {
  const file = sourceOf(bytes, size);
  const encoding = await detectEncoding(file);
  let text = '';
  for await (const block of textBlocks(file, encoding)) text += block.text;
  return { encoding, text };
}

describe('decoding of lists', () => {
  it.each([1, 2, 3, 7, 1000])('gives the same text whatever the size of the chunks (%i bytes)', async (size) => {
    const utf8 = Buffer.from('\ufeff企业名称,代码\r\n万州“好”公司,𠮷\n末行没有换行');
    expect(await read(utf8, size)).toEqual({ encoding: 'UTF-8', text: '企业名称,代码\n万州“好”公司,𠮷\n末行没有换行' });
    expect(await read(gb18030, size)).toEqual({ encoding: 'GB18030', text: '万州\n𠮷㐂\n' });
  });

  it('names the line that fits neither encoding', async () => {
    const bytes = Buffer.concat([Buffer.from('a\nb\n'), Buffer.from([0x81, 0x20, 0x0a]), Buffer.from('c\n')]);
    await expect(read(bytes, 1000)).rejects.toMatchObject({ code: 'LIST_ENCODING', detail: 'Line 3 is neither UTF-8 nor GB18030.' });
  });

  it.each(['\ufeffa\n', 'a\n万州\n'])('does not take UTF-8 with a broken line for GB18030 (%j)', async (good) => {
    const bytes = Buffer.concat([Buffer.from(good), Buffer.from([0xcd, 0xf2, 0x0a]), Buffer.from('好\n')]);
    const line = good.split('\n').length;
    for (const size of [1, 1000]) {
      await expect(read(bytes, size)).rejects.toMatchObject({ code: 'LIST_ENCODING', detail: `The file is UTF-8 up to line ${line}, and that line is not.` });
    }
  });

  it('is not misled by GB18030 that could be UTF-8: 医院 is also two letters of others', async () => {
    const hospital = Buffer.from([0xd2, 0xbd, 0xd4, 0xba, 0x0a]);
    const bytes = Buffer.concat([hospital, gb18030]);
    for (const size of [1, 1000]) expect(await read(bytes, size)).toEqual({ encoding: 'GB18030', text: '医院\n万州\n𠮷㐂\n' });
  });

  it('refuses a line without end before it has read much of it', async () => {
    let given = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      for (;;) {
        given += 65_536;
        yield Buffer.alloc(65_536, 'a');
      }
    }
    const reading = (async () => { for await (const block of wholeLines(endless())) expect(block).toBeDefined(); })();
    await expect(reading).rejects.toMatchObject({ code: 'LIST_MALFORMED', detail: 'Line 1 is longer than 1 MiB.' });
    expect(given).toBeLessThan(maxLineBytes + 2 * 65_536);
  });
});
