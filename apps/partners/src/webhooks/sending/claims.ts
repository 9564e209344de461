import type { Tx } from '@finharbor/platform/tenancy/tx';

/** How long a claim holds unless it is renewed. Whoever dies is followed within this time. */
export const leaseMs = 6_000;
/** Deliveries of one endpoint that are on their way at a time, over all replicas. */
const concurrency = 4;
/** Endpoints in a turn. Which ones is left to chance, so that none waits for others of more letters. */
const endpointsPerTurn = 50;

/** A delivery that this process may send, until its lease runs out. */
export interface Claim {
  id: string;
  organisationId: string;
  endpointId: string;
  /** Its `webhook-id`. */
  eventId: string;
  /** How often it was tried. */
  attempts: number;
  url: string;
  /** Null where the event was forgotten meanwhile. */
  body: string | null;
  /** On this process's clock (performance.now()). */
  leasedUntil: number;
}

interface OpenEndpoint {
  id: string;
  org_id: string;
  url: string;
  /** How many more may be on their way. */
  room: number;
}

/** How many are on their way to the endpoint. */
const live = `(select count(*)::int from partners.webhook_deliveries l where l.endpoint_id = e.id and l.claimed_until > now())`;
/**
 * Due, and nobody's or that of somebody who died. Not while $1 is false: after an outage of the database everybody's lease has run out,
 * and its holder gets the time to renew it.
 */
const isFree = `d.state = 'PENDING' and d.next_attempt_at <= now() and (d.claimed_until is null or (d.claimed_until <= now() and $1))`;

/**
 * Claims what is due, on the database's clock. Of endpoints that failed in a row (paused_until has passed) it takes one delivery alone,
 * which tries whether they are back. Endpoints are locked first and their deliveries counted by the next statement, which sees what
 * others claimed before. @param began the transaction, on this process's clock; @param takesOver what others claimed and let run out
 */
export async function claimDue(tx: Tx, claimant: string, began: number, takesOver: boolean): Promise<{ claims: Claim[]; isMore: boolean }> {
  const open = await tx.query<OpenEndpoint>(
    `select e.id, e.org_id, e.url, case when e.paused_until is null then ${concurrency} else 1 end as room
     from partners.webhook_endpoints e
     where e.state = 'ACTIVE' and (e.paused_until is null or e.paused_until <= now())
       and exists (select from partners.webhook_deliveries d where d.endpoint_id = e.id and ${isFree})
       and ${live} < case when e.paused_until is null then ${concurrency} else 1 end
     order by random() limit ${endpointsPerTurn} for no key update of e skip locked`, [takesOver]);
  if (open.length === 0) return { claims: [], isMore: false };
  const claimed = await tx.query<{ id: string; endpoint_id: string; event_id: string; attempts: number; body: string | null }>(
    `with claimed as (
       update partners.webhook_deliveries c set claimed_by = $2, claimed_until = now() + interval '${leaseMs} ms'
       where c.id = any(array(
         select due.id from unnest($3::uuid[], $4::int[]) e(id, room) cross join lateral (
           select d.id from partners.webhook_deliveries d where d.endpoint_id = e.id and ${isFree}
           order by d.next_attempt_at limit greatest(e.room - ${live}, 0) for update skip locked) due))
       returning c.id, c.org_id, c.endpoint_id, c.event_id, c.attempts, c.body)
     select c.id, c.endpoint_id, c.event_id, c.attempts, coalesce(c.body, f.body) as body
     from claimed c left join partners.feed_events f on f.org_id = c.org_id and f.id = c.event_id`,
    [takesOver, claimant, open.map(({ id }) => id), open.map(({ room }) => room)]);
  const endpoints = new Map(open.map((endpoint) => [endpoint.id, endpoint]));
  const claims = claimed.map(({ id, endpoint_id: endpointId, event_id: eventId, attempts, body }) => {
    const { org_id: organisationId, url } = endpoints.get(endpointId)!;
    return { id, organisationId, endpointId, eventId, attempts, url, body, leasedUntil: began + leaseMs };
  });
  return { claims, isMore: open.length === endpointsPerTurn };
}

/** Keeps what takes longer than a lease. */
export async function renew(tx: Tx, claimant: string, ids: string[]): Promise<void> {
  await tx.query(
    `update partners.webhook_deliveries set claimed_until = now() + interval '${leaseMs} ms' where id = any($1) and claimed_by = $2 and state = 'PENDING'`, [ids, claimant]);
}

/** Gives back what will not be sent, for others to claim at once. */
export async function release(tx: Tx, claimant: string, ids: string[]): Promise<void> {
  await tx.query(
    `update partners.webhook_deliveries set claimed_until = null, claimed_by = null where id = any($1) and claimed_by = $2 and state = 'PENDING'`, [ids, claimant]);
}
