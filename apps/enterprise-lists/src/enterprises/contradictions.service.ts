import { DomainError, notFound } from '@finharbor/contracts/errors';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, readPage } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { Contradiction, ContradictionState } from './contradiction.entity.js';
import type { ContradictionArgs, ContradictionQuery, ResolveContradictionInput } from './master.inputs.js';
import { lockMaster, masterReason, Merging } from './merging.service.js';

/** What sources of one rank state differently: listed, and decided by supervisors. */
@Injectable()
export class ContradictionsService {
  constructor(private readonly tenancy: Tenancy, private readonly cursors: Cursors, private readonly merging: Merging) {}

  list(caller: Caller, filter: ContradictionQuery | ContradictionArgs): Promise<Page<Contradiction>> {
    const { state, field, enterpriseId } = filter;
    return this.tenancy.run(caller, (tx) => {
      const query = tx.manager.createQueryBuilder(Contradiction, 'contradiction');
      if (state) query.andWhere('contradiction.state = :state', { state });
      if (field) query.andWhere('contradiction.field = :field', { field });
      if (enterpriseId) query.andWhere('contradiction.enterpriseId = :enterpriseId', { enterpriseId });
      return readPage(query, filter, this.cursors, { list: 'contradictions', organisationId: caller.organisationId, filter: { state, field, enterpriseId } });
    });
  }

  async find(caller: Caller, id: string): Promise<Contradiction | null> {
    return isUUID(id) ? this.tenancy.run(caller, (tx) => tx.manager.findOneBy(Contradiction, { id })) : null;
  }

  async get(caller: Caller, id: string): Promise<Contradiction> {
    const found = await this.find(caller, id);
    if (!found) throw notFound('contradiction');
    return found;
  }

  /** Lets one of the sources count. Another may be chosen later. */
  resolve(caller: Caller, id: string, { source, reason }: ResolveContradictionInput): Promise<Contradiction> {
    return this.tenancy.asWorker(masterReason, caller, async (tx) => {
      await lockMaster(tx);
      const found = isUUID(id) ? await tx.manager.findOneBy(Contradiction, { id }) : null;
      if (!found) throw notFound('contradiction');
      if (!found.stated.some((one) => one.source === source)) {
        throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'source', rule: 'source', message: 'source must be one of those that contradict each other' }]);
      }
      const version = found.version + 1;
      Object.assign(found, { state: ContradictionState.RESOLVED, chosenSource: source, reason, resolvedAt: new Date(), version });
      await tx.manager.update(Contradiction, { id }, found);
      await this.merging.merge(tx, [found.enterpriseId], { organisationId: tx.organisationId, aggregateId: id, events: found.version });
      await audit(tx, { action: 'contradiction.resolve', resource: 'contradiction', resourceId: id, detail: { field: found.field, source, reason } });
      return found;
    });
  }
}
