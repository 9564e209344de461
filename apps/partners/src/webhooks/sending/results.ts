import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Claim } from './claims.js';
import type { Answer } from './poster.js';
import { delayAfter, pauseAfter } from './schedule.js';

/** What came of one attempt. */
export interface Result {
  claim: Claim;
  answer: Answer;
  /** When it began, on this process's clock (performance.now()). */
  began: number;
}

/** A complete answer with a 2xx; a redirect is none. */
export const isDelivered = ({ status, error }: Answer): boolean => error === null && status !== null && status >= 200 && status <= 299;

const GONE = 410;
/** Asks for less: without a Retry-After for as long as after a first failure. */
const TOO_MANY = 429;

/** An endpoint at which nothing succeeded for so long is given up. */
const failingDays = 5;

/** Writes what came of attempts, all with a few statements. Endpoints before deliveries, as everybody else does who changes both. */
export async function write(tx: Tx, claimant: string, results: Result[]): Promise<void> {
  const delivered = new Set(results.filter(({ answer }) => isDelivered(answer)).map(({ claim }) => claim.endpointId));
  const failed = results.filter(({ answer }) => !isDelivered(answer));
  await writeEndpoints(tx, delivered, failed);
  await writeDeliveries(tx, claimant, results);
}

async function writeEndpoints(tx: Tx, delivered: Set<string>, failed: Result[]): Promise<void> {
  // Always in the same order, so that replicas wait for each other and do not deadlock. Of a healthy endpoint nothing is written.
  const changed = await tx.query<{ id: string; org_id: string; failures: number; is_lost: boolean }>(
    `select id, org_id, failures, failing_since < now() - interval '${failingDays} days' as is_lost from partners.webhook_endpoints
     where id = any($1) or (id = any($2) and failing_since is not null) order by id for no key update`,
    [[...new Set(failed.map(({ claim }) => claim.endpointId))], [...delivered]]);
  const states = changed.map(({ id, org_id: organisationId, failures, is_lost: isLost }) => {
    const own = failed.filter(({ claim }) => claim.endpointId === id);
    const count = delivered.has(id) ? 0 : failures + own.length;
    const pause = Math.max(pauseAfter(count), ...own.map(({ answer }) => askedPause(answer)));
    return { id, organisationId, count, pause, reason: reasonToDisable(own, isLost && !delivered.has(id)) };
  });
  if (states.length === 0) return;
  await tx.query(
    `update partners.webhook_endpoints e set failures = r.count, failing_since = case when r.count > 0 then coalesce(e.failing_since, now()) end,
       paused_until = case when r.pause > 0 then now() + make_interval(secs => r.pause) end
     from unnest($1::uuid[], $2::int[], $3::float8[]) r(id, count, pause) where e.id = r.id`,
    [states.map(({ id }) => id), states.map(({ count }) => count), states.map(({ pause }) => pause)]);
  for (const { id, organisationId, reason } of states) if (reason) await disable(tx, id, organisationId, reason);
}

async function disable(tx: Tx, id: string, organisationId: string, reason: string): Promise<void> {
  const [disabled] = await tx.query(
    `update partners.webhook_endpoints set state = 'DISABLED', state_reason = $2, version = version + 1 where id = $1 and state <> 'DISABLED' returning id`,
    [id, reason]);
  if (disabled) await audit(tx, { action: 'webhook-endpoint.disable', resource: 'webhook-endpoint', resourceId: id, detail: { organisationId, reason } });
}

function reasonToDisable(failed: Result[], isLost: boolean): string | undefined {
  if (failed.some(({ answer }) => answer.status === GONE)) return 'It answered 410 Gone.';
  return isLost ? `Nothing was delivered to it for ${failingDays} days.` : undefined;
}

/** With whichever status it comes. */
const askedPause = ({ status, retryAfterSeconds }: Answer): number =>
  retryAfterSeconds || (status === TOO_MANY ? delayAfter(1)! : 0);

/**
 * A success counts whoever holds the delivery by now; a failure only while it is still this process's. The attempt is there once, however
 * often it is written.
 */
async function writeDeliveries(tx: Tx, claimant: string, results: Result[]): Promise<void> {
  const now = performance.now();
  const columns = <T>(read: (result: Result) => T): T[] => results.map(read);
  await tx.query(
    `with results as (
       select * from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $6::bool[], $7::float8[], $8::int[], $9::text[], $10::float8[], $11::int[], $12::text[])
         r(id, org_id, endpoint_id, number, delivered, delay, status, error, age, duration_ms, answer)),
     attempts as (
       insert into partners.webhook_attempts (org_id, endpoint_id, delivery_id, number, at, status, error, duration_ms, answer)
       select r.org_id, r.endpoint_id, r.id, r.number, now() - make_interval(secs => r.age), r.status, r.error, r.duration_ms, r.answer from results r
       where not exists (select from partners.webhook_attempts a where a.org_id = r.org_id and a.delivery_id = r.id and a.number = r.number))
     update partners.webhook_deliveries d set
       state = case when r.delivered then 'DELIVERED' when r.delay is null then 'FAILED' else 'PENDING' end,
       next_attempt_at = case when not r.delivered then now() + make_interval(secs => r.delay) end,
       attempts = r.number, status = r.status, error = r.error, claimed_by = null, claimed_until = null,
       first_attempt_at = coalesce(d.first_attempt_at, now() - make_interval(secs => r.age)),
       delivered_at = case when r.delivered then now() end
     from results r where d.id = r.id and d.state = 'PENDING' and (d.claimed_by = $1 or r.delivered)`,
    [
      claimant, columns(({ claim }) => claim.id), columns(({ claim }) => claim.organisationId), columns(({ claim }) => claim.endpointId),
      columns(({ claim }) => claim.attempts + 1),
      columns(({ answer }) => isDelivered(answer)), columns((result) => nextDelay(result) ?? null),
      columns(({ answer }) => answer.status), columns(({ answer }) => errorOf(answer)), columns(({ began }) => (now - began) / 1_000),
      columns(({ answer }) => Math.round(answer.durationMs)), columns(({ answer }) => answer.text),
    ]);
}

function errorOf(answer: Answer): string | null {
  if (answer.error !== null || isDelivered(answer)) return answer.error;
  const isRedirect = answer.status! >= 300 && answer.status! <= 399;
  return `It answered ${answer.status}${isRedirect ? ': redirects are not followed' : ''}.`;
}

/** Undefined where it is not tried again. */
const nextDelay = ({ claim, answer }: Result): number | undefined =>
  (answer.status === GONE ? undefined : delayAfter(claim.attempts + 1, answer.retryAfterSeconds));
