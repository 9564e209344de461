import { findingKinds } from '@finharbor/security/verification/findings';
import { Float, Int } from '@nestjs/graphql';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { Property } from '../subgraph/property.js';

/** One thing that is wrong with an audit trail: docs/audit.md says what each kind means. */
export class AuditFinding {
  @Property(() => String, { enum: findingKinds, enumName: 'AuditFindingKind', description: 'What is wrong.' })
  kind: string;

  @Property(() => Float, { description: 'The seal where it shows, the first one of several.' })
  seal: number;

  @Property(() => [Float], { description: 'The rows it touches, the first ones when they are many.' })
  rows: number[];

  @Property(() => Float, { description: 'How many rows it touches, or seals when it is about seals.' })
  count: number;

  @Property(() => String, { description: 'The finding in words.' })
  message: string;
}

/** What a verification of a service's audit trail found. */
export class AuditVerification {
  @Property(() => String, { description: 'The service.' })
  service: string;

  @Property(() => Float, { description: 'The first seal that was checked.' })
  fromSeal: number;

  @Property(() => Float, { description: 'The last seal that was checked.' })
  toSeal: number;

  @Property(() => Float, { description: 'Rows that were read.' })
  rows: number;

  @Property(() => Float, { description: 'Rows that no seal covers yet.' })
  unsealedRows: number;

  @Property(() => Boolean, { description: 'Whether all was checked, to the end; if not, go on from the seal after `toSeal`.' })
  complete: boolean;

  @Property(() => [AuditFinding], { description: 'In the order of the chain. Empty when all is as it was sealed.' })
  findings: AuditFinding[];

  @Property(() => Int, { description: 'Further findings, left out.' })
  moreFindings: number;
}

export class AuditVerificationInput {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, default: 1, description: 'Where to go on when the verification before was not complete.' })
  @IsOptional() @IsInt() @Min(1) @Max(Number.MAX_SAFE_INTEGER)
  fromSeal: number = 1;
}
