import { PageArgs, PageQuery } from '@finharbor/platform/http/page';
import { isIsoDate } from '@finharbor/standards/dates';
import { ArgsType, Field, ID } from '@nestjs/graphql';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsEnum, IsISO8601, IsOptional, IsUUID, ValidateBy } from 'class-validator';
import { IsLine } from '../checks.js';
import { DemandKind, DemandSource, DemandState } from '../demands/demand-states.js';
import { DockingOutcome, DockingWay } from './docking-entry.entity.js';

const asOf = 'As the ledger was at the end of this day, `2026-11-22`.';
const ofApplication = 'Only demands of this application. Not for banks.';

export const IsDay = (): PropertyDecorator => ValidateBy({
  name: 'day', validator: { validate: (value: unknown) => typeof value === 'string' && isIsoDate(value), defaultMessage: () => '$property must be a day, written like "2026-11-22"' },
});

/** Which demands, for REST. */
export class DemandLedgerQuery extends PageQuery {
  @ApiPropertyOptional({ description: asOf, format: 'date' }) @IsOptional() @IsDay()
  asOf?: string;

  @ApiPropertyOptional({ enum: DemandState, enumName: 'DemandState', description: 'Only demands that were in this state.' }) @IsOptional() @IsEnum(DemandState)
  state?: DemandState;

  @ApiPropertyOptional({ enum: DemandKind, enumName: 'DemandKind', description: 'Only demands of this kind.' }) @IsOptional() @IsEnum(DemandKind)
  kind?: DemandKind;

  @ApiPropertyOptional({ enum: DemandSource, enumName: 'DemandSource', description: 'Only demands that came in so.' }) @IsOptional() @IsEnum(DemandSource)
  source?: DemandSource;

  @ApiPropertyOptional({ description: 'Only demands that this bank had.', format: 'uuid' }) @IsOptional() @IsUUID()
  bankId?: string;

  @ApiPropertyOptional({ description: ofApplication, format: 'uuid' }) @IsOptional() @IsUUID()
  applicationId?: string;

  @ApiPropertyOptional({ description: 'Only demands through this harbor.', format: 'uuid' }) @IsOptional() @IsUUID()
  harborId?: string;

  @ApiPropertyOptional({ description: 'Only demands that came to their holder on this day or after it.', format: 'date' }) @IsOptional() @IsDay()
  from?: string;
}

/** Which demands, for GraphQL. */
@ArgsType()
export class DemandLedgerArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: asOf }) @IsOptional() @IsDay()
  asOf?: string;

  @Field(() => DemandState, { nullable: true, description: 'Only demands that were in this state.' }) @IsOptional() @IsEnum(DemandState)
  state?: DemandState;

  @Field(() => DemandKind, { nullable: true, description: 'Only demands of this kind.' }) @IsOptional() @IsEnum(DemandKind)
  kind?: DemandKind;

  @Field(() => DemandSource, { nullable: true, description: 'Only demands that came in so.' }) @IsOptional() @IsEnum(DemandSource)
  source?: DemandSource;

  @Field(() => ID, { nullable: true, description: 'Only demands that this bank had.' }) @IsOptional() @IsUUID()
  bankId?: string;

  @Field(() => ID, { nullable: true, description: ofApplication }) @IsOptional() @IsUUID()
  applicationId?: string;

  @Field(() => ID, { nullable: true, description: 'Only demands through this harbor.' }) @IsOptional() @IsUUID()
  harborId?: string;

  @Field(() => String, { nullable: true, description: 'Only demands that came to their holder on this day or after it.' }) @IsOptional() @IsDay()
  from?: string;
}

/** Which entries of the docking ledger, for REST. */
export class DockingQuery extends PageQuery {
  @ApiPropertyOptional({ description: asOf, format: 'date' }) @IsOptional() @IsDay()
  asOf?: string;

  @ApiPropertyOptional({ description: 'Only attempts about this demand.', format: 'uuid' }) @IsOptional() @IsUUID()
  demandId?: string;

  @ApiPropertyOptional({ description: 'Only attempts of this organisation.', format: 'uuid' }) @IsOptional() @IsUUID()
  organisationId?: string;

  @ApiPropertyOptional({ enum: DockingWay, enumName: 'DockingWay', description: 'Only attempts made so.' }) @IsOptional() @IsEnum(DockingWay)
  way?: DockingWay;

  @ApiPropertyOptional({ enum: DockingOutcome, enumName: 'DockingOutcome', description: 'Only attempts of which this came.' }) @IsOptional() @IsEnum(DockingOutcome)
  outcome?: DockingOutcome;
}

/** Which entries of the docking ledger, for GraphQL. */
@ArgsType()
export class DockingArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: asOf }) @IsOptional() @IsDay()
  asOf?: string;

  @Field(() => ID, { nullable: true, description: 'Only attempts about this demand.' }) @IsOptional() @IsUUID()
  demandId?: string;

  @Field(() => ID, { nullable: true, description: 'Only attempts of this organisation.' }) @IsOptional() @IsUUID()
  organisationId?: string;

  @Field(() => DockingWay, { nullable: true, description: 'Only attempts made so.' }) @IsOptional() @IsEnum(DockingWay)
  way?: DockingWay;

  @Field(() => DockingOutcome, { nullable: true, description: 'Only attempts of which this came.' }) @IsOptional() @IsEnum(DockingOutcome)
  outcome?: DockingOutcome;
}

/** An attempt to reach the enterprise of a demand that the bank accepted, or whose application the caller took down. */
export class RecordDockingInput {
  @ApiProperty({ description: 'The demand; an application has the id of its first one.', format: 'uuid' }) @IsUUID()
  demandId: string;

  @ApiProperty({ enum: DockingWay, enumName: 'DockingWay' }) @IsEnum(DockingWay)
  way: DockingWay;

  @ApiProperty({ enum: DockingOutcome, enumName: 'DockingOutcome' }) @IsEnum(DockingOutcome)
  outcome: DockingOutcome;

  @ApiPropertyOptional({ description: 'Note, naming no person.', minLength: 2, maxLength: 500 }) @IsOptional() @IsLine(2, 500)
  note?: string;

  @ApiPropertyOptional({ description: 'When, not before the bank accepted or the application was taken down, and not in the future; now unless it is said.', format: 'date-time' }) @IsOptional() @IsISO8601({ strict: true })
  contactedAt?: string;
}
