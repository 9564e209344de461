import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { mayBeWithheld } from '@finharbor/security/aggregates/small-counts';
import { ID, Int, ObjectType } from '@nestjs/graphql';
import { Entity } from 'typeorm';
import { PushListState } from '../vocabulary.js';

/** Something that the sender of a list should know and that stopped nothing. */
@ObjectType({ description: 'Something about the list as a whole that stopped nothing, such as an unknown header.' })
export class ListWarning {
  @Property(() => String, { description: '`unknownHeader`: the column is ignored. `blankRows`: they were left out.' })
  rule: string;

  @Property(() => String, { description: 'The header as the file writes it.', nullable: true })
  header: string | null;

  @Property(() => String, { description: 'In words.' })
  message: string;
}

/** A list of enterprises that a department pushes to the central-bank branch for a period (推送名单, H-040). */
@ObjectType({ description: 'A list of enterprises that a department recommends to the banks for a period (H-040).' })
@Entity({ schema: 'enterprise_lists', name: 'push_lists' })
export class PushList {
  @Property(() => ID, { description: 'Id of the list.', column: { primary: true } })
  id: string;

  @Property(() => ID, { description: 'The department that pushed it.', column: { name: 'org_id' } })
  departmentId: string;

  @Property(() => String, { description: 'Title that the department gave it.', column: {} })
  title: string;

  @Property(() => String, { description: 'Period it is for: `2026`, `2026-H2`, `2026-Q4` or `2026-11`.', column: {} })
  period: string;

  @Property(() => Int, { description: 'Which revision of its series it is: lists of one department with the same title for the same period.', column: { default: 1 } })
  revision: number;

  @Property(() => PushListState, { description: 'Where it stands.', enum: PushListState, enumName: 'PushListState', column: {} })
  state: PushListState;

  @Property(() => String, { description: 'How the file was encoded: `UTF-8` or `GB18030`.', column: {} })
  encoding: string;

  @Property(() => String, { description: 'SHA-256 of the file in hexadecimal: the receipt.', column: { name: 'file_sha256' } })
  fileSha256: string;

  @Property(() => Int, { description: 'Rows of the file that are not blank: accepted and rejected together.', column: {} })
  rowCount: number;

  @Property(() => Int, { description: 'Rows that became entries.', column: {} })
  acceptedCount: number;

  @Property(() => Int, { description: 'Rows that were rejected; the rejections say why.', column: {} })
  rejectedCount: number;

  @Property(() => Int, { description: 'Rows of it that were recommended and are not withdrawn.', column: { default: 0 } })
  recommendedCount: number;

  @Property(() => Int, { description: `Banks that it was dispatched to. ${mayBeWithheld}`, nullable: true, column: {} })
  bankCount: number | null;

  @Property(() => [ListWarning], { description: 'What stopped nothing, yet should be known.', column: { type: 'jsonb', array: false } })
  warnings: ListWarning[];

  @Property(() => String, { description: 'Why it was returned.', nullable: true, column: {} })
  returnReason: string | null;

  @Property(() => String, { description: 'Why it was withdrawn.', nullable: true, column: {} })
  withdrawalReason: string | null;

  @Property(() => Date, { description: 'When it was pushed.', column: {} })
  submittedAt: Date;

  @Property(() => Date, { description: 'When it was approved or returned.', nullable: true, column: {} })
  reviewedAt: Date | null;

  @Hidden({ type: 'integer' })
  version: number;

  @Hidden({ type: 'uuid', nullable: true })
  importId: string | null;
}
