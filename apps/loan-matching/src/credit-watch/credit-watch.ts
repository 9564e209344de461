import { newId } from '@finharbor/contracts/ids';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { Injectable } from '@nestjs/common';
import { intakeId } from '../demands/demand-states.js';
import { CreditAlertKind, CreditBandLevel } from './credit-alert.entity.js';

interface Finding {
  kind: CreditAlertKind;
  measured: string;
  threshold: string;
}

const notEnded = `not exists (select from loan_matching.demand_progress p where p.org_id = d.org_id and p.demand_id = d.id and p.stage = 'ENDED')`;

/** d, with which its bank is not done. */
const isOpen = `(d.state in ('ROUTED', 'ACCEPTED', 'CONTACTED', 'DUE_DILIGENCE', 'ACTION_REQUIRED', 'COUNTER_OFFERED')
  or (d.state in ('APPROVED', 'APPROVED_ACTION_REQUIRED', 'CONTRACTED') and ${notEnded}))`;

/** With how many banks an enterprise has an open demand. Parameter: the enterprise. */
const parallelBanks = `(select count(distinct d.bank_id) from loan_matching.demands d where d.enterprise_id = $1 and ${isOpen})`;

/** For how many months d was approved: those that were asked for, or that the bank offered instead. */
const term = `coalesce((select c.term_months from loan_matching.counter_offers c
  where c.org_id = d.org_id and c.demand_id = d.id and c.answer = 'TAKEN' order by c.id desc limit 1), d.term_months)`;

/**
 * What an enterprise owes or may draw by what banks approved: not what ended without a loan or is over by its term, nor what its bank
 * renewed since. Nobody tells which loan a renewal repays, so it stands for all that the bank approved before.
 */
const creditTotal = `(select coalesce(sum(amount) filter (where not is_renewed and is_over is not true), 0) from (
  select e.approved_amount as amount, coalesce(lent.at, e.decided_at) + make_interval(months => ${term}) <= now() as is_over,
    coalesce(bool_or(d.kind = 'RENEWAL') over (partition by d.org_id order by e.id desc rows between unbounded preceding and 1 preceding), false) as is_renewed
  from loan_matching.demands d join loan_matching.decisions e on e.org_id = d.org_id and e.demand_id = d.id
  left join loan_matching.demand_progress lent on lent.org_id = d.org_id and lent.demand_id = d.id and lent.stage = 'LENT'
  where d.enterprise_id = $1 and d.state in ('APPROVED', 'APPROVED_ACTION_REQUIRED', 'CONTRACTED', 'DISBURSED') and ${notEnded}) approved)`;

/** How many banks reported misuse of the enterprise. */
const reported = `(select count(distinct d.org_id) from loan_matching.demands d join loan_matching.demand_progress p on p.org_id = d.org_id and p.demand_id = d.id
  where d.enterprise_id = $1 and p.reason_code = 'MISUSE_SUSPECTED')`;

/** For how many enterprises the contact of a demand asks; persons are none, and are not asked about. Parameter 2: the demand. */
const sharing = `(select count(distinct a.enterprise_id) from loan_matching.demands asked
  join loan_matching.applications own on own.id = asked.application_id and own.enterprise_id is not null
  join loan_matching.data_keys k on k.id = substring(asked.contact_phone_encrypted from 4 for 36)::uuid
  join loan_matching.data_keys same on same.people && k.people
  join loan_matching.demands d on substring(d.contact_phone_encrypted from 4 for 36) = same.id::text
  join loan_matching.applications a on a.id = d.application_id
  where asked.id = $2 and asked.contact_phone_encrypted is not null and d.contact_phone_encrypted is not null)`;

/** Watches enterprises across banks, whenever one of their demands moves. As worker: no bank sees what another one does. */
@Injectable()
export class CreditWatch {
  constructor(private readonly publisher: Publisher) {}

