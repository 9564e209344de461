import { newId } from '@finharbor/contracts/ids';
import type { District } from './district.js';
import type { Holding } from './holding.js';
import type { Answer, Asking, Party } from './party.js';
import type { Route } from './rest-calls.js';
import type { Subject } from './subjects.js';

/** A record that a party asks for by a route. */
export interface Target {
  id: string;
  /** Whose records fill the rest of the body. */
  of: Holding;
  secret?: string;
}

export type Targets = Record<'own' | 'other' | 'missing', Target[]>;

/** Tenants know their own records, and where they are on no side they have none; whoever is above both sides knows both. */
const isTenant = ({ role }: Party): boolean => !/^(supervisor|dashboard|anonymous|.*-administrator)$/.test(role);

/** Of the records in question those that the party may know, those that it may not, and one that is not there. */
export function targetsOf({ about, held = about, isPublic }: Subject, party: Party, { sides }: District): Targets {
  const side = sides[party.side ?? 0];
  if (!about || !held) return { own: [{ id: '', of: side, secret: secretOf(party, side) }], other: [], missing: [] };
  const everything = sides.flatMap((of) => about(of).map(({ id, secret }): Target => ({ id, of, secret: secretOf(party, of, secret) })));
  const isReached = (of: Holding): boolean => (isTenant(party) ? party.side !== undefined && of === side : true);
  const isOwn = ({ id, of }: Target): boolean => isPublic === true || (isReached(of) && held(of, party.role).some((one) => one.id === id));
  // To what is not its own a tenant comes with what it has: the body and the secret of a record of its own.
  const foreign = (id: string): Target => ({ id, of: side, secret: secretOf(party, side, about(side)[0].secret) });
  return {
    own: everything.filter(isOwn),
    other: everything.filter((target) => !isOwn(target)).map(({ id }) => foreign(id)),
    missing: [foreign(missing(everything[0].id))],
  };
}

const secretOf = (party: Party, side: Holding, secret = side.demands.routed.secret): string | undefined =>
  (party.role === 'applicant' ? secret : undefined);

/** An id that no record has, of the same shape: ids are UUIDs, codes are text, which begins with no version of a code. */
export const missing = (like: string): string => (/^[\da-f-]{36}$/.test(like) ? newId() : [...like].reverse().join('').replace(/^./, '_'));

/** Whether the table lets the party call the route. Bad tokens let nobody in. */
export const isAllowed = (route: Route, party: Party): boolean => !party.name.endsWith(' token') && route.roles.includes(party.role);

/** Calls a route as it is meant to be called, but for who calls it about what. */
export function call(route: Route, party: Party, { id, of, secret }: Target, asking: Asking = {}): Promise<Answer> {
  const path = route.path.replace(/{\w+}/, encodeURIComponent(id)) + (route.query ?? '');
  const body = route.body?.(id, of);
  return party.ask(path, {
    method: route.method, body, secret, headers: route.headers, about: id || undefined, ...(typeof body === 'string' && { type: 'text/csv' }), ...asking,
  });
}

/** Every record of a list that goes by pages. */
export async function idsListed(party: Party, path: string): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor = ''; ;) {
    const { status, text } = await party.ask(`${path}?limit=100${cursor && `&cursor=${cursor}`}`);
    if (status !== 200) throw new Error(`${party.name} ${path}: ${status} ${text}`);
    const page = JSON.parse(text) as { items: { id: string }[]; nextCursor: string | null };
    ids.push(...page.items.map((item) => item.id));
    if (!page.nextCursor) return ids;
    cursor = page.nextCursor;
  }
}
