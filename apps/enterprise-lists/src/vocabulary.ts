import { GuaranteeType, ReasonCode, SizeClass } from '@finharbor/contracts/vocabulary';
import { registerEnumType } from '@nestjs/graphql';

/** Where a push list stands: UNDER_REVIEW → APPROVED or RETURNED, APPROVED → DISPATCHED (domain.md 2.14). */
export enum PushListState {
  UNDER_REVIEW = 'UNDER_REVIEW',
  RETURNED = 'RETURNED',
  APPROVED = 'APPROVED',
  DISPATCHED = 'DISPATCHED',
}

/** The two systems through which the central-bank branch sends lists: 长江绿融通 and 长江渝融通 (H-041). */
export enum Channel {
  GREEN = 'GREEN',
  INCLUSIVE = 'INCLUSIVE',
}

/** DELIVERED → ACKNOWLEDGED → CLAIMED, NO_NEED, UNREACHABLE or REJECTED; what was claimed may still end as one of the last three. */
export enum ReferralState {
  DELIVERED = 'DELIVERED',
  ACKNOWLEDGED = 'ACKNOWLEDGED',
  CLAIMED = 'CLAIMED',
  NO_NEED = 'NO_NEED',
  UNREACHABLE = 'UNREACHABLE',
  REJECTED = 'REJECTED',
}

/** What a bank may answer to a referral. */
export enum ReferralOutcome {
  CLAIMED = 'CLAIMED',
  NO_NEED = 'NO_NEED',
  UNREACHABLE = 'UNREACHABLE',
  REJECTED = 'REJECTED',
}

/** How a bank decided on a demand: the same enumeration as in loan-matching, which tells it. */
export enum DecisionOutcome {
  APPROVED = 'APPROVED',
  REJECTED = 'REJECTED',
}

/** Registered capital in yuan as a bank may know it before it claims: too coarse to find the enterprise by. */
export enum CapitalBand {
  UNDER_1M = 'UNDER_1M',
  FROM_1M_TO_5M = 'FROM_1M_TO_5M',
  FROM_5M_TO_10M = 'FROM_5M_TO_10M',
  FROM_10M_TO_50M = 'FROM_10M_TO_50M',
  FROM_50M = 'FROM_50M',
}

/** Kind of a market entity by the first two characters of its credit code (GB 32100-2015). */
export enum EnterpriseKind {
  ENTERPRISE = 'ENTERPRISE',
  SELF_EMPLOYED = 'SELF_EMPLOYED',
  COOPERATIVE = 'COOPERATIVE',
  PUBLIC_BODY = 'PUBLIC_BODY',
  SOCIAL_ORGANISATION = 'SOCIAL_ORGANISATION',
  RURAL_COLLECTIVE = 'RURAL_COLLECTIVE',
  OTHER = 'OTHER',
}

registerEnumType(PushListState, { name: 'PushListState', description: 'Where a push list stands.' });
registerEnumType(Channel, { name: 'Channel', description: 'System through which lists go to banks: 长江绿融通 or 长江渝融通 (H-041).' });
registerEnumType(ReferralState, { name: 'ReferralState', description: 'Where a referral stands with its bank.' });
registerEnumType(DecisionOutcome, { name: 'DecisionOutcome', description: 'What a bank decided.' });
registerEnumType(CapitalBand, { name: 'CapitalBand', description: 'Registered capital in yuan, as a band.' });
registerEnumType(EnterpriseKind, { name: 'EnterpriseKind', description: 'Kind of a market entity, by its credit code.' });
registerEnumType(SizeClass, { name: 'SizeClass', description: 'Size of an enterprise (国统字〔2017〕213号).' });
registerEnumType(GuaranteeType, { name: 'GuaranteeType', description: 'How a loan may be secured.' });
registerEnumType(ReasonCode, { name: 'ReasonCode', description: 'Why a referral or an application ended as it did.' });
