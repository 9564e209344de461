import { DomainError, type FieldError } from '@finharbor/contracts/errors';
import type { Payload } from '@finharbor/contracts/events/catalogue';
import { idByName, newId } from '@finharbor/contracts/ids';
import { mayGive } from '@finharbor/contracts/reasons';
import { ReasonCode } from '@finharbor/contracts/vocabulary';
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

/** One consent covers every bank that claims the row: it has the same id for each. */
const consentIdOf = (entryId: string): string => idByName('b5b0a7f4-2c0e-4d39-9d35-7b0a1c64e2f8', entryId);

const { ACKNOWLEDGED, CLAIMED, NO_NEED, UNREACHABLE, REJECTED } = ReferralState;

const successors: Record<ReferralState, ReferralState[]> = {
  SENT: [],
  DELIVERED: [ACKNOWLEDGED],
  ACKNOWLEDGED: [CLAIMED, NO_NEED, UNREACHABLE, REJECTED],
  CLAIMED: [NO_NEED, UNREACHABLE, REJECTED],
  NO_NEED: [],
  UNREACHABLE: [],
  REJECTED: [],
  EXPIRED: [],
  RECALLED: [],
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
    const named = (state: ReferralState): string[] => moves.filter(({ to }) => to === state).map(({ referralId }) => referralId);
    await this.claimed(tx, bankId, named(CLAIMED));
    await this.rejected(tx, bankId, [REJECTED, NO_NEED, UNREACHABLE].flatMap(named));
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

  /** From now on the bank may know these enterprises, under the consent that their list names; and each becomes a demand with it. */
  private async claimed(tx: Tx, bankId: string, referralIds: string[]): Promise<void> {
    if (referralIds.length === 0) return;
    const found = await tx.query<Omit<Payload<'referral.claimed'>, 'consentId' | 'bankId'> & { hasConsent: boolean }>(
      `select id as "referralId", entry_id as "entryId", enterprise_id as "enterpriseId", consent_ref is not null as "hasConsent", demand_amount as amount,
         demand_term_months as "termMonths", demand_purpose as purpose, guarantee_type as "guaranteeType"
       from enterprise_lists.referrals where id = any($1::uuid[]) order by id`, [referralIds]);
    const claims = found.map(({ hasConsent, ...claim }) =>
      ({ ...claim, bankId, consentId: hasConsent ? consentIdOf(claim.entryId) : null }));
    await tx.query(
      `update enterprise_lists.referrals r set consent_id = c.consent_id from unnest($1::uuid[], $2::uuid[]) as c (id, consent_id) where r.id = c.id`,
      [claims.map(({ referralId }) => referralId), claims.map(({ consentId }) => consentId)]);
    await this.open(tx, referralIds);
    for (const payload of claims) {
      await this.publisher.publish(tx, 'referral.claimed', { organisationId: bankId, aggregateId: payload.referralId, version: 1, payload });
    }
  }

  /** Every negative answer goes to the cultivation ledger, the customer's reasons too, and ends the demand of what had been claimed. */
  private async rejected(tx: Tx, bankId: string, referralIds: string[]): Promise<void> {
    if (referralIds.length === 0) return;
    const found = await tx.query<Omit<Payload<'referral.rejected'>, 'bankId'>>(
      `select id as "referralId", entry_id as "entryId", enterprise_id as "enterpriseId", reason_code as "reasonCode", round
       from enterprise_lists.referrals where id = any($1::uuid[]) order by id`, [referralIds]);
    for (const one of found) {
      await this.publisher.publish(tx, 'referral.rejected', { organisationId: bankId, aggregateId: one.referralId, version: 2, payload: { ...one, bankId } });
    }
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
  // What no platform has confirmed yet is not there for its bank.
  if (!state || state === ReferralState.SENT) return [{ field, rule: 'unknown', message: `${field}: there is no such referral` }];
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
    if (!given[name]) return [{ field, rule: 'required', message: `${field} is needed with ${outcome}` }];
    const fits = name !== 'reasonCode' || (reasonCode !== ReasonCode.MEETS_CRITERIA && mayGive('bank', reasonCode!));
    return fits ? [] : [{ field, rule: 'giver', message: `${field} is no reason that a bank gives for ${outcome}` }];
  });
}
