import DataLoader from 'dataloader';
import type { Context } from '../logs/context.js';

const perContext = new WeakMap<Context, Map<string, DataLoader<string, unknown>>>();

/**
 * Loads one of many by key, all keys of a request in one call. Loaders belong to one request, so that no caller is
 * ever answered from what another one loaded.
 */
export function loadBatched<T>(
  context: Context, name: string, key: string, load: (keys: readonly string[]) => Promise<Map<string, T>>,
): Promise<T | null> {
  const loaders = perContext.get(context) ?? new Map<string, DataLoader<string, unknown>>();
  perContext.set(context, loaders);
  let loader = loaders.get(name) as DataLoader<string, T | null> | undefined;
  if (!loader) {
    loader = new DataLoader<string, T | null>(async (keys) => {
      const found = await load(keys);
      return keys.map((one) => found.get(one) ?? null);
    }, { maxBatchSize: 1000 });
    loaders.set(name, loader as DataLoader<string, unknown>);
  }
  return loader.load(key);
}
