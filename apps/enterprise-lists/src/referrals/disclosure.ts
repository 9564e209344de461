import { ReferralState } from '../vocabulary.js';
import type { Referral } from './referral.entity.js';

/**
 * From when on a bank may see a field of a referral (H-042):
 * - GIVEN: from the moment it has it. Facts of the day that are too coarse to single out an enterprise;
 * - CLAIMED: once it claimed it, and for as long as it is not withdrawn. They tell who it is;
 * - CONSENTED: while it is claimed, and where the list names a consent of whoever they are about; in the clear, with a reason that is kept.
 */
export type Disclosed = 'GIVEN' | 'CLAIMED' | 'CONSENTED';

/** A contact is no field of a referral; it is looked at apart (POST …/contact-views). */
export type DisclosedField = Exclude<keyof Referral, 'subjectId' | 'purposeText' | 'dispatchId' | 'consentRef'> | 'contact';

/** The one table of what a bank may see of a row. Before a platform has confirmed the row the bank sees nothing of it. */
export const disclosure: Record<DisclosedField, Disclosed> = {
  id: 'GIVEN', bankId: 'GIVEN', pushListId: 'GIVEN', channel: 'GIVEN', secondChannel: 'GIVEN', state: 'GIVEN', round: 'GIVEN',
  regionCode: 'GIVEN', industryCode: 'GIVEN', sizeClass: 'GIVEN', establishedYear: 'GIVEN', capitalBand: 'GIVEN', greenCategory: 'GIVEN',
  goodProspects: 'GIVEN', strongDemand: 'GIVEN', soundCredit: 'GIVEN', demandAmount: 'GIVEN', demandTermMonths: 'GIVEN', guaranteeType: 'GIVEN',
  mayContact: 'GIVEN', reasonCode: 'GIVEN', reasonText: 'GIVEN', deliveredAt: 'GIVEN', acknowledgedAt: 'GIVEN', claimedAt: 'GIVEN', answeredAt: 'GIVEN',
  expiredAt: 'GIVEN', recalledAt: 'GIVEN', recallId: 'GIVEN',
  enterpriseId: 'CLAIMED', creditCode: 'CLAIMED', enterpriseName: 'CLAIMED', demandPurpose: 'CLAIMED', consentId: 'CLAIMED',
  loanOutcome: 'CLAIMED', loanReasonCode: 'CLAIMED',
  contact: 'CONSENTED',
};

/** What the rule looks at. */
export type DisclosedReferral = Pick<Referral, 'state' | 'claimedAt' | 'consentRef'>;

/** Whether its bank may see a field of a referral. */
export function isDisclosed(field: DisclosedField, { state, claimedAt, consentRef }: DisclosedReferral): boolean {
  if (state === ReferralState.SENT) return false;
  const wanted = disclosure[field];
  if (wanted === 'GIVEN') return true;
  if (wanted === 'CLAIMED') return claimedAt !== null && state !== ReferralState.RECALLED;
  return state === ReferralState.CLAIMED && consentRef !== null;
}
