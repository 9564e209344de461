import { DomainError } from '@finharbor/contracts/errors';
import { Cursors } from '@finharbor/platform/http/cursors';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import type { FeedQuery } from './feed.inputs.js';
import { FeedWaiters } from './feed-waiters.js';
import { keptDays } from './retention.js';

/** Where a reader is: the sequence that it has read up to. */
interface Place {
  sequence: bigint;
  bodies: string[];
}

/** Days since 1970: a cursor says on which it was given, and is the same all day long. */
const today = (): number => Math.floor(Date.now() / 86_400_000);

/** The change feed of an organisation: what its webhooks tell, in the order in which it became true. */
@Injectable()
export class FeedService {
  constructor(private readonly tenancy: Tenancy, private readonly cursors: Cursors, private readonly waiters: FeedWaiters) {}

  /**
   * A page of the feed as JSON, each event in the very bytes that webhooks carry. Where there is nothing new it waits for `wait` seconds,
   * or until the reader is gone. CURSOR_INVALID for a cursor of somebody else, CURSOR_EXPIRED for one behind which events were forgotten.
   */
  async read(caller: Caller, { after, limit, wait, types }: FeedQuery, gone: AbortSignal): Promise<string> {
    const until = performance.now() + wait * 1_000;
    let place = await this.page(caller, after === 'latest' ? undefined : this.open(caller, after), limit, types);
    while (place.bodies.length === 0) {
      if (!await this.waiters.wait(caller.organisationId!, place.sequence, until - performance.now(), gone)) break;
      place = await this.page(caller, place.sequence, limit, types);
    }
    const nextCursor = this.cursors.seal(`${place.sequence}.${today()}`, scopeOf(caller));
    return `{"items":[${place.bodies.join()}],"nextCursor":${JSON.stringify(nextCursor)}}`;
  }

  /** What comes after a sequence, and up to where that is; undefined for the end, where nothing comes after. */
  private page(caller: Caller, after: bigint | undefined, limit: number, types?: string[]): Promise<Place> {
    return this.tenancy.run(caller, async (tx) => {
      // One statement, and so one look: what it does not see has a higher sequence than the last that it sees.
      const rows = await tx.query<{ last: string | null; sequence: string | null; body: string }>(
        `select ends.last, f.sequence, f.body from (select max(sequence) as last from partners.feed_events where org_id = $1) ends
         left join lateral (select sequence, body from partners.feed_events
           where org_id = $1 and sequence > $2 and ($3::text[] is null or type = any($3)) order by sequence limit $4) f on true order by f.sequence`,
        [tx.organisationId, after === undefined ? null : String(after), types ?? null, limit],
      );
      const found = rows.filter(({ sequence }) => sequence !== null);
      const last = BigInt(found.length === limit ? found.at(-1)!.sequence! : rows[0].last ?? 0);
      return { sequence: after !== undefined && after > last ? after : last, bodies: found.map(({ body }) => body) };
    });
  }

  private open(caller: Caller, cursor: string | undefined): bigint {
    if (cursor === undefined) return 0n;
    const [sequence, day] = this.cursors.open(cursor, scopeOf(caller)).split('.');
    if (today() - Number(day) > keptDays) {
      throw new DomainError('CURSOR_EXPIRED', `Events are kept for ${keptDays} days. Leave out \`after\` to begin with the oldest.`);
    }
    return BigInt(sequence);
  }
}

/** A cursor is good for any filter: it says how far its organisation has read. */
const scopeOf = (caller: Caller): { list: string; organisationId: string | null } => ({ list: 'events', organisationId: caller.organisationId });
