import { Property } from '@finharbor/platform/subgraph/property';
import { ID, Int, ObjectType } from '@nestjs/graphql';
import { Entity } from 'typeorm';

@ObjectType({ description: 'A loan code (贷款码) of a harbor: opaque, on posters and cards, revocable (H-036).' })
@Entity({ schema: 'loan_matching', name: 'loan_codes' })
export class LoanCode {
  @Property(() => ID, { description: 'Id of the loan code.', column: { primary: true } })
  id: string;

  @Property(() => ID, { description: 'Host bank of the harbor, which the code belongs to whoever made it.', column: { name: 'org_id' } })
  bankId: string;

  @Property(() => String, { description: 'The code itself: 20 characters of chance, which tell nothing.', column: {} })
  code: string;

  @Property(() => ID, { description: 'The harbor that demands through it come to.', column: {} })
  harborId: string;

  @Property(() => String, { description: 'Where it hangs or lies, for its owner.', column: {} })
  label: string;

  @Property(() => String, { description: 'What the QR code leads to.' })
  url: string;

  @Property(() => Date, { description: 'When it was made.', column: {} })
  createdAt: Date;

  @Property(() => Date, { description: 'When it was revoked; null while it is good.', nullable: true, column: {} })
  revokedAt: Date | null;

  @Property(() => Int, { description: 'How often it was scanned.', column: {} })
  scanCount: number;
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
