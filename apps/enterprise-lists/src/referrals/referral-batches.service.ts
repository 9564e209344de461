import { DomainError, type FieldError } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { type BulkColumns, unnest } from '../bulk.js';
import { ReferralOutcome, ReferralState } from '../vocabulary.js';
import { type ReferralAnswerInput, ReferralBatch } from './referral.inputs.js';

/** One referral on its way to another state. `field` is where the request names it, for errors. */
interface Move {
  referralId: string;
  field: string;
  to: ReferralState;
  reasonCode: string | null;
  reasonText: string | null;
}

const { ACKNOWLEDGED, CLAIMED, NO_NEED, UNREACHABLE, REJECTED } = ReferralState;

const successors: Record<ReferralState, ReferralState[]> = {
  DELIVERED: [ACKNOWLEDGED],
  ACKNOWLEDGED: [CLAIMED, NO_NEED, UNREACHABLE, REJECTED],
  CLAIMED: [NO_NEED, UNREACHABLE, REJECTED],
  NO_NEED: [],
  UNREACHABLE: [],
  REJECTED: [],
};

const moveColumns: BulkColumns<Move> = {
  id: ['uuid', ({ referralId }) => referralId],
  state: ['text', ({ to }) => to],
  reason_code: ['text', ({ reasonCode }) => reasonCode],
  reason_text: ['text', ({ reasonText }) => reasonText],
};

/** What banks do with referrals, many at a time: all that a request names, or none, and then the request says which are wrong. */
@Injectable()
export class ReferralBatchesService {
  constructor(private readonly tenancy: Tenancy, private readonly publisher: Publisher) {}

  /** DELIVERED → ACKNOWLEDGED. */
  acknowledge(caller: Caller, referralIds: string[]): Promise<ReferralBatch> {
    return this.tenancy.run(caller, (tx) => this.acknowledgeIn(tx, tx.organisationId, referralIds));
  }

  /** ACKNOWLEDGED → an outcome, and CLAIMED → another. Every outcome but CLAIMED needs a reason; a claim opens the enterprise. */
  answer(caller: Caller, answers: ReferralAnswerInput[]): Promise<ReferralBatch> {
    const errors = answers.flatMap(reasonErrors);
    if (errors.length > 0) throw new DomainError('VALIDATION_FAILED', undefined, errors);
    return this.tenancy.run(caller, (tx) => this.answerIn(tx, tx.organisationId, answers));
  }

  /** The same within a transaction that does more, for the bank of the referrals. */
  async answerIn(tx: Tx, bankId: string, answers: ReferralAnswerInput[]): Promise<ReferralBatch> {
    const moves = answers.map(({ referralId, outcome, reasonCode, reasonText }, index): Move => ({
      referralId, field: `answers.${index}`, to: ReferralState[outcome], reasonCode: reasonCode ?? null, reasonText: reasonText ?? null,
    }));
    const batch = await this.move(tx, bankId, moves, 'referrals.answer');
    const claimed = moves.filter(({ to }) => to === CLAIMED).map(({ referralId }) => referralId);
    if (claimed.length > 0) await this.open(tx, claimed);
    return batch;
  }

  /** DELIVERED → ACKNOWLEDGED within a transaction that does more. */
  acknowledgeIn(tx: Tx, bankId: string, referralIds: string[]): Promise<ReferralBatch> {
    return this.move(tx, bankId, acknowledging(referralIds), 'referrals.acknowledge');
  }

  private async move(tx: Tx, organisationId: string, moves: Move[], action: string): Promise<ReferralBatch> {
    const before = await this.lock(tx, moves);
    const { names, source, parameters } = unnest(moves, moveColumns);
    await tx.query(
      `update enterprise_lists.referrals r set state = input.state, reason_code = input.reason_code, reason_text = input.reason_text,
         acknowledged_at = case input.state when 'ACKNOWLEDGED' then now() else r.acknowledged_at end,
         claimed_at = case input.state when 'CLAIMED' then now() else r.claimed_at end,
         answered_at = case input.state when 'ACKNOWLEDGED' then r.answered_at else now() end
       from (select ${names} from ${source}) as input where r.id = input.id`,
      parameters,
    );
    const batchId = newId();
    await this.publisher.publish(tx, 'referrals.progressed', {
      organisationId, aggregateId: batchId, version: 1,
      payload: { moves: moves.map(({ referralId, to }) => ({ referralId, from: before.get(referralId)!, to })) },
    });
    await audit(tx, { action, resource: 'referral-batch', resourceId: batchId, detail: { count: moves.length } });
    return Object.assign(new ReferralBatch(), { count: moves.length });
  }

  /** The states that the referrals have, held until the end. Throws, naming each bad item, unless all may move. */
  private async lock(tx: Tx, moves: Move[]): Promise<Map<string, ReferralState>> {
    const rows = await tx.query<{ id: string; state: ReferralState }>(
      'select id, state from enterprise_lists.referrals where id = any($1::uuid[]) order by id for update', [moves.map(({ referralId }) => referralId)]);
    const states = new Map(rows.map(({ id, state }) => [id, state]));
    const errors = moves.flatMap((move) => moveErrors(move, states));
    const unknown = errors.some(({ rule }) => rule === 'unknown');
    const repeated = repeatedErrors(moves);
    if (repeated.length > 0) throw new DomainError('VALIDATION_FAILED', undefined, repeated);
    if (errors.length > 0) throw new DomainError(unknown ? 'NOT_FOUND' : 'ILLEGAL_STATE', undefined, errors);
    return states;
  }

  /** From now on the bank may know these enterprises. */
  private async open(tx: Tx, referralIds: string[]): Promise<void> {
    await tx.query(
      `insert into enterprise_lists.enterprise_access (org_id, enterprise_id, reason)
       select distinct org_id, enterprise_id, 'CLAIMED' from enterprise_lists.referrals where id = any($1::uuid[])
       on conflict (org_id, enterprise_id) do nothing`,
      [referralIds],
    );
  }
}

const acknowledging = (referralIds: string[]): Move[] => referralIds.map((referralId, index) =>
  ({ referralId, field: `referralIds.${index}`, to: ACKNOWLEDGED, reasonCode: null, reasonText: null }));

function moveErrors({ field, referralId, to }: Move, states: Map<string, ReferralState>): FieldError[] {
  const state = states.get(referralId);
  if (!state) return [{ field, rule: 'unknown', message: `${field}: there is no such referral` }];
  if (successors[state].includes(to)) return [];
  return [{ field, rule: 'state', message: `${field}: the referral is ${state} and cannot become ${to}` }];
}

function repeatedErrors(moves: Move[]): FieldError[] {
  const first = new Map<string, string>();
  return moves.flatMap(({ field, referralId }) => {
    const earlier = first.get(referralId);
    first.set(referralId, earlier ?? field);
    return earlier ? [{ field, rule: 'duplicate', message: `${field} names the same referral as ${earlier}` }] : [];
  });
}

function reasonErrors({ outcome, reasonCode, reasonText }: ReferralAnswerInput, index: number): FieldError[] {
  const given = { reasonCode, reasonText };
  return (['reasonCode', 'reasonText'] as const).flatMap((name) => {
    const field = `answers.${index}.${name}`;
    if (outcome === ReferralOutcome.CLAIMED) return given[name] ? [{ field, rule: 'unexpected', message: `${field} goes with a negative outcome only` }] : [];
    return given[name] ? [] : [{ field, rule: 'required', message: `${field} is needed with ${outcome}` }];
  });
}
