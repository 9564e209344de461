import { Property } from '@finharbor/platform/subgraph/property';
import { Int, ObjectType } from '@nestjs/graphql';

@ObjectType({ description: 'How far the file was read.' })
export class ImportProgress {
  @Property(() => Int, { description: 'Bytes of the file that were read.' })
  bytes: number;

  @Property(() => Int, { description: 'Rows that were checked.' })
  rows: number;

  @Property(() => Int, { description: 'Of the file, 0 to 100. 100 when it was read to its end.' })
  percent: number;
}

@ObjectType({ description: 'One cause of errors or warnings, over all rows of the import.' })
export class ImportCause {
  @Property(() => String, { description: '`ERROR`: such a row is rejected. `WARNING`: it is taken.' })
  severity: 'ERROR' | 'WARNING';

  @Property(() => String, { description: 'The column, by its English header; null where the row as a whole is meant.', nullable: true })
  field: string | null;

  @Property(() => String, { description: 'The rule, such as `checksum`, `duplicate` or `columnCount`.' })
  rule: string;

  @Property(() => Int, { description: 'How often.' })
  count: number;
}

@ObjectType({ description: 'One thing wrong with the file as a whole.' })
export class ImportProblem {
  @Property(() => String, { description: 'What it is about.' })
  field: string;

  @Property(() => String, { description: 'The rule that it breaks.' })
  rule: string;

  @Property(() => String, { description: 'In words.' })
  message: string;
}

@ObjectType({ description: 'Why an import failed.' })
export class ImportFailure {
  @Property(() => String, { description: 'Code of the error, as REST answers have it. `ROWS_REJECTED`: rows were, and all or none were to be applied.' })
  code: string;

  @Property(() => String, { description: 'In words.' })
  detail: string;

  @Property(() => [ImportProblem], { description: 'Each thing wrong.' })
  problems: ImportProblem[];
}

@ObjectType({ description: 'A part of a file that was sent.' })
export class ImportPart {
  @Property(() => Int, { description: 'Its place in the file, from 1 on.' })
  number: number;

  @Property(() => Int, { description: 'Its size.' })
  bytes: number;

  @Property(() => String, { description: 'Its SHA-256 in hexadecimal.' })
  sha256: string;
}

@ObjectType({ description: 'A field of an enterprise that a row changes.' })
export class ImportFieldChange {
  @Property(() => String, { description: 'The field, as Enterprise names it.' })
  field: string;

  @Property(() => String, { description: 'What is known; null when nothing is. Contacts are masked.', nullable: true })
  oldValue: string | null;

  @Property(() => String, { description: 'What the row states.', nullable: true })
  newValue: string | null;
}

@ObjectType({ description: 'What one row of an import would change of a known enterprise.' })
export class ImportChange {
  @Property(() => Int, { description: 'Row in the file.' })
  row: number;

  @Property(() => String, { description: 'Credit code of the enterprise.' })
  creditCode: string;

  @Property(() => String, { description: 'Name as the row writes it.' })
  name: string;

  @Property(() => [ImportFieldChange], { description: 'Field by field.' })
  fields: ImportFieldChange[];
}
