import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { LocalDate } from '@finharbor/platform/subgraph/scalars';
import { ID, Int, ObjectType } from '@nestjs/graphql';
import { Entity } from 'typeorm';
import { DemandKind } from '../demands/demand-states.js';
import { LoanCodeKind } from './loan-code-kind.js';

@ObjectType({ description: 'A loan code (贷款码) of a harbor: signed, on posters and cards, revocable (H-036).' })
@Entity({ schema: 'loan_matching', name: 'loan_codes' })
export class LoanCode {
  @Property(() => ID, { description: 'Id of the loan code.', column: { primary: true } })
  id: string;

  @Property(() => ID, { description: 'Host bank of the harbor, which the code belongs to whoever made it.', column: { name: 'org_id' } })
  bankId: string;

  @Property(() => String, { description: 'The code itself, signed: what `/v1/scans/{code}` is asked with. Of codes made before there were signatures the short code.' })
  code: string;

  @Property(() => String, { description: 'Its short code: 20 characters of chance, which tell nothing.', column: { name: 'code' } })
  shortCode: string;

  /** The signed form; null for version 0. */
  @Hidden({ type: 'text', nullable: true })
  token: string | null;

  @Property(() => LoanCodeKind, { description: 'What it stands for.', enum: LoanCodeKind, enumName: 'LoanCodeKind', column: {} })
  kind: LoanCodeKind;

  @Property(() => ID, { description: 'The harbor that demands through it come to.', column: {} })
  harborId: string;

  @Property(() => String, { description: 'Where it hangs or lies, for its owner.', column: {} })
  label: string;

  @Property(() => String, { description: 'Street, town or functional zone that it is for; null for the whole area of the harbor.', nullable: true, column: {} })
  areaCode: string | null;

  @Property(() => String, { description: 'Outlet, park, market or building that it is for.', nullable: true, column: {} })
  place: string | null;

  @Property(() => ID, { description: 'The person of the harbor who carries it, by the id in the register of harbors.', nullable: true, column: {} })
  officerId: string | null;

  @Property(() => [DemandKind], {
    description: 'Kinds of demands that it takes; empty for all.', enum: DemandKind, enumName: 'DemandKind', column: { type: 'text', array: true },
  })
  demandKinds: DemandKind[];

  @Property(() => LocalDate, { description: 'Its first day; null for codes made before they were dated.', nullable: true, column: {} })
  validFrom: string | null;

  @Property(() => LocalDate, { description: 'Its last day; null for without end.', nullable: true, column: {} })
  validTo: string | null;

  @Property(() => Int, { description: 'Counts its prints. 0 was printed before there were signatures.', column: {} })
  version: number;

  @Property(() => LocalDate, { description: 'The last day of the print before this one.', nullable: true, column: {} })
  previousUntil: string | null;

  @Property(() => String, { description: 'What the QR code leads to.' })
  url: string;

  @Property(() => Date, { description: 'When it was made.', column: {} })
  createdAt: Date;

  @Property(() => Date, { description: 'When it was revoked; null while it is good.', nullable: true, column: {} })
  revokedAt: Date | null;

  @Property(() => Int, { description: 'How often it was scanned.', column: {} })
  scanCount: number;
}

@ObjectType({ description: 'A visit without registration, opened by a scan.' })
export class ScanSession {
  @Property(() => String, { description: 'Its secret, shown this once: `scanSession` of the demands that are submitted in it.' })
  session: string;

  @Property(() => Date, { description: 'Until when it is good.' })
  expiresAt: Date;

  @Property(() => Int, { description: 'How many demands it is good for.' })
  demandsLeft: number;
}

@ObjectType({ description: 'What a scanned loan code leads to.' })
export class Scan {
  @Property(() => String, { description: 'Name of the harbor.' })
  harborName: string;

  @Property(() => String, { description: 'Number of the harbor.' })
  harborNumber: string;

  @Property(() => String, { description: 'Street, town or functional zone that it serves, by its code.' })
  areaCode: string;
}
