import type { RatePolicy } from '@finharbor/platform/rates/rates';
import type { Role } from '@finharbor/security/tokens/caller';

/** Whose requests are counted together. An organisation's programs share a quota; everything else is counted by program. */
export type CountedBy = 'address' | 'client' | 'organisation' | 'secret';

export interface Rule extends RatePolicy {
  by: CountedBy;
}

const minute = 60;
const day = 86_400;

const rule = (name: string, by: CountedBy, requests: number, seconds: number): Rule => ({ name, by, requests, seconds });

const tokens = rule('tokens', 'address', 240, minute);
const visits = { reads: rule('visits', 'address', 600, minute), writes: rule('submissions', 'address', 60, minute) };
const records = { reads: rule('record-reads', 'secret', 120, minute), writes: rule('record-writes', 'secret', 30, minute) };
/** 50 reads a second: what the Australian Consumer Data Standards ask of banks for one program. */
const programs = { reads: rule('reads', 'client', 3_000, minute), writes: rule('writes', 'client', 1_200, minute) };

/** What has us call an address that the caller chose, or send many events again. */
const challenges = rule('challenges', 'organisation', 60, 10 * minute);
const replays = rule('replays', 'organisation', 60, 10 * minute);

const uploads = rule('uploads', 'client', 30, minute);

/** Routes with a rule of their own. */
const byRoute: Record<string, Rule> = {
  'POST /v1/push-lists': uploads,
  'POST /v1/imports': uploads,
  'PUT /v1/imports/{id}/file': uploads,
  '* /graphql': rule('graphql', 'client', 1_200, minute),
  'POST /v1/webhook-endpoints': challenges,
  'PATCH /v1/webhook-endpoints/{id}': challenges,
  'POST /v1/webhook-endpoints/{id}/challenge': challenges,
  'POST /v1/webhook-endpoints/{id}/test-events': challenges,
  'POST /v1/webhook-endpoints/{id}/replays': replays,
  // Contacts are disclosed one by one, for a bank to call: nobody calls more people in a day.
  'POST /v1/demands/{id}/contact-views': rule('contact-views', 'organisation', 500, day),
  'POST /v1/issues/{id}/contact-views': rule('contact-views', 'organisation', 500, day),
  'POST /v1/harbor-people/{id}/contact-views': rule('contact-views', 'organisation', 500, day),
};

/** Wrong access secrets from one address: whoever guesses is soon told to wait. */
export const wrongSecrets: Rule = rule('wrong-access-secrets', 'address', 20, 10 * minute);

/** Which rule a request falls under. @param path of the OpenAPI document */
export function ruleFor(role: Role, method: string, path: string, hasSecret: boolean): Rule {
  if (path.startsWith('/oauth/') || path.startsWith('/.well-known/')) return method === 'POST' ? tokens : visits.reads;
  const kind = method === 'GET' || method === 'HEAD' ? 'reads' : 'writes';
  if (hasSecret) return records[kind];
  if (role === 'anonymous') return visits[kind];
  return byRoute[`${method} ${path}`] ?? byRoute[`* ${path}`] ?? programs[kind];
}
