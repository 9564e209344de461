import { ReasonCode } from '@finharbor/contracts/vocabulary';
import { Property } from '@finharbor/platform/subgraph/property';
import { ID, Int } from '@nestjs/graphql';
import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';

/** Days, hours, minutes and seconds of ISO 8601; never nothing. */
const duration = /^P(?!$)(\d{1,3}D)?(T(?=\d)(\d{1,4}H)?(\d{1,5}M)?(\d{1,6}S)?)?$/;

/** By how much the clocks are moved. */
export class AdvanceClockInput {
  @ApiProperty({ description: 'An ISO 8601 duration of days, hours, minutes and seconds, at most 999 days.', example: 'P3D' })
  @Matches(duration, { message: '$property must be a duration such as P3D or PT36H' })
  advance: string;
}

/** The duration in seconds. */
export function secondsOf(text: string): number {
  const unit = (letter: string): number => Number(new RegExp(`(\\d+)${letter}`).exec(text)?.[1] ?? 0);
  const [, days] = /^P(?:(\d+)D)?/.exec(text) ?? [];
  return Number(days ?? 0) * 86_400 + unit('H') * 3_600 + unit('M') * 60 + unit('S');
}

export class SandboxClockAdvance {
  @Property(() => ID, { description: 'The organisation whose clocks are being moved.' })
  organisationId: string;

  @Property(() => Int, { description: 'So many seconds sooner everything is due that was due to the organisation.' })
  seconds: number;
}

export class SandboxReset {
  @Property(() => ID, { description: 'The organisation whose open demands and referrals are being closed.' })
  organisationId: string;
}

export class SandboxOutcome {
  @Property(() => String, { description: 'A unified social credit code that no enterprise has.' })
  creditCode: string;

  @Property(() => String, { description: 'APPROVED, REJECTED, TIME_OUT, DUPLICATE or SLOW.' })
  outcome: string;

  @Property(() => ReasonCode, { nullable: true, description: 'Why, of approvals and rejections.', enum: ReasonCode, enumName: 'ReasonCode' })
  reasonCode: ReasonCode | null;

  @Property(() => String, { description: 'What happens.' })
  description: string;
}

export class SandboxOutcomeList {
  @Property(() => [SandboxOutcome], { description: 'All of them.' })
  items: SandboxOutcome[];
}
