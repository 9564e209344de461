import { DomainError } from '@finharbor/contracts/errors';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, PageArgs } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { deadlineEnd } from '@finharbor/standards/working-days';
import { type Caller, isOfBank } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Application } from '../applications/application.entity.js';
import { Demand } from '../demands/demand.entity.js';
import { intakeId } from '../demands/demand-states.js';
import { Disclosure } from '../demands/disclosure.js';
import { endOf } from './as-of.js';
import { DemandLedgerRow } from './demand-ledger-row.js';
import type { DemandLedgerArgs, DemandLedgerQuery } from './ledger.inputs.js';

type Filter = Pick<DemandLedgerQuery, 'asOf' | 'state' | 'kind' | 'source' | 'bankId' | 'applicationId' | 'harborId' | 'from'>;

/** What was true of a demand at a time, from its moves and stages. */
type Standing = Pick<DemandLedgerRow, 'demandId' | 'state' | 'since' | 'bankId' | 'dockedAt' | 'creditedAmount' | 'lentAmount' | 'reasonCode'>;

const dayMs = 86_400_000;

/**
 * The demand ledger: demands with where they stood at the end of any day. A bank reads what it held then, by its own moves alone;
 * whom it may know is decided by what holds now.
 */
@Injectable()
export class DemandLedgerService {
  constructor(private readonly tenancy: Tenancy, private readonly cursors: Cursors, private readonly disclosure: Disclosure) {}

  /** Newest first. */
  list(caller: Caller, query: DemandLedgerQuery | DemandLedgerArgs): Promise<Page<DemandLedgerRow>> {
    const { asOf, state, kind, source, bankId, applicationId, harborId, from } = query;
    if (applicationId && isOfBank(caller.role)) throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'applicationId', rule: 'oversight', message: 'applicationId is not for banks' }]);
    const filter: Filter = { asOf, state, kind, source, bankId, applicationId, harborId, from };
    const [limit, cursor] = query instanceof PageArgs ? [query.first, query.after] : [query.limit, query.cursor];
    const scope = { list: 'demand-ledger', organisationId: caller.organisationId, filter };
    const position = cursor ? this.cursors.open(cursor, scope) : null;
    return this.tenancy.run(caller, async (tx) => {
      const standings = await standingsOf(tx, filter, position, limit + 1);
      const items = await this.rows(tx, standings.slice(0, limit), asOf);
      const cursorOf = ({ demandId }: DemandLedgerRow): string => this.cursors.seal(demandId, scope);
      return { items, nextCursor: standings.length > limit ? cursorOf(items[limit - 1]) : null, cursorOf };
    });
  }

  /** Banks are told of no application (the authorisation table, and RLS). What one was as of a day is not kept. */
  private async rows(tx: Tx, standings: readonly Standing[], asOf?: string): Promise<DemandLedgerRow[]> {
    if (standings.length === 0) return [];
    const found = await tx.manager.findBy(Demand, { id: In(standings.map(({ demandId }) => demandId)) });
    const demands = new Map((await this.disclosure.show(tx, found)).map((demand) => [demand.id, demand]));
    const applications = asOf ? [] : await tx.manager.findBy(Application, { id: In(found.map(({ applicationId }) => applicationId)) });
    return standings.map((standing) => {
      const demand = demands.get(standing.demandId)!;
      const { kind, source, harborId, productId, amount, termMonths, purpose, regionCode, industryCode } = demand;
      const { enterpriseId, enterpriseName, creditCode, submittedAt } = demand;
      return Object.assign(new DemandLedgerRow(), {
        kind, source, harborId, productId: standing.bankId ? productId : null, amount, termMonths, purpose, regionCode, industryCode,
        enterpriseId, enterpriseName, creditCode, submittedAt, ...standing, applicationId: demand.applicationId,
        applicationState: applications.find(({ id }) => id === demand.applicationId)?.state ?? null,
      });
    });
  }
}

const beginningOf = (day: string): Date => new Date(deadlineEnd(day).getTime() - dayMs);

function standingsOf(
  tx: Tx, { asOf, state, kind, source, bankId, applicationId, harborId, from }: Filter, position: string | null, limit: number,
): Promise<Standing[]> {
  return tx.query<Standing>(
    `select d.id as "demandId", s.state, s.at as since, nullif(s.org_id, '${intakeId}') as "bankId", p."dockedAt", p."creditedAmount", p."lentAmount", p."reasonCode"
     from loan_matching.demands d
     cross join lateral (select m.state, m.at, m.org_id from loan_matching.demand_moves m
       where m.demand_id = d.id and m.state is not null and m.at < $1::timestamptz order by m.id desc limit 1) s
     cross join lateral (select min(at) filter (where stage = 'DOCKED') as "dockedAt", max(amount) filter (where stage = 'CREDITED')::text as "creditedAmount",
       max(amount) filter (where stage = 'LENT')::text as "lentAmount", max(reason_code) filter (where stage = 'ENDED') as "reasonCode"
       from loan_matching.demand_progress where demand_id = d.id and at < $1::timestamptz) p
     where ($2::uuid is null or d.id < $2) and ($3::text is null or s.state = $3) and ($4::text is null or d.kind = $4)
       and ($5::text is null or d.source = $5) and ($6::uuid is null or s.org_id = $6) and ($7::uuid is null or d.harbor_id = $7)
       and ($8::timestamptz is null or d.submitted_at >= $8) and ($10::uuid is null or d.application_id = $10)
     order by d.id desc limit $9`,
    [endOf(asOf), position, state ?? null, kind ?? null, source ?? null, bankId ?? null, harborId ?? null,
      from ? beginningOf(from) : null, limit, applicationId ?? null],
  );
}
