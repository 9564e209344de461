import type { Role } from '../tokens/caller.js';

/** A count over fewer than this could be laid at one bank's door. */
export const leastTold = 3;

/** They see every row behind a count, so that a count tells them nothing more. */
const sees: ReadonlySet<Role> = new Set(['supervisor', 'dashboard']);

/** Ends the description of each field that may be withheld. */
export const mayBeWithheld = 'Null to a department where a count that goes with it is 1 or 2, which could tell what a single bank did; 0 and 3 or more are told.';

/**
 * The record with its counts over organisations as a role may hear them: in a group of counts that belong together, one
 * that is 1 or 2 withholds all that are not 0. Counts that belong together add up to something else that is told, so that
 * one withheld alone would be found from the others.
 */
export function withoutSmallCounts<T extends object>(role: Role, record: T, ...groups: (keyof T)[][]): T {
  if (sees.has(role)) return record;
  const told = Object.assign(Object.create(Object.getPrototypeOf(record) as object), record) as T;
  for (const group of groups) {
    if (group.some((name) => isSmall(record[name]))) for (const name of group) if (record[name] !== 0) told[name] = null as T[keyof T];
  }
  return told;
}

const isSmall = (count: unknown): boolean => typeof count === 'number' && count > 0 && count < leastTold;
