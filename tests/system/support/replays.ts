import { newId } from '@finharbor/contracts/ids';
import type { District } from './district.js';
import { type Answer, comparable, type Party, told } from './party.js';
import type { Route } from './rest-calls.js';
import { call, type Target, targetsOf } from './rest-walk.js';

/** Somebody of the same role who is not the same. */
function counterpart(party: Party, { sides: [a, b], supervisor, others: [financeOffice], applicants }: District): Party | undefined {
  const couples = [[a.bank, b.bank], [a.department, b.department], [a.business, b.business], [supervisor, financeOffice], applicants];
  return couples.flatMap(([one, other]) => [[one, other], [other, one]]).find(([one]) => one === party)?.[1];
}

/** What the other one asks with the first one's key: the same thing; but whoever is nobody is told apart by its own words alone. */
function asOther(route: Route, target: Target, stranger: Party, district: District): Target {
  const of = district.sides[stranger.side ?? 0];
  if (stranger.role !== 'anonymous') return { ...target, secret: stranger.role === 'applicant' ? of.demands.routed.secret : undefined };
  const [own] = targetsOf(route, stranger, district).own.filter((one) => one.of === of);
  return { id: route.path.includes('{') ? target.id : own.id, of };
}

/**
 * Calls a route with a key, and has somebody else use that key for the same thing: it must hear what it hears with a key of
 * its own. Gives the answer, and what was wrong with the other's.
 */
export async function callAndRepeat(
  district: District, route: Route, party: Party, target: Target,
): Promise<{ answer: Answer; problems: string[] }> {
  const key = newId();
  // Who takes an application down for somebody hears that one's words again.
  const confidential = route.path.endsWith('/contact-views') || (party.role === 'area' && route.path.startsWith('/v1/applications'));
  const stranger = counterpart(party, district);
  const theirs = stranger && asOther(route, target, stranger, district);
  const ask = (withKey: string): Promise<Answer> => call(route, stranger!, theirs!, { key: withKey, confidential });
  // Whoever sees all would do it first: that the two are told apart shows in the answers alone.
  const before = theirs && /bank|department|applicant/.test(stranger.role) ? await ask(newId()) : undefined;
  const answer = await call(route, party, target, { key, confidential });
  if (!theirs || answer.status >= 300) return { answer, problems: [] };
  const [after, again] = [await ask(key), await call(route, party, target, { key, confidential })];
  const problem = (what: string): string => `${stranger.name} with the key of ${party.name} ${route.name}: ${what}`;
  const problems: string[] = [];
  if (again.text !== answer.text || again.headers['idempotent-replayed'] !== 'true') problems.push(problem(`the first is not repeated: ${again.status} ${again.text}`));
  if (after.headers['idempotent-replayed']) problems.push(problem(`a repeated answer: ${after.text}`));
  // Whoever was let in makes something of its own, or meets what the first one has just done; everybody else meets nothing.
  const isRefused = before !== undefined && before.status >= 300;
  // Whoever is nobody has no keys of its own to tell apart: that somebody else has used one must not stop it.
  if (stranger.role === 'anonymous' && after.status >= 300) problems.push(problem(`${after.status} ${after.text}`));
  // All that a contact view tells is the record’s: the same for everybody who may see it. So is what is vouched for of rows, and
  // what is worked out and kept nowhere.
  const isCommon = confidential || /\/(assertions|match-lists|ladder-simulations)$/.test(route.path);
  if (isRefused ? comparable(after, target.id) !== comparable(before, target.id) : !isCommon && after.text === answer.text) {
    problems.push(problem(told([comparable(before ?? answer, target.id), comparable(after, target.id)])));
  }
  return { answer, problems };
}
