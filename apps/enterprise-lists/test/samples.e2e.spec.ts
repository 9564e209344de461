import { existsSync, readFileSync } from 'node:fs';
import { Importing } from './import-support.js';
import { Story } from './support.js';

/** Two real samples. They lie beside the repository where it is worked on, and are no part of it. */
const folder = new URL('../../../../shared/data/enterprises/', import.meta.url);

/** The two-byte part of GB18030, which the samples keep to. */
function gb18030(text: string): Buffer {
  const decoder = new TextDecoder('gb18030');
  const bytesOf = new Map<string, number[]>();
  for (let high = 0x81; high <= 0xfe; high += 1) {
    for (let low = 0x40; low <= 0xfe; low += 1) bytesOf.set(decoder.decode(Uint8Array.of(high, low)), [high, low]);
  }
  return Buffer.from([...text].flatMap((char) => (char < '\x80' ? char.charCodeAt(0) : bytesOf.get(char)!)));
}

describe('lists of one department', () => {
  const stories: Story[] = [];
  afterAll(() => Promise.all(stories.map(({ app }) => app.close())));

  /** The enterprises of a fresh district that was told these files in this order. */
  async function district(files: Buffer[]): Promise<unknown[]> {
    const story = await Story.begin();
    stories.push(story);
    const importing = new Importing(story);
    for (const [at, file] of files.entries()) {
      const { state, rejectedCount, acceptedCount } = await importing.run(file, { title: `样本${at}` });
      expect([state, rejectedCount, acceptedCount]).toEqual(['APPLIED', 0, file.toString('latin1').trimEnd().split('\n').length - 1]);
    }
    // Who said it and when is what differs between two districts.
    return story.app.database.query(
      `select to_jsonb(e) - array['version', 'changed_at', 'recorded_at', 'sources'] as facts from enterprise_lists.enterprises e order by credit_code`);
  }

  const sameInAnyOrder = async (one: string, other: string): Promise<unknown[]> => {
    const first = await district([Buffer.from(one), gb18030(other)]);
    expect(await district([Buffer.from(other), gb18030(one), gb18030(other), Buffer.from(one)])).toEqual(first);
    return first;
  };

  it('make the same enterprises in any order, in both encodings and again', async () => {
    const header = '企业名称,统一社会信用代码,注册日期,企业类型,注册资金,地区,注册地址\n';
    const mill = '万州示例面粉厂,91500101MA5U00011L,2009-04-28,N/A,"1,018(万)",万州,重庆市万州区太白街道1号\n';
    const farm = '万州示例家庭农场,92500101MA5UW0016R,2019/3/1,个体工商户,81.5800(万美元),万州,重庆市万州区高峰镇\n';
    expect(await sameInAnyOrder(header + mill + farm, header + farm)).toHaveLength(2);
  });

  // Where the samples are not given there is nothing to run.
  if (existsSync(folder)) it('do so where they are real', async () => {
    const utf8 = readFileSync(new URL('chongqing-sample-utf8.csv', folder), 'utf8');
    const wanzhou = new TextDecoder('gb18030').decode(readFileSync(new URL('wanzhou-sample-gb18030.csv', folder)));
    expect(await sameInAnyOrder(utf8, wanzhou)).toHaveLength(5000);
  }, 120_000);
});
