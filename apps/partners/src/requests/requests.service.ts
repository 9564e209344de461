import { deprecations } from '@finharbor/contracts/deprecations';
import { notFound } from '@finharbor/contracts/errors';
import { timeOfId } from '@finharbor/contracts/ids';
import { CONFIG } from '@finharbor/platform/config/config';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Caller } from '@finharbor/security/tokens/caller';
import { localDate } from '@finharbor/standards/working-days';
import { Inject, Injectable } from '@nestjs/common';
import type { PartnersConfig } from '../config.js';
import { Deprecation, DeprecationList, DeprecationUse, RequestRecord } from './request-record.js';

/** The reason in which a request is looked up. */
export const REQUEST_LOOKUP = 'request-lookup';

const keptDays = 30;
const dayMs = 86_400_000;

const firstIdOf = (time: number): string => {
  const hex = time.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
};

const isUuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** The record of requests that support reads, and the counts of what is used although it goes away. */
@Injectable()
export class RequestsService {
  constructor(@Inject(CONFIG) private readonly config: PartnersConfig, private readonly tenancy: Tenancy) {}

  /**
   * Keeps what a gateway tells of its requests, each once, and counts what of them is deprecated. With each batch twice as many of the
   * oldest go: what is older than 30 days, and more where the table holds too many. How many it holds, PostgreSQL estimates.
   */
  async keep(records: readonly { clientId: string | null }[]): Promise<void> {
    // A person is not named here: people's client ids are no UUIDs.
    const named = records.map((record) => ({ ...record, clientId: isUuid.test(record.clientId ?? '') ? record.clientId : null }));
    await this.tenancy.worker(async (tx) => {
      await tx.query(
        `with told as (
           select * from jsonb_to_recordset($1::jsonb) as r (id uuid, "organisationId" uuid, "clientId" uuid, role text, method text, route text,
             service text, status smallint, code text, ms int, deprecated text[])),
         added as (
           insert into partners.requests (id, org_id, client_id, role, method, route, service, status, code, ms)
           select id, "organisationId", "clientId", role, method, route, service, status, code, ms from told
           on conflict (id) do nothing returning id)
         insert into partners.deprecation_uses as known (org_id, element, client_id, day, uses)
         select coalesce("organisationId", $3), element, coalesce("clientId", $3), $2::date, count(*)
         from told join added using (id), unnest(deprecated) as element group by 1, 2, 3 order by 1, 2, 3
         on conflict (org_id, element, client_id, day) do update set uses = known.uses + excluded.uses`,
        [JSON.stringify(named), localDate(new Date()), nobody],
      );
      await tx.query(
        `delete from partners.requests where id = any(array(
           select id from partners.requests
           where id < (select case when reltuples > $2 then $3 else $1 end::uuid from pg_class where oid = 'partners.requests'::regclass)
           order by id limit $4 for update skip locked))`,
        [firstIdOf(Date.now() - keptDays * dayMs), this.config.REQUEST_RECORDS_MAX, firstIdOf(Date.now()), 2 * records.length],
      );
    }, { repeatable: true });
  }

  /** The record of a request: any for the system administrator, of the own organisation's for everybody else. */
  async find(caller: Caller, id: string): Promise<RequestRecord> {
    const row = await this.tenancy.asWorker(REQUEST_LOOKUP, caller, async (tx) => {
      const [found] = await tx.query<object>(
        `select id, method, route, status, code, service, ms as milliseconds, role, org_id as "organisationId", client_id as "clientId"
         from partners.requests where id = $1 and ($2 or org_id = $3)`,
        [id, caller.role === 'system-administrator', caller.organisationId],
      );
      if (!found) throw notFound('request');
      return found;
    });
    return Object.assign(new RequestRecord(), { at: timeOfId(id) }, row);
  }

  /** What goes away, and who still uses it. */
  async deprecations(caller: Caller): Promise<DeprecationList> {
    const rows = await this.tenancy.run(caller, (tx) => tx.query<DeprecationUse & { element: string }>(
      `select element, nullif(org_id, $1) as "organisationId", nullif(client_id, $1) as "clientId", sum(uses)::int as uses,
              coalesce(sum(uses) filter (where day > $4::date - ${keptDays}), 0)::int as "usesLast30Days", max(day)::text as "lastUsedOn"
       from partners.deprecation_uses where $2 or org_id = $3 group by org_id, element, client_id order by element, uses desc`,
      [nobody, caller.role === 'system-administrator', caller.organisationId, localDate(new Date())],
    ));
    const items = Object.entries(deprecations).map(([element, entry]) => Object.assign(new Deprecation(), { element }, entry, {
      uses: rows.filter((row) => row.element === element).map(({ element: _, ...use }) => Object.assign(new DeprecationUse(), use)),
    }));
    return Object.assign(new DeprecationList(), { items });
  }
}

const nobody = '00000000-0000-0000-0000-000000000000';
