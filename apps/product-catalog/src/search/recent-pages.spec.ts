import type { Tx } from '@finharbor/platform/tenancy/tx';
import { type FoundPage, RecentPages } from './recent-pages.js';

const page = (items: string): FoundPage => ({ items, next: null });

describe('recent pages', () => {
  it('are read once, and again after a publication', async () => {
    const recent = new RecentPages();
    let reads = 0;
    const read = (): Promise<FoundPage> => Promise.resolve(page(String(reads += 1)));
    expect([(await recent.get('a', read)).items, (await recent.get('a', read)).items, (await recent.get('b', read)).items]).toEqual(['1', '1', '2']);
    const committed: (() => void)[] = [];
    recent.endWith({ onCommit: (work: () => void) => void committed.push(work) } as Tx);
    expect((await recent.get('a', read)).items).toBe('1');
    committed.forEach((work) => work());
    expect((await recent.get('a', read)).items).toBe('3');
  });

  it('are not kept when a publication committed while they were read', async () => {
    const recent = new RecentPages();
    await recent.get('a', () => {
      recent.clear();
      return Promise.resolve(page('old'));
    });
    expect((await recent.get('a', () => Promise.resolve(page('new')))).items).toBe('new');
  });

  it('take no more room whatever is asked', async () => {
    const recent = new RecentPages();
    for (let asked = 0; asked < 2_500; asked++) await recent.get(`empty ${asked}`, () => Promise.resolve(page('')));
    for (let asked = 0; asked < 40; asked++) await recent.get(`large ${asked}`, () => Promise.resolve(page('x'.repeat(1_000_000))));
    const { pages } = recent as unknown as { pages: Map<string, { page: FoundPage }> };
    expect(pages.size).toBeLessThanOrEqual(1_000);
    expect([...pages.values()].reduce((sum, one) => sum + one.page.items.length, 0)).toBeLessThan(10_000_000);
  });
});
