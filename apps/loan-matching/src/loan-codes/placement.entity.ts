import { Property } from '@finharbor/platform/subgraph/property';
import { LocalDate } from '@finharbor/platform/subgraph/scalars';
import { ID, Int, ObjectType } from '@nestjs/graphql';
import { Entity } from 'typeorm';

@ObjectType({ description: 'Where a loan code hangs or lies, or did (H-103).' })
@Entity({ schema: 'loan_matching', name: 'loan_code_placements' })
export class LoanCodePlacement {
  @Property(() => ID, { description: 'Id of the placement.', column: { primary: true } })
  id: string;

  @Property(() => ID, { description: 'Host bank of the harbor.', column: { name: 'org_id' } })
  bankId: string;

  @Property(() => ID, { description: 'The code.', column: {} })
  loanCodeId: string;

  @Property(() => String, { description: 'Where.', column: {} })
  place: string;

  @Property(() => LocalDate, { description: 'Since when.', column: {} })
  placedOn: string;

  @Property(() => String, { description: 'Client in whose name it was recorded.', column: {} })
  placedBy: string;

  @Property(() => LocalDate, { description: 'When it was taken away; null while it is there.', nullable: true, column: {} })
  removedOn: string | null;

  @Property(() => Date, { description: 'When this was recorded.', column: {} })
  recordedAt: Date;
}

@ObjectType({ description: 'How often a loan code was used on a day. Nobody is followed: these numbers are all that is kept.' })
export class LoanCodeDay {
  @Property(() => LocalDate, { description: 'The day, in Asia/Shanghai.' })
  day: string;

  @Property(() => Int, { description: 'How often it was scanned.' })
  scans: number;

  @Property(() => Int, { description: 'How many sessions were opened.' })
  sessions: number;

  @Property(() => Int, { description: 'How many demands came in through it.' })
  demands: number;
}
