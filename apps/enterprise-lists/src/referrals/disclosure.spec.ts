import { ReferralState } from '../vocabulary.js';
import { type Disclosed, type DisclosedField, type DisclosedReferral, disclosure, isDisclosed } from './disclosure.js';

const claimedAt = new Date();
const consentRef = '授权书2026-1';
const referral = (state: ReferralState, wasClaimed: boolean, hasConsent: boolean): DisclosedReferral =>
  ({ state, claimedAt: wasClaimed ? claimedAt : null, consentRef: hasConsent ? consentRef : null });

/** Every situation of a referral, and which kinds of fields its bank sees then. */
const situations: [DisclosedReferral, Disclosed[]][] = [
  [referral(ReferralState.SENT, false, true), []],
  [referral(ReferralState.DELIVERED, false, true), ['GIVEN']],
  [referral(ReferralState.ACKNOWLEDGED, false, true), ['GIVEN']],
  [referral(ReferralState.CLAIMED, true, true), ['GIVEN', 'CLAIMED', 'CONSENTED']],
  [referral(ReferralState.CLAIMED, true, false), ['GIVEN', 'CLAIMED']],
  ...[ReferralState.NO_NEED, ReferralState.UNREACHABLE, ReferralState.REJECTED].flatMap((state): [DisclosedReferral, Disclosed[]][] =>
    [[referral(state, false, true), ['GIVEN']], [referral(state, true, true), ['GIVEN', 'CLAIMED']]]),
  [referral(ReferralState.EXPIRED, false, true), ['GIVEN']],
  [referral(ReferralState.RECALLED, false, true), ['GIVEN']],
  [referral(ReferralState.RECALLED, true, true), ['GIVEN']],
];

describe.each(Object.keys(disclosure) as DisclosedField[])('the bank and %s', (field) => {
  it.each(situations)('in %j: %j', (situation, seen) => expect(isDisclosed(field, situation)).toBe(seen.includes(disclosure[field])));
});

describe('the table of disclosure', () => {
  it('covers every state', () => expect(new Set(situations.map(([{ state }]) => state))).toEqual(new Set(Object.values(ReferralState))));

  it('gives nothing that names anybody before the claim', () => {
    const given = Object.entries(disclosure).filter(([, kind]) => kind === 'GIVEN').map(([field]) => field);
    expect(given.filter((field) => /enterprise|creditCode|name|contact|purpose|consent|phone/i.test(field) && field !== 'mayContact')).toEqual([]);
    const asked: [DisclosedField, Disclosed][] = [['enterpriseId', 'CLAIMED'], ['creditCode', 'CLAIMED'], ['enterpriseName', 'CLAIMED'], ['demandPurpose', 'CLAIMED'], ['contact', 'CONSENTED']];
    expect(asked.map(([field]) => [field, disclosure[field]])).toEqual(asked);
  });
});
