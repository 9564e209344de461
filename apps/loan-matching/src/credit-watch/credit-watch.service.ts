import { DomainError, notFound } from '@finharbor/contracts/errors';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, readPage } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { In } from 'typeorm';
import { findDemand, mustBeConsented } from '../demands/demand-access.js';
import { intakeId, isAccepted } from '../demands/demand-states.js';
import { CreditAlert, CreditAlertState, CreditBand, CreditRule } from './credit-alert.entity.js';
import { bandOf } from './credit-watch.js';
import type { CreditAlertArgs, CreditAlertQuery, HandleCreditAlertInput, SetCreditRuleInput } from './credit.inputs.js';

/** Alerts and their figures, for supervisors; a band, for a bank that accepted a demand. */
@Injectable()
export class CreditWatchService {
  constructor(private readonly tenancy: Tenancy, private readonly cursors: Cursors) {}

  list(caller: Caller, query: CreditAlertQuery | CreditAlertArgs): Promise<Page<CreditAlert>> {
    return this.tenancy.run(caller, async (tx) => {
      const { state, kind, enterpriseId } = query;
      const alerts = tx.manager.createQueryBuilder(CreditAlert, 'alert').where('alert.orgId = :intakeId', { intakeId });
      if (state) alerts.andWhere('alert.state = :state', { state });
      if (kind) alerts.andWhere('alert.kind = :kind', { kind });
      if (enterpriseId) alerts.andWhere('alert.enterpriseId = :enterpriseId', { enterpriseId });
      const page = await readPage(alerts, query, this.cursors, {
        list: 'credit-alerts', organisationId: caller.organisationId, filter: { state, kind, enterpriseId },
      });
      await name(tx, page.items);
      return page;
    });
  }

  get(caller: Caller, id: string): Promise<CreditAlert> {
    return this.tenancy.run(caller, (tx) => shown(tx, id));
  }

  /** For the graph: null where there is none. */
  find(caller: Caller, id: string): Promise<CreditAlert | null> {
    return this.tenancy.run(caller, async (tx) => {
      const found = isUUID(id) ? await tx.manager.findBy(CreditAlert, { id }) : [];
      await name(tx, found);
      return found[0] ?? null;
    });
  }

  /** For the graph: all about each of many enterprises, newest first. */
  byEnterprise(caller: Caller, enterpriseIds: readonly string[]): Promise<Map<string, CreditAlert[]>> {
    return this.tenancy.run(caller, async (tx) => {
      const found = await tx.manager.find(CreditAlert, { where: { orgId: intakeId, enterpriseId: In([...enterpriseIds]) }, order: { id: 'DESC' } });
      await name(tx, found);
      return new Map(enterpriseIds.map((id) => [id, found.filter(({ enterpriseId }) => enterpriseId === id)]));
    });
  }

  /** A supervisor looked into it, once. */
  handle(caller: Caller, id: string, { note }: HandleCreditAlertInput): Promise<CreditAlert> {
    return this.tenancy.run(caller, async (tx) => {
      const { state } = await shown(tx, id);
      const handled = await tx.query(
        `update loan_matching.credit_alerts set state = 'HANDLED', note = $2, handled_at = now(), version = version + 1 where id = $1 and state = 'OPEN' returning 1`,
        [id, note]);
      if (handled.length === 0) throw new DomainError('ILLEGAL_STATE', `The alert is ${state === CreditAlertState.OPEN ? CreditAlertState.HANDLED : state} already.`);
      await audit(tx, { action: 'credit-alert.handle', resource: 'credit-alert', resourceId: id });
      return shown(tx, id);
    });
  }

  rules(caller: Caller): Promise<CreditRule[]> {
    return this.tenancy.run(caller, (tx) => readRules(tx));
  }

  setRule(caller: Caller, kind: string, { threshold, source }: SetCreditRuleInput, version: number): Promise<CreditRule> {
    return this.tenancy.run(caller, async (tx) => {
      if ((await readRules(tx, kind)).length === 0) throw notFound('credit rule');
      const changed = await tx.query(
        `update loan_matching.credit_rules set threshold = $2, source = $3, version = version + 1 where kind = $1 and version = $4 returning 1`,
        [kind, threshold, source, version]);
      if (changed.length === 0) throw new DomainError('PRECONDITION_FAILED');
      await audit(tx, { action: 'credit-rule.set', resource: 'credit-rule', resourceId: null, detail: { kind, threshold } });
      return (await readRules(tx, kind))[0];
    });
  }

  /** For the bank that accepted, while it may know the enterprise. */
  async band(caller: Caller, demandId: string): Promise<CreditBand> {
    const enterpriseId = await this.tenancy.run(caller, async (tx) => {
      const demand = await findDemand(tx, demandId);
      if (!isAccepted(demand)) throw new DomainError('ILLEGAL_STATE', 'The band is told to the bank that accepts the demand.');
      mustBeConsented(demand);
      return demand.enterpriseId;
    });
    if (!enterpriseId) throw notFound('enterprise');
    return this.tenancy.asWorker('credit-band', caller, async (tx) => Object.assign(new CreditBand(), { demandId, band: await bandOf(tx, enterpriseId) }));
  }
}

async function readRules(tx: Tx, kind: string | null = null): Promise<CreditRule[]> {
  const rows = await tx.query<CreditRule>(
    `select kind, threshold::text, unit, source, version from loan_matching.credit_rules where $1::text is null or kind = $1 order by kind`, [kind]);
  return rows.map((row) => Object.assign(new CreditRule(), row));
}

async function shown(tx: Tx, id: string): Promise<CreditAlert> {
  const alert = await tx.manager.findOneBy(CreditAlert, { id });
  if (!alert) throw notFound('credit alert');
  await name(tx, [alert]);
  return alert;
}

/** The enterprises, as their demands name them. */
async function name(tx: Tx, alerts: readonly CreditAlert[]): Promise<void> {
  if (alerts.length === 0) return;
  const rows = await tx.query<{ id: string; name: string }>(
    `select distinct on (enterprise_id) enterprise_id as id, enterprise_name as name from loan_matching.demands
     where enterprise_id = any($1) and enterprise_name is not null order by enterprise_id, id desc`, [alerts.map(({ enterpriseId }) => enterpriseId)]);
  const names = new Map(rows.map((row) => [row.id, row.name]));
  for (const alert of alerts) alert.enterpriseName = names.get(alert.enterpriseId) ?? null;
}
