import { notFound } from '@finharbor/contracts/errors';
import { type DueClock, OnDue } from '@finharbor/platform/due/on-due';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, readPage } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { In, IsNull } from 'typeorm';
import { changeApplication } from '../applications/application-access.js';
import type { Demand } from '../demands/demand.entity.js';
import { intakeId } from '../demands/demand-states.js';
import { Disclosure } from '../demands/disclosure.js';
import { readGreenFirst } from '../demands/green-first.js';
import { lockApplication, stateAfter } from './application-moves.js';
import { BankRows } from './bank-rows.js';
import { mustOffer } from './candidates.js';
import { Onward } from './onward.js';
import { PoolEntry } from './pool-entry.entity.js';
import { poolClock } from './pooling.js';
import type { PoolArgs, PoolQuery } from './routing.inputs.js';

/**
 * The open pool (永不下线的银企对接会, H-103). Its rows lie with the intake, so that the database shows them to no bank; what a bank sees is
 * chosen here: entries that are open, without who asks, and none that it had before.
 */
@Injectable()
export class PoolService {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly cursors: Cursors,
    private readonly disclosure: Disclosure,
    private readonly rows: BankRows,
    private readonly onward: Onward,
  ) {}

  list(caller: Caller, query: PoolQuery | PoolArgs): Promise<Page<PoolEntry>> {
    const read = (tx: Tx): Promise<Page<PoolEntry>> => {
      const entries = tx.manager.createQueryBuilder(PoolEntry, 'entry').where('entry.org_id = :intakeId', { intakeId }).andWhere('entry.closed_at is null');
      if (caller.role === 'bank') entries.andWhere('not entry.had_by @> array[:bankId::uuid]', { bankId: caller.organisationId });
      const { organisationId } = caller;
      if (query.greenFirst) return readGreenFirst(entries, query, this.cursors, { list: 'pool-entries, green first', organisationId });
      return readPage(entries, query, this.cursors, { list: 'pool-entries', organisationId });
    };
    return caller.role === 'bank' ? this.tenancy.asWorker('pool', caller, read) : this.tenancy.run(caller, read);
  }

  /** Of applications in the pool, for the graph, which supervisors and dashboards alone ask this. */
  byApplication(caller: Caller, ids: readonly string[]): Promise<Map<string, PoolEntry>> {
    return this.tenancy.run(caller, async (tx) => {
      const entries = await tx.manager.findBy(PoolEntry, { orgId: intakeId, applicationId: In([...ids]), closedAt: IsNull() });
      return new Map(entries.map((entry) => [entry.applicationId, entry]));
    });
  }

  /**
   * The first bank that accepts has it. Taken, withdrawn, had before and never there are one answer, NOT_FOUND, so that nobody learns that
   * another bank was quicker. All who race for an entry queue at its application: one finds it open, the others find it gone.
   */
  accept(caller: Caller, id: string, productId: string): Promise<Demand> {
    const bankId = caller.organisationId!;
    return this.tenancy.asWorker('pool', caller, async (tx) => {
      const [entry] = await tx.query<{ applicationId: string }>(
        `select application_id as "applicationId" from loan_matching.pool_entries
         where org_id = $1 and id = $2 and closed_at is null and not had_by @> array[$3::uuid]`, [intakeId, id, bankId]);
      if (!entry) throw notFound('pool entry');
      // Before the lock: a bank that names a wrong product holds nobody up.
      await mustOffer(tx, bankId, productId);
      const application = await lockApplication(tx, entry.applicationId);
      const taken = await tx.query(
        'update loan_matching.pool_entries set closed_at = now(), taken_by = $3 where org_id = $1 and id = $2 and closed_at is null returning id', [intakeId, id, bankId]);
      if (!application || taken.length === 0) throw notFound('pool entry');
      const demand = await this.rows.accepted(tx, application, { productId, bankId });
      await changeApplication(tx, application, { state: stateAfter(application, 'accept') });
      return this.disclosure.showOne(tx, demand);
    });
  }

  /** Nobody took it in its time. */
  @OnDue(poolClock)
  async ranOut({ aggregateId: id }: DueClock, tx: Tx): Promise<void> {
    const entry = await tx.manager.findOneBy(PoolEntry, { id });
    const application = await lockApplication(tx, entry?.applicationId);
    const closed = await tx.query('update loan_matching.pool_entries set closed_at = now() where org_id = $1 and id = $2 and closed_at is null returning id', [intakeId, id]);
    if (application && closed.length > 0) await this.onward.poolRanOut(tx, application);
  }
}
