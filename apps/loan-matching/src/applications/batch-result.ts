import { ApiProperty } from '@nestjs/swagger';

export enum BatchOutcome {
  TAKEN = 'TAKEN',
  /** It came in before: nothing was made, and its secret is not shown again. */
  KNOWN = 'KNOWN',
  REJECTED = 'REJECTED',
}

/** What is wrong with an item. */
export class BatchError {
  @ApiProperty({ description: 'Path of the field within the item.' }) field: string;
  @ApiProperty({ description: 'The rule it breaks.' }) rule: string;
  @ApiProperty({ description: 'What would be right.' }) message: string;
}

/** What became of one item. */
export class BatchItemResult {
  @ApiProperty({ type: 'integer', description: 'Its place in the request, the first being 0.' }) index: number;
  @ApiProperty({ type: String, nullable: true, description: 'What the harbor calls it.' }) clientRef: string | null;
  @ApiProperty({ enum: BatchOutcome, enumName: 'BatchOutcome', description: 'REJECTED items made nothing.' }) outcome: BatchOutcome;
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Id of the application.' }) applicationId: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Opens it, as the header Access-Secret; for the applicant, and shown this once.' })
  accessSecret: string | null;
  @ApiProperty({ type: [String], description: 'All that it lacks, each a DocumentKind.' }) missing: string[];
  @ApiProperty({ type: [BatchError], description: 'Why it was rejected; empty otherwise.' }) errors: BatchError[];
}

/** What became of a batch, in the order of the request. */
export class BatchReport {
  @ApiProperty({ type: [BatchItemResult] }) items: BatchItemResult[];
}
