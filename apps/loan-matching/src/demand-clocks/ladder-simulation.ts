import { ClockUnit, type LadderRung, ladderAddressees } from '@finharbor/contracts/clocks';
import { Property } from '@finharbor/platform/subgraph/property';
import type { RollForward } from '@finharbor/standards/working-days';
import { Int, ObjectType } from '@nestjs/graphql';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsEnum, IsIn, IsInt, IsOptional, Max, Min, ValidateNested } from 'class-validator';
import { IsDay } from '../ledgers/ledger.inputs.js';
import { type DemandClockKind, demandClockKinds } from './course.js';

/** A rung of a ladder to try. */
export class LadderRungInput implements LadderRung {
  @ApiProperty({ description: 'Working days after the last day; 0 is the end.', minimum: 0, maximum: 99 }) @IsInt() @Min(0) @Max(99)
  after: number;

  @ApiProperty({ description: 'Who is told: HOLDER is whoever must act.', enum: ladderAddressees, isArray: true })
  @IsArray() @ArrayMinSize(1) @ArrayUnique() @IsIn(ladderAddressees, { each: true })
  tell: (typeof ladderAddressees)[number][];
}

/** Terms of a clock to try, and on which past demands. What is left out stays as it held for each. */
export class SimulateLadderInput {
  @ApiProperty({ description: 'Which clock of demands.', enum: demandClockKinds }) @IsIn(demandClockKinds)
  kind: DemandClockKind;

  @ApiProperty({ description: 'Clocks that began on this day or after it.', format: 'date' }) @IsDay()
  from: string;

  @ApiProperty({ description: 'Clocks that began on this day or before it.', format: 'date' }) @IsDay()
  to: string;

  @ApiPropertyOptional({ description: 'Days.', minimum: 1, maximum: 399 }) @IsOptional() @IsInt() @Min(1) @Max(399)
  days?: number;

  @ApiPropertyOptional({ enum: ClockUnit, enumName: 'ClockUnit' }) @IsOptional() @IsEnum(ClockUnit)
  unit?: ClockUnit;

  @ApiPropertyOptional({ description: 'Where the last of natural days goes.', enum: ['NONE', 'STATUTORY_HOLIDAY', 'NON_WORKDAY'] }) @IsOptional() @IsIn(['NONE', 'STATUTORY_HOLIDAY', 'NON_WORKDAY'])
  rollForward?: RollForward;

  @ApiPropertyOptional({ description: 'Working days before the last day at which it reminds.', type: [Number] }) @IsOptional() @IsArray() @ArrayMaxSize(5) @ArrayUnique() @IsInt({ each: true }) @Min(0, { each: true }) @Max(99, { each: true })
  reminders?: number[];

  @ApiPropertyOptional({ description: 'The ladder.', type: [LadderRungInput] }) @IsOptional() @IsArray() @ArrayMaxSize(9) @ArrayUnique(({ after }: LadderRungInput) => after) @ValidateNested({ each: true }) @Type(() => LadderRungInput)
  ladder?: LadderRungInput[];
}

@ObjectType({ description: 'How many clocks came to a rung.' })
export class RungCount {
  @Property(() => Int, { description: 'Working days after the last day.' })
  after: number;
  @Property(() => Int, { description: 'Clocks.' })
  clocks: number;
}

@ObjectType({ description: 'What is told of a number of clocks.' })
export class LadderFigures {
  @Property(() => Int, { description: 'Clocks.' })
  clocks: number;
  @Property(() => Int, { description: 'Reminders.' })
  reminders: number;
  @Property(() => Int, { description: 'Clocks that ran out.' })
  breaches: number;
  @Property(() => [RungCount], { description: 'By rung.' })
  rungs: RungCount[];
}

@ObjectType({ description: 'Past demands under the terms that held, and under others: what was done when is taken as it was.' })
export class LadderSimulation {
  @Property(() => LadderFigures, { description: 'Under the terms that held.' })
  held: LadderFigures;
  @Property(() => LadderFigures, { description: 'Under the terms to try.' })
  tried: LadderFigures;
}
