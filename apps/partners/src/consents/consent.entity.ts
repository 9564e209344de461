import { ConsentRecordKind } from '@finharbor/contracts/vocabulary';
import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { ID, ObjectType, registerEnumType } from '@nestjs/graphql';
import { Entity } from 'typeorm';

/** What the recipient may do with what it is told (PIPL art. 23). */
export enum ConsentPurpose {
  FINANCING_MATCH = 'FINANCING_MATCH',
  CREDIT_REPORT_QUERY = 'CREDIT_REPORT_QUERY',
  COMPLAINT_HANDLING = 'COMPLAINT_HANDLING',
}

/** What the recipient is told. */
export enum ConsentDisclosure {
  /** Who the business is, and whom to ask there. */
  IDENTITY_AND_CONTACT = 'IDENTITY_AND_CONTACT',
  /** What is asked for, and not who asks: told to the outside platform (长江渝融通). */
  NEED = 'NEED',
  /** What the credit bureau says: sensitive, with a consent of its own (PIPL art. 29). */
  CREDIT_REPORT = 'CREDIT_REPORT',
}

export enum ConsentGiver {
  /** By the business itself, on the page. */
  APPLICANT = 'APPLICANT',
  /** Recorded by harbor staff, on behalf of a business that agreed before them. */
  HARBOR_STAFF = 'HARBOR_STAFF',
}

export enum ConsentCause {
  WITHDRAWN = 'WITHDRAWN',
  EXPIRED = 'EXPIRED',
}

registerEnumType(ConsentRecordKind, { name: 'ConsentRecordKind', description: 'What kind of record a consent is about.' });
registerEnumType(ConsentPurpose, { name: 'ConsentPurpose', description: 'What a disclosure is for (PIPL art. 23).' });
registerEnumType(ConsentDisclosure, { name: 'ConsentDisclosure', description: 'What is disclosed under a consent.' });
registerEnumType(ConsentGiver, { name: 'ConsentGiver', description: 'How a consent was given.' });
registerEnumType(ConsentCause, { name: 'ConsentCause', description: 'Why a consent holds no more.' });

@ObjectType({ description: 'Who agreed to what disclosure, to whom, for what, until when (授权同意). It is never changed, only withdrawn.' })
@Entity({ schema: 'partners', name: 'consents' })
export class Consent {
  @Property(() => ID, { description: 'Id of the consent, which every disclosure under it names.', column: { primary: true } })
  id: string;

  @Property(() => ConsentRecordKind, { description: 'What kind of record it is about.', enum: ConsentRecordKind, enumName: 'ConsentRecordKind', column: {} })
  recordKind: ConsentRecordKind;

  @Property(() => ID, { description: 'The record, whose business agreed.', column: {} })
  recordId: string;

  @Property(() => ID, { description: 'Who may know by it; null until a bank accepts the demand.', nullable: true })
  get recipientId(): string | null {
    return this.orgId === nobodyYet ? null : this.orgId;
  }

  @Property(() => ConsentPurpose, { description: 'What for.', enum: ConsentPurpose, enumName: 'ConsentPurpose', column: {} })
  purpose: ConsentPurpose;

  @Property(() => ConsentDisclosure, { description: 'What is disclosed.', enum: ConsentDisclosure, enumName: 'ConsentDisclosure', column: {} })
  disclosure: ConsentDisclosure;

  @Property(() => ConsentGiver, { description: 'How it was given.', enum: ConsentGiver, enumName: 'ConsentGiver', column: {} })
  givenBy: ConsentGiver;

  @Property(() => String, { description: 'Version of the text that was shown; null of a consent older than the register.', nullable: true, column: {} })
  textVersion: string | null;

  @Property(() => Date, { description: 'When it was given.', column: {} })
  givenAt: Date;

  @Property(() => Date, { description: 'Until when it holds; null until it is withdrawn.', nullable: true, column: {} })
  validUntil: Date | null;

  @Property(() => Date, { description: 'When it was first disclosed to the recipient.', nullable: true, column: {} })
  disclosedAt: Date | null;

  @Property(() => Date, { description: 'Since when it holds no more.', nullable: true, column: {} })
  withdrawnAt: Date | null;

  @Property(() => ConsentCause, { description: 'Why it holds no more.', nullable: true, enum: ConsentCause, enumName: 'ConsentCause', column: {} })
  cause: ConsentCause | null;

  @Hidden({ type: 'uuid' })
  orgId: string;

  @Hidden({ type: 'integer' })
  version: number;
}

/** Who a consent is for until a bank accepts: the district's intake of demands, which no organisation is. */
export const nobodyYet = '00000000-0000-4000-8000-000000000001';
