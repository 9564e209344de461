import { newId } from '@finharbor/contracts/ids';
import type { ReasonCode } from '@finharbor/contracts/vocabulary';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { Injectable } from '@nestjs/common';
import { findEnterprise } from '../copies/copies.js';
import { intakeId } from '../demands/demand-states.js';
import { CultivationState } from './cultivation-states.js';

/** What a bank refused. */
export interface Rejection {
  source: 'REFERRAL' | 'DEMAND';
  /** The referral or demand. */
  rejectedId: string;
  bankId: string;
  enterpriseId: string;
  /** The row of a list that it goes back to, if any. */
  listEntryId: string | null;
  reasonCode: ReasonCode;
  reasonText: string | null;
}

/** What the configuration says of a category: the proposal, and who is responsible, if anybody. */
export interface Proposal {
  code: string;
  measure: string;
  departmentId: string | null;
}

/** Who is responsible: whoever was set, else the organisation that bears the name. */
export const responsible = `coalesce(c.department_id, (select o.id from loan_matching.organisation_copies o
  where o.name = c.department_name and o.kind <> 'BANK' order by o.id limit 1))`;

/** What the configuration proposes for a category, or for a reason. */
export async function proposalFor(tx: Tx, by: { code: string } | { reasonCode: string }): Promise<Proposal | undefined> {
  const [column, value] = 'code' in by ? ['c.code = $1', by.code] : ['$1 = any(c.reason_codes)', by.reasonCode];
  const [found] = await tx.query<Proposal>(
    `select c.code, c.measure, ${responsible} as "departmentId" from loan_matching.cultivation_categories c where ${column}`, [value]);
  return found;
}

/** Keeps what an entry is from now on, for the department that is responsible. */
export const keepStep = (tx: Tx, id: string): Promise<unknown> => tx.query(
  `insert into loan_matching.cultivation_steps (id, org_id, cultivation_id, state, category, measure, result, by, at)
   select $2, org_id, id, state, category, measure, result, $3, changed_at from loan_matching.cultivation_entries where id = $1`,
  [id, newId(), tx.caller?.role ?? 'service'],
);

/** How rejections come into the ledger: rows of banks and of departments, so as worker, by event. */
@Injectable()
export class Cultivation {
  /** Whether the rejection is in the ledger. */
  async holds(tx: Tx, bankId: string, rejectedId: string): Promise<boolean> {
    const found = await tx.query('select from loan_matching.cultivation_causes where org_id = $1 and rejected_id = $2', [bankId, rejectedId]);
    return found.length > 0;
  }

  /**
   * Each rejection once, however often it is told. What several banks refuse for one reason is one entry while nobody repaired it:
   * there is one thing to mend, and how many banks refused is not for departments. The caller holds the lock of the enterprise.
   */
  async add(tx: Tx, { source, rejectedId, bankId, enterpriseId, listEntryId, reasonCode, reasonText }: Rejection): Promise<void> {
    if (await this.holds(tx, bankId, rejectedId)) return;
    const [open] = await tx.query<{ id: string }>(
      `select id from loan_matching.cultivation_entries where enterprise_id = $1 and list_entry_id is not distinct from $2 and reason_code = $3
       and state in ('OPEN', 'IN_PROGRESS') order by id limit 1`, [enterpriseId, listEntryId, reasonCode]);
    const id = open?.id ?? newId();
    if (!open) {
      const proposal = await proposalFor(tx, { reasonCode });
      const known = await findEnterprise(tx, enterpriseId);
      await tx.query(
        `insert into loan_matching.cultivation_entries
           (id, org_id, enterprise_id, enterprise_name, list_entry_id, source, reason_code, category, state, measure, opened_at, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now(), now())`,
        [id, proposal?.departmentId ?? intakeId, enterpriseId, known?.name, listEntryId, source, reasonCode,
          proposal?.code, CultivationState.OPEN, proposal?.measure],
      );
      await keepStep(tx, id);
      await audit(tx, { action: 'cultivation.open', resource: 'cultivation', resourceId: id, detail: { reasonCode } });
    }
    await tx.query(
      `insert into loan_matching.cultivation_causes (id, org_id, cultivation_id, rejected_id, reason_code, reason_text, at) values ($1, $2, $3, $4, $5, $6, now())`,
      [newId(), bankId, id, rejectedId, reasonCode, reasonText],
    );
  }
}
