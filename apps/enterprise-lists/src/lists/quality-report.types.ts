import { connectionOf, PageArgs, PageQuery } from '@finharbor/platform/http/page';
import { Property } from '@finharbor/platform/subgraph/property';
import { Decimal, LocalDate } from '@finharbor/platform/subgraph/scalars';
import { mayBeWithheld } from '@finharbor/security/aggregates/small-counts';
import { ArgsType, Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsUUID } from 'class-validator';
import { ReasonCount, ResponseTime } from '../figures/bank-figures.types.js';
import { DutyState } from '../vocabulary.js';
import { IsPeriod } from './list.inputs.js';

@ObjectType({ description: 'How many rows broke a rule of the import.' })
export class RuleCount {
  @Property(() => String, { description: 'The rule, as the rejections name it.' })
  rule: string;

  @Property(() => Int, { description: 'Rows that broke it; a row that broke two counts with both.' })
  count: number;
}

/** What the lists of a department for a period were worth. */
@ObjectType({ description: 'What the lists of a department for a period were worth: the newest revision of each series, what was undone left out.' })
export class QualityReport {
  @Property(() => ID, { description: 'The department.' })
  departmentId: string;

  @Property(() => String, { description: 'The period, as its lists or its duty name it.' })
  period: string;

  @Property(() => DutyState, { description: 'How it kept its duty; null where it has none for that period.', nullable: true, enum: DutyState, enumName: 'DutyState' })
  dutyState: DutyState | null;

  @Property(() => LocalDate, { description: 'Last day of the duty.', nullable: true })
  dueOn: string | null;

  @Property(() => Date, { description: 'When the first list was pushed.', nullable: true })
  submittedAt: Date | null;

  @Property(() => Int, { description: 'Series of lists.' })
  listCount: number;

  @Property(() => Int, { description: 'Lists with all their revisions.' })
  revisionCount: number;

  @Property(() => Int, { description: 'Rows of the files.' })
  rowCount: number;

  @Property(() => Int, { description: 'Rows that became entries.' })
  acceptedCount: number;

  @Property(() => Int, { description: 'Rows that were rejected.' })
  rejectedCount: number;

  @Property(() => [RuleCount], { description: 'The rules that rejected rows broke, most frequent first.' })
  rejectedByRule: RuleCount[];

  @Property(() => Int, { description: 'Rows whose credit code is none.' })
  invalidCodeCount: number;

  @Property(() => Int, { description: 'Entries whose enterprise is outside the programme.' })
  outsideCount: number;

  @Property(() => Int, { description: 'Entries that wait for the review.' })
  pendingCount: number;

  @Property(() => Int, { description: 'Entries that were recommended and are not withdrawn.' })
  recommendedCount: number;

  @Property(() => Int, { description: 'Entries that were not recommended.' })
  notRecommendedCount: number;

  @Property(() => Int, { description: 'Entries that were withdrawn.' })
  withdrawnCount: number;

  @Property(() => Int, { description: 'Entries that were given to banks and are not withdrawn.' })
  dispatchedCount: number;

  @Property(() => Int, { description: `Entries that a bank could reach: it claimed, rejected, or was told that there is no need. ${mayBeWithheld}`, nullable: true })
  reachableCount: number | null;

  @Property(() => Int, { description: `Entries that banks could not reach, and none did. ${mayBeWithheld}`, nullable: true })
  unreachableCount: number | null;

  @Property(() => Int, { description: `Entries that a bank claims now. ${mayBeWithheld}`, nullable: true })
  claimedCount: number | null;

  @Property(() => Int, { description: `Entries that a bank spoke with (对接). ${mayBeWithheld}`, nullable: true })
  contactedCount: number | null;

  @Property(() => Int, { description: `Entries that a bank granted a credit (授信). ${mayBeWithheld}`, nullable: true })
  creditedCount: number | null;

  @Property(() => Int, { description: `Entries that a bank lent to (放款). ${mayBeWithheld}`, nullable: true })
  fundedCount: number | null;

  @Property(() => Decimal, { description: `Funded of accepted entries, per cent with two decimals; null without entries too. ${mayBeWithheld}`, nullable: true })
  conversion: string | null;

  @Property(() => [ReasonCount], { description: 'Why banks turned rows down, most frequent first; by reason where counts are withheld.' })
  rejectedByReason: ReasonCount[];

  @Property(() => ResponseTime, { description: 'How long banks took to acknowledge a row, all banks together.' })
  acknowledgementTime: ResponseTime;

  @Property(() => ResponseTime, { description: 'How long banks took to claim a row or to answer otherwise, all banks together.' })
  answerTime: ResponseTime;
}

/** Figures that tell what banks did. */
export const bankFigures: (keyof QualityReport)[][] = [
  ['reachableCount', 'unreachableCount', 'claimedCount', 'contactedCount', 'creditedCount', 'fundedCount'],
];

@ObjectType({ description: 'A page of quality reports, newest period first.' })
export class QualityReportConnection extends connectionOf(QualityReport, 'QualityReport') {}

/** Which reports, for REST. */
export class QualityReportQuery extends PageQuery {
  @ApiPropertyOptional({ format: 'uuid', description: 'Only of this department.' })
  @IsOptional() @IsUUID()
  departmentId?: string;

  @ApiPropertyOptional({ description: 'Only of this period.', example: '2026-Q4' })
  @IsOptional() @IsPeriod()
  period?: string;
}

/** Which reports, for GraphQL. */
@ArgsType()
export class QualityReportArgs extends PageArgs {
  @Field(() => ID, { nullable: true, description: 'Only of this department.' })
  @IsOptional() @IsUUID()
  departmentId?: string;

  @Field(() => String, { nullable: true, description: 'Only of this period, like 2026-Q4.' })
  @IsOptional() @IsPeriod()
  period?: string;
}
