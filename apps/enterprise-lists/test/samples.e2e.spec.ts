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

// Where they are not given there is nothing to run.
(existsSync(folder) ? describe : describe.skip)('the real samples', () => {
  const stories: Story[] = [];
  afterAll(() => Promise.all(stories.map(({ app }) => app.close())));

  /** The enterprises of a fresh district that was told these files in this order. */
  async function district(files: Buffer[]): Promise<unknown[]> {
    const story = await Story.begin();
    stories.push(story);
    const importing = new Importing(story);
    for (const [at, file] of files.entries()) {
      const { state, rejectedCount, acceptedCount } = await importing.run(file, { title: `样本${at}` });
      expect([state, rejectedCount]).toEqual(['APPLIED', 0]);
      expect([800, 5000]).toContain(acceptedCount);
    }
    // Who said it and when is what differs between two districts.
    return story.app.database.query(
      `select to_jsonb(e) - array['version', 'changed_at', 'recorded_at', 'sources'] as facts from enterprise_lists.enterprises e order by credit_code`);
  }

  it('make the same enterprises in any order, in both encodings and again', async () => {
    const utf8 = readFileSync(new URL('chongqing-sample-utf8.csv', folder), 'utf8');
    const wanzhou = new TextDecoder('gb18030').decode(readFileSync(new URL('wanzhou-sample-gb18030.csv', folder)));
    const first = await district([Buffer.from(utf8), gb18030(wanzhou)]);
    expect(first).toHaveLength(5000);
    const other = await district([Buffer.from(wanzhou), gb18030(utf8), gb18030(wanzhou), Buffer.from(utf8)]);
    expect(other).toEqual(first);
  }, 120_000);
});
