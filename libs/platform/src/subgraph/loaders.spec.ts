import { newContext } from '../logs/context.js';
import { loadBatched } from './loaders.js';

describe('loadBatched', () => {
  const calls: (readonly string[])[] = [];
  const load = async (keys: readonly string[]): Promise<Map<string, string>> => {
    calls.push(keys);
    return new Map(keys.filter((key) => key !== 'missing').map((key) => [key, `value of ${key}`]));
  };
  beforeEach(() => { calls.length = 0; });

  it('loads all keys of a request in one call, each once, and gives null for what is not there', async () => {
    const context = newContext();
    const answers = await Promise.all(['a', 'b', 'a', 'missing'].map((key) => loadBatched(context, 'things', key, load)));
    expect(answers).toEqual(['value of a', 'value of b', 'value of a', null]);
    expect(calls).toEqual([['a', 'b', 'missing']]);
  });

  it('never answers one request from what another one loaded, nor one name from another', async () => {
    const [mine, yours] = [newContext(), newContext()];
    await loadBatched(mine, 'things', 'a', load);
    expect(await loadBatched(yours, 'things', 'a', async () => new Map())).toBeNull();
    expect(await loadBatched(mine, 'other things', 'a', async () => new Map([['a', 'another']]))).toBe('another');
    expect(calls).toEqual([['a']]);
  });

  it('fails those who asked when loading fails', async () => {
    const context = newContext();
    await expect(loadBatched(context, 'things', 'a', async () => { throw new Error('away'); })).rejects.toThrow('away');
  });

  it('keeps to a thousand keys at a time', async () => {
    const context = newContext();
    await Promise.all(Array.from({ length: 2_500 }, (_, index) => loadBatched(context, 'many', String(index), load)));
    expect(calls.map((keys) => keys.length)).toEqual([1_000, 1_000, 500]);
  });
});
