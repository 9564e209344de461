import { DomainError } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import type { SetPrecedenceInput } from './master.inputs.js';
import { lockMaster, masterReason, Merging } from './merging.service.js';
import { PrecedenceRule, PrecedenceRules } from './precedence-rule.entity.js';

/** Every enterprise of the source that others stated too is worked out anew: some 3,000 a second. */
const patienceMs = 300_000;

/** Whose word counts for a field of the master (优先级), as the system administrator says. */
@Injectable()
export class PrecedenceService {
  constructor(private readonly tenancy: Tenancy, private readonly merging: Merging) {}

  list(caller: Caller): Promise<PrecedenceRules> {
    return this.tenancy.run(caller, (tx) => this.rules(tx));
  }

  /** Sets the rank of a source, and applies it to what is known. */
  set(caller: Caller, { sourceId, field, rank }: SetPrecedenceInput): Promise<PrecedenceRules> {
    return this.tenancy.asWorker(masterReason, caller, async (tx) => {
      await lockMaster(tx);
      const [source] = await tx.query(`select from enterprise_lists.organisation_copies where id = $1 and kind = 'DEPARTMENT'`, [sourceId]);
      if (!source) throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'sourceId', rule: 'department', message: 'sourceId is no department of the programme' }]);
      await (rank === 0
        ? tx.query('delete from enterprise_lists.precedence_rules where source_id = $1 and field = $2', [sourceId, field])
        : tx.query(
          `insert into enterprise_lists.precedence_rules as r (source_id, field, rank) values ($1, $2, $3)
           on conflict (source_id, field) do update set rank = excluded.rank, version = r.version + 1`, [sourceId, field, rank]));
      const met = await tx.query<{ id: string }>(
        'select /* every row */ id from enterprise_lists.enterprises where cardinality(sources) > 1 and sources @> array[$1::uuid] order by id', [sourceId]);
      const { changed } = await tx.patiently(patienceMs, () =>
        this.merging.merge(tx, met.map(({ id }) => id), { organisationId: tx.organisationId, aggregateId: newId(), events: 0 }));
      await audit(tx, { action: 'precedence.set', resource: 'precedence-rule', resourceId: sourceId, detail: { field, rank, changed } });
      return this.rules(tx);
    });
  }

  private async rules(tx: Tx): Promise<PrecedenceRules> {
    const rules = await tx.query<PrecedenceRule>('select source_id as "sourceId", field, rank from enterprise_lists.precedence_rules order by source_id, field');
    return Object.assign(new PrecedenceRules(), { rules: rules.map((rule) => Object.assign(new PrecedenceRule(), rule)) });
  }
}
