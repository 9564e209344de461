import { DomainError, notFound } from '@finharbor/contracts/errors';
import { OrganisationKind } from '@finharbor/contracts/vocabulary';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { keepStep, proposalFor } from './cultivation.js';
import type { CultivationCategory, CultivationEntry } from './cultivation-entry.js';
import type { ConfigureCategoryInput, RecordCultivationInput } from './cultivation.inputs.js';
import { readCategories, readEntries } from './cultivation-ledger.service.js';
import { CultivationState, needsResult, nextState } from './cultivation-states.js';

interface Held {
  id: string;
  org_id: string;
  enterprise_id: string;
  list_entry_id: string | null;
  category: string | null;
  state: CultivationState;
  measure: string | null;
  result: string | null;
  version: number;
}

/** Who may answer for an enterprise: everybody of the public side. */
const publicSide = [
  OrganisationKind.DEPARTMENT, OrganisationKind.CENTRAL_BANK_BRANCH, OrganisationKind.FINANCE_OFFICE, OrganisationKind.FINANCIAL_REGULATOR,
  OrganisationKind.COURT, OrganisationKind.POLICE, OrganisationKind.MARKET_REGULATOR, OrganisationKind.AREA_ORGANISATION,
];

/** Work on the cultivation ledger: by the department that is responsible, and by supervisors. */
@Injectable()
export class CultivationWorkService {
  constructor(private readonly tenancy: Tenancy, private readonly publisher: Publisher) {}

  /** Records what is done and what came of it. With a version, only if the entry is still as it was read. */
  record(caller: Caller, id: string, input: RecordCultivationInput, version?: number): Promise<CultivationEntry> {
    return this.tenancy.run(caller, async (tx) => {
      const held = await hold(tx, id, version);
      const { category, departmentId } = input;
      if ((category || departmentId) && caller.role !== 'supervisor') throw new DomainError('FORBIDDEN', 'A supervisor says of what kind a problem is, and whose affair.');
      if (input.state === CultivationState.RE_RECOMMENDED) throw new DomainError('ILLEGAL_STATE', 'An entry is recommended again by its own request.');
      const proposal = category ? await proposalFor(tx, { code: category }) : undefined;
      if (category && !proposal) throw refused('category', 'category', 'category is none of the configuration');
      if (departmentId) await mustAnswer(tx, departmentId);
      const state = nextState(held.state, input.state);
      const result = input.result ?? held.result;
      if (needsResult(state) && !result) throw refused('result', 'required', `result is needed with ${state}`);
      await this.change(tx, held, {
        state, result, category: category ?? held.category, measure: input.measure ?? proposal?.measure ?? held.measure,
        org_id: departmentId ?? proposal?.departmentId ?? held.org_id,
      });
      await audit(tx, { action: 'cultivation.record', resource: 'cultivation', resourceId: id, detail: { state, category, departmentId } });
      return shown(tx, id);
    });
  }

  /** REPAIRED → RE_RECOMMENDED: the row goes back to its list, for its department and the supervisor to recommend. */
  reRecommend(caller: Caller, id: string): Promise<CultivationEntry> {
    return this.tenancy.run(caller, async (tx) => {
      const held = await hold(tx, id);
      const { enterprise_id: enterpriseId, list_entry_id: entryId, measure } = held;
      const state = nextState(held.state, CultivationState.RE_RECOMMENDED);
      if (!entryId) throw new DomainError('ILLEGAL_STATE', 'The demand came through a loan code: there is no row of a list to recommend again. Close the entry.');
      const version = await this.change(tx, held, { ...held, state });
      await this.publisher.publish(tx, 'cultivation.re-recommended', {
        organisationId: held.org_id, aggregateId: id, version, payload: { cultivationId: id, enterpriseId, entryId, measure },
      });
      await audit(tx, { action: 'cultivation.re-recommend', resource: 'cultivation', resourceId: id, detail: { entryId } });
      return shown(tx, id);
    });
  }

  /** What is proposed for a category, and who is responsible, from now on. */
  configure(
    caller: Caller, code: string, { measure, departmentId }: ConfigureCategoryInput, version: number,
  ): Promise<CultivationCategory> {
    return this.tenancy.run(caller, async (tx) => {
      const [category] = await readCategories(tx, code);
      if (!category) throw notFound('cultivation category');
      if (departmentId) await mustAnswer(tx, departmentId);
      const changed = await tx.query(
        `update loan_matching.cultivation_categories set measure = coalesce($2, measure), department_id = coalesce($3, department_id), version = version + 1
         where code = $1 and version = $4 returning 1`, [code, measure ?? null, departmentId ?? null, version]);
      if (changed.length === 0) throw new DomainError('PRECONDITION_FAILED');
      await audit(tx, { action: 'cultivation-category.configure', resource: 'cultivation-category', resourceId: null, detail: { code, measure, departmentId } });
      return (await readCategories(tx, code))[0];
    });
  }

  private async change(tx: Tx, { id }: Held, to: Pick<Held, 'state' | 'category' | 'measure' | 'result' | 'org_id'>): Promise<number> {

    const [{ version }] = await tx.query<{ version: number }>(
      `update loan_matching.cultivation_entries set state = $2, category = $3, measure = $4, result = $5, org_id = $6, version = version + 1, changed_at = now()
       where id = $1 returning version`, [id, to.state, to.category, to.measure, to.result, to.org_id]);
    await keepStep(tx, id);
    return version;
  }
}

async function hold(tx: Tx, id: string, version?: number): Promise<Held> {
  if (!isUUID(id)) throw notFound('cultivation entry');
  const [held] = await tx.query<Held>(
    `select id, org_id, enterprise_id, list_entry_id, category, state, measure, result, version
     from loan_matching.cultivation_entries where id = $1 for update`, [id]);
  if (!held) throw notFound('cultivation entry');
  if (version !== undefined && version !== held.version) throw new DomainError('PRECONDITION_FAILED');
  return held;
}

const shown = async (tx: Tx, id: string): Promise<CultivationEntry> => (await readEntries(tx, {}, { ids: [id] }))[0];

const refused = (field: string, rule: string, message: string): DomainError => new DomainError('VALIDATION_FAILED', undefined, [{ field, rule, message }]);

async function mustAnswer(tx: Tx, organisationId: string): Promise<void> {
  const found = await tx.query('select from loan_matching.organisation_copies where id = $1 and kind = any($2)', [organisationId, publicSide]);
  if (found.length === 0) throw refused('departmentId', 'department', 'departmentId is no department or supervisor of the programme');
}
