import { GuaranteeType, ReasonCode, SizeClass } from '@finharbor/contracts/vocabulary';
import { registerEnumType } from '@nestjs/graphql';
import { Criterion, EnterpriseKind, EnterpriseTag, GreenEdition, RegistrationStatus } from './statement-vocabulary.js';

export { Criterion, EnterpriseKind, EnterpriseTag, GreenEdition, RegistrationStatus };

/**
 * Where a push list stands: UNDER_REVIEW → APPROVED or RETURNED, APPROVED → DISPATCHED → CLOSED (domain.md 2.14). Its department may
 * withdraw it whole at any time; UNDONE is a list whose import was undone.
 */
export enum PushListState {
  UNDER_REVIEW = 'UNDER_REVIEW',
  RETURNED = 'RETURNED',
  APPROVED = 'APPROVED',
  DISPATCHED = 'DISPATCHED',
  CLOSED = 'CLOSED',
  WITHDRAWN = 'WITHDRAWN',
  UNDONE = 'UNDONE',
}

/** How far a row came. What single banks do with it stands in its counts (domain.md 2.14). The database knows the same steps (0012). */
export enum ListEntryState {
  PENDING = 'PENDING',
  NOT_RECOMMENDED = 'NOT_RECOMMENDED',
  RECOMMENDED = 'RECOMMENDED',
  DISPATCHED = 'DISPATCHED',
  CULTIVATING = 'CULTIVATING',
  RE_RECOMMENDED = 'RE_RECOMMENDED',
  WITHDRAWN = 'WITHDRAWN',
}

/** What a criterion of a row lacks. */
export enum CriterionGapKind {
  /** Nobody says whether it is met. */
  MISSING = 'MISSING',
  /** It is said to be met, and not by what. */
  EVIDENCE = 'EVIDENCE',
  /** It is said not to be met. */
  UNMET = 'UNMET',
}

/** How often a department has to push a list. */
export enum DutyFrequency {
  MONTHLY = 'MONTHLY',
  QUARTERLY = 'QUARTERLY',
}

/** How a department kept its duty for a period. */
export enum DutyState {
  /** The last day is not over. */
  OPEN = 'OPEN',
  IN_TIME = 'IN_TIME',
  LATE = 'LATE',
  OVERDUE = 'OVERDUE',
}

/** What became of an enterprise between two lists. */
export enum ListChangeKind {
  NEW = 'NEW',
  CHANGED = 'CHANGED',
  WITHDRAWN = 'WITHDRAWN',
}

/** On whose word a row is withdrawn. */
export enum WithdrawalSource {
  DEPARTMENT = 'DEPARTMENT',
  ENTERPRISE = 'ENTERPRISE',
}

/** The two systems through which the central-bank branch sends lists: 长江绿融通 and 长江渝融通 (H-041). */
export enum Channel {
  GREEN = 'GREEN',
  INCLUSIVE = 'INCLUSIVE',
}

/**
 * DELIVERED → ACKNOWLEDGED → CLAIMED, NO_NEED, UNREACHABLE or REJECTED; what was claimed may still end as one of the last three. Before
 * them SENT, where an outside platform has not confirmed the row yet; EXPIRED when it was offered onward, RECALLED when it was withdrawn.
 */
export enum ReferralState {
  SENT = 'SENT',
  DELIVERED = 'DELIVERED',
  ACKNOWLEDGED = 'ACKNOWLEDGED',
  CLAIMED = 'CLAIMED',
  NO_NEED = 'NO_NEED',
  UNREACHABLE = 'UNREACHABLE',
  REJECTED = 'REJECTED',
  EXPIRED = 'EXPIRED',
  RECALLED = 'RECALLED',
}

/** Which banks a row is dispatched to. */
export enum DispatchTarget {
  /** All banks of the district. */
  ALL_BANKS = 'ALL_BANKS',
  /** The bank that hosts the harbor of the row's street or zone, else of its district. */
  HOST_BANK = 'HOST_BANK',
  /** Banks with a product on offer that takes the row, as far as is known. */
  FITTING_BANKS = 'FITTING_BANKS',
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

registerEnumType(PushListState, { name: 'PushListState', description: 'Where a push list stands.' });
registerEnumType(Channel, { name: 'Channel', description: 'System through which lists go to banks: 长江绿融通 or 长江渝融通 (H-041).' });
registerEnumType(ReferralState, { name: 'ReferralState', description: 'Where a referral stands with its bank.' });
registerEnumType(DispatchTarget, { name: 'DispatchTarget', description: 'Which banks a row is dispatched to.' });
registerEnumType(DecisionOutcome, { name: 'DecisionOutcome', description: 'What a bank decided.' });
registerEnumType(CapitalBand, { name: 'CapitalBand', description: 'Registered capital in yuan, as a band.' });
registerEnumType(EnterpriseKind, { name: 'EnterpriseKind', description: 'Kind of a market entity, by its credit code or by what a list says.' });
registerEnumType(SizeClass, { name: 'SizeClass', description: 'Size of an enterprise (国统字〔2017〕213号).' });
registerEnumType(GuaranteeType, { name: 'GuaranteeType', description: 'How a loan may be secured.' });
registerEnumType(ReasonCode, { name: 'ReasonCode', description: 'Why a referral or an application ended as it did.' });
registerEnumType(Criterion, { name: 'Criterion', description: 'What must hold of a row before it is recommended: three of the notice, five of the country.' });
registerEnumType(EnterpriseTag, { name: 'EnterpriseTag', description: 'What a list says an enterprise counts as: sector, green plate, innovation tier.' });
registerEnumType(RegistrationStatus, { name: 'RegistrationStatus', description: 'Where the registration of an enterprise stands (登记状态).' });
registerEnumType(GreenEdition, { name: 'GreenEdition', description: 'Edition of the green catalogue.' });
registerEnumType(ListEntryState, { name: 'ListEntryState', description: 'How far a row of a list came.' });
registerEnumType(CriterionGapKind, { name: 'CriterionGapKind', description: 'What a criterion of a row lacks.' });
registerEnumType(DutyFrequency, { name: 'DutyFrequency', description: 'How often a department has to push a list.' });
registerEnumType(DutyState, { name: 'DutyState', description: 'How a department kept its duty for a period.' });
registerEnumType(ListChangeKind, { name: 'ListChangeKind', description: 'What became of an enterprise between two lists.' });
registerEnumType(WithdrawalSource, { name: 'WithdrawalSource', description: 'On whose word a row is withdrawn.' });
