import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { Entity } from 'typeorm';
import { FactSource, MatchRule, MatchOutcome, type Result } from './matching.js';
import { type Factor, RankingFactor } from './ranking.js';

registerEnumType(MatchRule, { name: 'MatchRule', description: 'What a product may ask of an applicant.' });
registerEnumType(MatchOutcome, { name: 'MatchOutcome', description: 'PASS, FAIL, or UNKNOWN where the facts leave the question open.' });
registerEnumType(RankingFactor, { name: 'RankingFactor', description: 'What the place of a match rests on (docs/matching.md).' });
registerEnumType(FactSource, { name: 'FactSource', description: 'Who stated a fact.' });

@ObjectType({ description: 'Why one rule of a product passes, fails or stays open for a demand.' })
export class RuleResult implements Result {
  @Property(() => MatchRule, { description: 'The rule.', enum: MatchRule, enumName: 'MatchRule' })
  rule: MatchRule;

  @Property(() => MatchOutcome, { description: 'Whether the demand keeps it.', enum: MatchOutcome, enumName: 'MatchOutcome' })
  outcome: MatchOutcome;

  @Property(() => String, { description: 'What the product asks: codes or words, yuan, months, years.' })
  expected: string;

  @Property(() => String, { description: 'What the demand has, in the same unit; null where nobody stated it.', nullable: true })
  actual: string | null;

  @Property(() => FactSource, { description: 'Who stated it.', nullable: true, enum: FactSource, enumName: 'FactSource' })
  source: FactSource | null;

  @Property(() => [String], { description: 'Inputs that would settle an UNKNOWN.' })
  missing: string[];

  @Property(() => String, { description: 'Of a COMBINED rule that does not pass: what is left to hold.', nullable: true })
  toPass?: string;
}

@ObjectType({ description: 'What a match stands where it stands for; the first factor that differs decides.' })
export class MatchFactor implements Factor {
  @Property(() => RankingFactor, { description: 'The factor.', enum: RankingFactor, enumName: 'RankingFactor' })
  factor: RankingFactor;

  @Property(() => String, { description: 'Its value: a verdict, how many questions, per cent a year, `3/12` for the third of twelve equals.', nullable: true })
  value: string | null;
}

@ObjectType({ description: 'A product beside a demand, with a reason per rule (H-044). Found when the demand was submitted.' })
@Entity({ schema: 'loan_matching', name: 'matches' })
export class Match {
  @Property(() => ID, { description: 'The demand.', column: { primary: true } })
  demandId: string;

  @Property(() => ID, { description: 'The product.', column: { primary: true } })
  productId: string;

  @Property(() => String, { description: 'Name of the product at that time.', column: {} })
  productName: string;

  @Property(() => ID, { description: 'The bank that offers it.', column: {} })
  bankId: string;

  @Property(() => String, { description: 'Present name of the bank; null where it is not known here.', nullable: true })
  bankName: string | null = null;

  @Property(() => MatchOutcome, { description: 'FAIL where any rule fails, else UNKNOWN where any is open, else PASS.', enum: MatchOutcome, enumName: 'MatchOutcome', column: {} })
  verdict: MatchOutcome;

  @Property(() => [RuleResult], { description: 'A reason per rule that the product states.', column: { type: 'jsonb', array: false } })
  rules: RuleResult[];

  @Property(() => Int, { description: 'Its place among all products on offer, from 1; null for demands of before places were kept.', nullable: true, column: {} })
  position: number | null;

  @Property(() => [MatchFactor], { description: 'Why it stands there, the weightiest first.', nullable: true, column: { type: 'jsonb', array: false } })
  factors: MatchFactor[] | null;

  /** Who may see the row: the intake, and for the match that was chosen its bank. */
  @Hidden({ type: 'uuid' })
  orgId: string;
}
