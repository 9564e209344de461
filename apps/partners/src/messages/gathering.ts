import { newId } from '@finharbor/contracts/ids';
import { CONFIG } from '@finharbor/platform/config/config';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Inject, Injectable } from '@nestjs/common';
import type { PartnersConfig } from '../config.js';
import { Adapters } from './adapters.js';
import { type MessageChannel, type MessageKind, type MessageVariables, urgentKinds } from './message-kinds.js';

interface Group {
  org_id: string;
  kind: MessageKind;
  variables: MessageVariables;
  count: number;
}

interface Subscriber { org_id: string; recipient_id: string; kind: MessageKind; channel: MessageChannel }

/** Notices that one round takes, at most. */
const batch = 1_000;

/**
 * Makes one message to each recipient out of alike notices to an organisation. They wait for others for MESSAGE_GATHER_SECONDS, and
 * over quiet hours; the urgent wait for nothing.
 */
@Injectable()
export class Gathering {
  constructor(
    @Inject(CONFIG) private readonly config: PartnersConfig,
    private readonly tenancy: Tenancy,
    private readonly adapters: Adapters,
  ) {}

  /** @param at what is now, where it is not the database's clock */
  gather(at: Date | undefined, quiet: boolean): Promise<void> {
    return this.tenancy.worker(async (tx) => {
      // One replica at a time: two would make two messages of what belongs into one.
      const [{ locked }] = await tx.query<{ locked: boolean }>(`select pg_try_advisory_xact_lock(hashtext('partners.message_notices')) as locked`);
      if (!locked) return;
      const groups = await this.take(tx, at, quiet);
      if (groups.length > 0) await this.address(tx, groups, at);
    });
  }

  /** Notices whose group waited long enough, counted and deleted. A kind that a newer version made stays for it. */
  private take(tx: Tx, at: Date | undefined, quiet: boolean): Promise<Group[]> {
    return tx.query<Group>(
      `with ripe as (
         select org_id, kind, variables from partners.message_notices where kind = any($1) or (not $2 and kind = any($3))
         group by org_id, kind, variables
         having kind = any($1) or min(at) <= coalesce($4::timestamptz, now()) - make_interval(secs => $5) limit ${batch}),
       taken as (
         delete from partners.message_notices n using ripe r
         where n.org_id = r.org_id and n.kind = r.kind and n.variables = r.variables returning n.org_id, n.kind, n.variables, n.count)
       select org_id, kind, variables, sum(count)::int as count from taken group by org_id, kind, variables`,
      [urgentKinds, quiet, this.adapters.knownKinds, at ?? null, this.config.MESSAGE_GATHER_SECONDS],
    );
  }

  private async address(tx: Tx, groups: Group[], at: Date | undefined): Promise<void> {
    const subscribers = await tx.query<Subscriber>(
      `select distinct r.org_id, r.id as recipient_id, s.kind, s.channel from partners.message_recipients r,
         jsonb_to_recordset(r.subscriptions) as s (kind text, channel text)
       where r.org_id = any($1::uuid[]) and r.removed_at is null and s.kind = any($2) and s.channel = any($3)
         and case s.channel when 'MAIL' then r.mail_opted_out else r.sms_opted_out end is null`,
      [groups.map((group) => group.org_id), groups.map((group) => group.kind), this.adapters.channels],
    );
    const messages = groups.flatMap((group) => subscribers.filter((one) => one.org_id === group.org_id && one.kind === group.kind)
      .map(({ recipient_id, channel }) => ({ ...group, id: newId(), recipient_id, channel })));
    if (messages.length === 0) return;
    await tx.query(
      `insert into partners.messages (id, org_id, recipient_id, kind, channel, variables, count, send_after)
       select m.*, coalesce($2::timestamptz, now()) from jsonb_to_recordset($1::jsonb)
         as m (id uuid, org_id uuid, recipient_id uuid, kind text, channel text, variables jsonb, count int)`,
      [JSON.stringify(messages), at ?? null]);
  }
}
