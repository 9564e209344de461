import { DomainError } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, readPage } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { findApplication, isResponder, onApplication } from '../applications/application-access.js';
import { findDemand, mustBeConsented } from '../demands/demand-access.js';
import { Demand } from '../demands/demand.entity.js';
import { isAccepted } from '../demands/demand-states.js';
import { Disclosure } from '../demands/disclosure.js';
import { endOf } from './as-of.js';
import { DockingEntry } from './docking-entry.entity.js';
import type { DockingArgs, DockingQuery, RecordDockingInput } from './ledger.inputs.js';

/** The docking ledger: a bank has its own, as has whoever takes applications down; supervisors all. */
@Injectable()
export class DockingsService {
  constructor(private readonly tenancy: Tenancy, private readonly cursors: Cursors, private readonly disclosure: Disclosure) {}

  list(caller: Caller, query: DockingQuery | DockingArgs): Promise<Page<DockingEntry>> {
    return this.tenancy.run(caller, async (tx) => {
      const { asOf, demandId, organisationId, way, outcome } = query;
      const entries = tx.manager.createQueryBuilder(DockingEntry, 'entry');
      if (asOf) entries.andWhere('entry.recordedAt < :until', { until: endOf(asOf) });
      if (demandId) entries.andWhere('entry.demandId = :demandId', { demandId });
      if (organisationId) entries.andWhere('entry.organisationId = :organisationId', { organisationId });
      if (way) entries.andWhere('entry.way = :way', { way });
      if (outcome) entries.andWhere('entry.outcome = :outcome', { outcome });
      const filter = { asOf, demandId, organisationId, way, outcome };
      const page = await readPage(entries, query, this.cursors, { list: 'docking-entries', organisationId: caller.organisationId, filter });
      await this.name(tx, page.items);
      return page;
    });
  }

  /**
   * For the bank that accepted, and for who took the application down: one attempt, whatever came of it. The latter may at any time, and is
   * named no enterprise: else it would learn what became of the application.
   */
  record(caller: Caller, { demandId, way, outcome, note, contactedAt }: RecordDockingInput): Promise<DockingEntry> {
    return onApplication(this.tenancy, caller, async (tx) => {
      const since = isResponder(caller) ? (await findApplication(tx, demandId)).submittedAt : await acceptedAt(tx, demandId);
      const now = new Date();
      const at = contactedAt ? new Date(contactedAt) : now;
      mustBeSince(since, at, now);
      const entry = Object.assign(new DockingEntry(), {
        id: newId(), organisationId: caller.organisationId!, demandId, way, outcome, note: note ?? null,
        contactedAt: at, recordedAt: now, moveId: null,
      });
      await tx.manager.insert(DockingEntry, entry);
      await audit(tx, { action: 'docking.record', resource: 'docking-entry', resourceId: entry.id, detail: { demandId, way, outcome } });
      if (!isResponder(caller)) await this.name(tx, [entry]);
      return entry;
    });
  }

  /** Who the enterprises are, for whoever may know it. */
  private async name(tx: Tx, entries: readonly DockingEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const demands = await this.disclosure.show(tx, await tx.manager.findBy(Demand, { id: In(entries.map(({ demandId }) => demandId)) }));
    const names = new Map(demands.map(({ id, enterpriseName }) => [id, enterpriseName]));
    for (const entry of entries) entry.enterpriseName = names.get(entry.demandId) ?? null;
  }
}

/** Since when the bank may reach the enterprise of a demand. Refused where it may not (any more). */
async function acceptedAt(tx: Tx, demandId: string): Promise<Date | undefined> {
  const demand = await findDemand(tx, demandId, { lock: true });
  if (!isAccepted(demand)) throw new DomainError('ILLEGAL_STATE', 'The docking ledger is for demands that the bank accepted.');
  mustBeConsented(demand);
  const [accepted] = await tx.query<{ at: Date }>(
    `select at from loan_matching.demand_moves where demand_id = $1 and state = 'ACCEPTED' order by id limit 1`, [demandId]);
  return accepted?.at;
}

function mustBeSince(since: Date | undefined, at: Date, now: Date): void {
  const refuse = (rule: string, message: string): DomainError => new DomainError('VALIDATION_FAILED', undefined, [{ field: 'contactedAt', rule, message }]);
  if (at > now) throw refuse('future', 'contactedAt is still to come');
  if (since && at < since) throw refuse('accepted', 'contactedAt is before the bank accepted the demand, or the application was taken down');
}
