import { ReasonCode } from '@finharbor/contracts/vocabulary';
import { Property } from '@finharbor/platform/subgraph/property';
import { ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { CultivationState } from './cultivation-states.js';

/** What was rejected. */
export enum CultivationSource {
  REFERRAL = 'REFERRAL',
  DEMAND = 'DEMAND',
}

registerEnumType(CultivationSource, { name: 'CultivationSource', description: 'What was rejected: a row of a list given to a bank, or a demand.' });

@ObjectType({ description: 'What an entry of the cultivation ledger was from a time on, never changed.' })
export class CultivationStep {
  @Property(() => ID, { description: 'Id of the step; rises with time.' })
  id: string;
  @Property(() => ID, { description: 'Who was responsible; null for nobody yet.', nullable: true })
  departmentId: string | null;
  @Property(() => CultivationState, { description: 'Where the entry stood.', enum: CultivationState, enumName: 'CultivationState' })
  state: CultivationState;
  @Property(() => String, { description: 'Category of the problem.', nullable: true })
  category: string | null;
  @Property(() => String, { description: 'Measure.', nullable: true })
  measure: string | null;
  @Property(() => String, { description: 'Result.', nullable: true })
  result: string | null;
  @Property(() => String, { description: 'Role of who did it; `service` for the suite itself.' })
  by: string;
  @Property(() => Date, { description: 'When.' })
  at: Date;
}

@ObjectType({ description: 'A rejection behind an entry of the cultivation ledger. No department is told which bank it was.' })
export class CultivationCause {
  @Property(() => ID, { description: 'Id of the cause; rises with time.' })
  id: string;
  @Property(() => ID, { description: 'The bank; 00000000-0000-4000-8000-000000000002 for one of the outside platform, which does not tell which.' })
  bankId: string;
  @Property(() => ID, { description: 'The referral or demand that it rejected; of the outside platform an id of the rejection itself.' })
  rejectedId: string;
  @Property(() => ReasonCode, { description: 'Why.', enum: ReasonCode, enumName: 'ReasonCode' })
  reasonCode: ReasonCode;
  @Property(() => String, { description: 'The same in the bank’s words; null for a referral, whose owner has them.', nullable: true })
  reasonText: string | null;
  @Property(() => Date, { description: 'When it was told.' })
  at: Date;
}

@ObjectType({ description: 'An entry of the cultivation ledger (融资培育台账): why an enterprise was refused, what helps, who sees to it, and what came of it.' })
export class CultivationEntry {
  @Property(() => ID, { description: 'Id of the entry.' })
  id: string;
  @Property(() => ID, { description: 'The department that is responsible; null while there is none.', nullable: true })
  departmentId: string | null;
  @Property(() => ID, { description: 'The enterprise.' })
  enterpriseId: string;
  @Property(() => String, { description: 'Its name; null until the enterprise master told it.', nullable: true })
  enterpriseName: string | null;
  @Property(() => ID, { description: 'The row of a list that was refused; null for a demand through a loan code.', nullable: true })
  entryId: string | null;
  @Property(() => CultivationSource, { description: 'What was rejected first.', enum: CultivationSource, enumName: 'CultivationSource' })
  source: CultivationSource;
  @Property(() => ReasonCode, { description: 'Why, as the bank coded it.', enum: ReasonCode, enumName: 'ReasonCode' })
  reasonCode: ReasonCode;
  @Property(() => String, { description: 'Category of the problem, by the reason or a second diagnosis; null where nobody said.', nullable: true })
  category: string | null;
  @Property(() => String, { description: 'The problem in words, by the category; null likewise.', nullable: true })
  problem: string | null;
  @Property(() => CultivationState, { description: 'Where it stands.', enum: CultivationState, enumName: 'CultivationState' })
  state: CultivationState;
  @Property(() => String, { description: 'What is done about it; first what the category proposes.', nullable: true })
  measure: string | null;
  @Property(() => String, { description: 'What came of it.', nullable: true })
  result: string | null;
  @Property(() => Date, { description: 'When the enterprise was refused.' })
  openedAt: Date;
  @Property(() => Date, { description: 'When it last changed.' })
  changedAt: Date;
  @Property(() => [CultivationStep], { description: 'What it was before, oldest first. A department reads its own part.' })
  steps: CultivationStep[];
  @Property(() => [CultivationCause], { description: 'The rejections behind it, oldest first; for those who oversee banks.' })
  causes: CultivationCause[];
  /** Rises with every change. */
  version: number;
}

@ObjectType({ description: 'A kind of problem that can be mended (可修复类别): what helps, and whose affair it is unless somebody says otherwise.' })
export class CultivationCategory {
  @Property(() => ID, { description: 'Code of the category.' })
  code: string;
  @Property(() => String, { description: 'The problem in words.' })
  problem: string;
  @Property(() => [ReasonCode], { description: 'Reasons that are taken for it at first.', enum: ReasonCode, enumName: 'ReasonCode' })
  reasonCodes: ReasonCode[];
  @Property(() => String, { description: 'What is proposed.' })
  measure: string;
  @Property(() => String, { description: 'Whose affair it usually is; the organisation of this name is responsible unless `departmentId` names one.', nullable: true })
  departmentName: string | null;
  @Property(() => ID, { description: 'Who is responsible in this district; null where nobody was set and no organisation has that name.', nullable: true })
  departmentId: string | null;
  @Property(() => String, { description: 'Where the category comes from.' })
  source: string;
  @Property(() => Int, { description: 'Rises with every change; If-Match asks for it.' })
  version: number;
}
