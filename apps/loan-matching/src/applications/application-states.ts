import { ApplicantKind } from '@finharbor/contracts/eligibility/facts';
import { registerEnumType } from '@nestjs/graphql';

/** How far an application came, seen from the enterprise. How far it came with each bank stands in its demands. */
export enum ApplicationState {
  /** Name, code and status do not agree with the enterprise master, or it is not there: no bank sees it. */
  UNVERIFIED = 'UNVERIFIED',
  /** Matched, not chosen. */
  SUBMITTED = 'SUBMITTED',
  /** With one or more banks, none accepted. */
  ROUTED = 'ROUTED',
  POOLED = 'POOLED',
  ACCEPTED = 'ACCEPTED',
  /** A bank waits for the enterprise. */
  ACTION_REQUIRED = 'ACTION_REQUIRED',
  APPROVED = 'APPROVED',
  /** Three rounds, or nobody left: the supervisor's. */
  EXHAUSTED = 'EXHAUSTED',
  FUNDED = 'FUNDED',
  WITHDRAWN = 'WITHDRAWN',
  CUSTOMER_DECLINED = 'CUSTOMER_DECLINED',
  CLOSED = 'CLOSED',
}

/** How an application finds its bank. */
export enum RoutingMode {
  DESIGNATED = 'DESIGNATED',
  MATCH_FIRST = 'MATCH_FIRST',
  OPEN_POOL = 'OPEN_POOL',
}

/** How an application came in. */
export enum ApplicationSource {
  LOAN_CODE = 'LOAN_CODE',
  REFERRAL = 'REFERRAL',
  /** Taken down by the staff of a harbor. */
  STAFF = 'STAFF',
  /** Taken down on a visit in the grid (H-111). */
  GRID = 'GRID',
  /** Sent in by a harbor that was offline. */
  BATCH = 'BATCH',
  /** Made at the outside platform of the inclusive channel (长江渝融通), which sent it in. */
  PLATFORM = 'PLATFORM',
}

/** What came of comparing name, code and status with the enterprise master. */
export enum Verification {
  VERIFIED = 'VERIFIED',
  ABSENT = 'ABSENT',
  NAME_MISMATCH = 'NAME_MISMATCH',
  /** The master holds it as what the programme is not for: a public body, a bank. */
  OUTSIDE = 'OUTSIDE',
  /** By the master its registration is not in force: deregistered, revoked, moved out, in liquidation … */
  NOT_ACTIVE = 'NOT_ACTIVE',
  /** A natural person, whom the master does not hold. */
  PERSON = 'PERSON',
  BY_SUPERVISOR = 'BY_SUPERVISOR',
  REFUSED = 'REFUSED',
}

registerEnumType(ApplicationState, { name: 'ApplicationState', description: 'How far an application came, seen from the enterprise.' });
registerEnumType(RoutingMode, { name: 'RoutingMode', description: 'How an application finds its bank.' });
registerEnumType(ApplicationSource, { name: 'ApplicationSource', description: 'How an application came in.' });
registerEnumType(Verification, { name: 'Verification', description: 'What came of comparing an application with the enterprise master.' });
registerEnumType(ApplicantKind, { name: 'ApplicantKind', description: 'What an applicant is.' });