  /** Raises what is found, once while it is open, and again only where it got worse than what was handled. */
  async look(tx: Tx, demandId: string): Promise<void> {
    const [demand] = await tx.query<{ enterpriseId: string }>(
      'select enterprise_id as "enterpriseId" from loan_matching.demands where id = $1 and enterprise_id is not null', [demandId]);
    if (!demand) return;
    for (const finding of await findings(tx, demand.enterpriseId, demandId)) await this.raise(tx, demand.enterpriseId, finding);
  }

  private async raise(tx: Tx, enterpriseId: string, { kind, measured, threshold }: Finding): Promise<void> {
    const [alert] = await tx.query<{ id: string; version: number }>(
      `insert into loan_matching.credit_alerts as a (id, org_id, enterprise_id, kind, measured, threshold, raised_at)
       select $1, $2, $3, $4, $5, $6, now() where not exists (select from loan_matching.credit_alerts h
         where h.org_id = $2 and h.enterprise_id = $3 and h.kind = $4 and h.state = 'HANDLED' and (h.measured >= $5 or h.kind in ('NEWLY_REGISTERED', 'NO_OPERATION')))
       on conflict (org_id, enterprise_id, kind) where state = 'OPEN' do update set measured = excluded.measured, version = a.version + 1
         where a.measured <> excluded.measured
       returning id, version`, [newId(), intakeId, enterpriseId, kind, measured, threshold]);
    if (alert?.version !== 1) return;
    await this.publisher.publish(tx, 'credit-alert.raised', { organisationId: intakeId, aggregateId: alert.id, version: 1, payload: { alertId: alert.id, kind } });
    await audit(tx, { action: 'credit-alert.raise', resource: 'credit-alert', resourceId: alert.id, detail: { kind } });
  }
}

/** What is beyond the figures that the district set. */
function findings(tx: Tx, enterpriseId: string, demandId: string): Promise<Finding[]> {
  return tx.query<Finding>(
    `select f.kind, f.measured::text, r.threshold::text from loan_matching.demands asked cross join lateral (values
       ('PARALLEL_DEMANDS', ${parallelBanks}::numeric), ('CREDIT_TOTAL', ${creditTotal}), ('SHARED_CONTACT', ${sharing}::numeric),
       ('MISUSE_SUSPECTED', ${reported}::numeric), ('NO_OPERATION', asked.revenue * 10000),
       ('NEWLY_REGISTERED', (extract(year from age(asked.submitted_at::date, asked.established_on)) * 12 + extract(month from age(asked.submitted_at::date, asked.established_on)))::numeric)
     ) as f (kind, measured) join loan_matching.credit_rules r on r.kind = f.kind
     where asked.id = $2 and case f.kind when 'MISUSE_SUSPECTED' then f.measured >= r.threshold when 'NO_OPERATION' then f.measured <= r.threshold
       when 'NEWLY_REGISTERED' then f.measured < r.threshold else f.measured > r.threshold end
     order by f.kind`, [enterpriseId, demandId]);
}

/**
 * What a bank is told of all banks together. One other bank must not show in it, so with how many banks an enterprise is open counts only
 * beyond the figure, and credit in three bands.
 */
export async function bandOf(tx: Tx, enterpriseId: string): Promise<CreditBandLevel> {
  const [{ isHigh, isElevated }] = await tx.query<{ isHigh: boolean; isElevated: boolean }>(
    `select total > credit.threshold or banks > parallel.threshold as "isHigh", total >= credit.threshold / 2 as "isElevated"
     from (select ${creditTotal} as total, ${parallelBanks} as banks) m
     join loan_matching.credit_rules credit on credit.kind = 'CREDIT_TOTAL' join loan_matching.credit_rules parallel on parallel.kind = 'PARALLEL_DEMANDS'`, [enterpriseId]);
  if (isHigh) return CreditBandLevel.HIGH;
  return isElevated ? CreditBandLevel.ELEVATED : CreditBandLevel.NORMAL;
}
