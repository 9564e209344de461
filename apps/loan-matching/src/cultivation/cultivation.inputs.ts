import { PageArgs, PageQuery } from '@finharbor/platform/http/page';
import { isIsoDate } from '@finharbor/standards/dates';
import { ArgsType, Field, ID } from '@nestjs/graphql';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsEnum, IsOptional, IsString, IsUUID, Matches, ValidateBy } from 'class-validator';
import { IsLine } from '../checks.js';
import { CultivationState } from './cultivation-states.js';

const asOf = 'As the ledger was at the end of this day, `2026-11-22`.';
const IsDay = (): PropertyDecorator => ValidateBy({
  name: 'day', validator: { validate: (value: unknown) => typeof value === 'string' && isIsoDate(value), defaultMessage: () => '$property must be a day, written like "2026-11-22"' },
});
const IsCategory = (): PropertyDecorator => Matches(/^[A-Z_]{2,40}$/, { message: '$property must be the code of a category' });

/** Which entries of the ledger, for REST. */
export class CultivationQuery extends PageQuery {
  @ApiPropertyOptional({ enum: CultivationState, enumName: 'CultivationState', description: 'Only entries in this state.' }) @IsOptional() @IsEnum(CultivationState)
  state?: CultivationState;

  @ApiPropertyOptional({ description: 'Only entries of this category.', example: 'GUARANTEE' }) @IsOptional() @IsCategory()
  category?: string;

  @ApiPropertyOptional({ description: 'Only what this department is responsible for.', format: 'uuid' }) @IsOptional() @IsUUID()
  departmentId?: string;

  @ApiPropertyOptional({ description: 'Only entries of this enterprise.', format: 'uuid' }) @IsOptional() @IsUUID()
  enterpriseId?: string;

  @ApiPropertyOptional({ description: asOf, format: 'date' }) @IsOptional() @IsDay()
  asOf?: string;
}

/** Which entries of the ledger, for GraphQL. */
@ArgsType()
export class CultivationArgs extends PageArgs {
  @Field(() => CultivationState, { nullable: true, description: 'Only entries in this state.' }) @IsOptional() @IsEnum(CultivationState)
  state?: CultivationState;

  @Field(() => String, { nullable: true, description: 'Only entries of this category.' }) @IsOptional() @IsCategory()
  category?: string;

  @Field(() => ID, { nullable: true, description: 'Only what this department is responsible for.' }) @IsOptional() @IsUUID()
  departmentId?: string;

  @Field(() => ID, { nullable: true, description: 'Only entries of this enterprise.' }) @IsOptional() @IsUUID()
  enterpriseId?: string;

  @Field(() => String, { nullable: true, description: asOf }) @IsOptional() @IsDay()
  asOf?: string;
}

/** What is recorded of an entry, for REST. */
export class RecordCultivationInput {
  @ApiPropertyOptional({ enum: CultivationState, enumName: 'CultivationState', description: 'Where it stands now; work on an OPEN entry makes it IN_PROGRESS by itself.' })
  @IsOptional() @IsEnum(CultivationState)
  state?: CultivationState;

  @ApiPropertyOptional({ description: 'What is done about it, naming no person.', minLength: 2, maxLength: 500 }) @IsOptional() @IsLine(2, 500)
  measure?: string;

  @ApiPropertyOptional({ description: 'What came of it, naming no person; there must be one with REPAIRED and CLOSED.', minLength: 2, maxLength: 500 }) @IsOptional() @IsLine(2, 500)
  result?: string;

  @ApiPropertyOptional({ description: 'By a second diagnosis, for supervisors: brings the measure and the department of that category.', example: 'TAX' }) @IsOptional() @IsCategory()
  category?: string;

  @ApiPropertyOptional({ description: 'Who is responsible from now on, for supervisors.', format: 'uuid' }) @IsOptional() @IsUUID()
  departmentId?: string;
}

/** The same for GraphQL. */
@ArgsType()
export class RecordCultivationArgs {
  @Field(() => ID, { description: 'The entry.' }) @IsString() @IsUUID()
  id: string;

  @Field(() => CultivationState, { nullable: true, description: 'Where it stands now.' }) @IsOptional() @IsEnum(CultivationState)
  state?: CultivationState;

  @Field(() => String, { nullable: true, description: 'What is done about it, naming no person.' }) @IsOptional() @IsLine(2, 500)
  measure?: string;

  @Field(() => String, { nullable: true, description: 'What came of it, naming no person.' }) @IsOptional() @IsLine(2, 500)
  result?: string;

  @Field(() => String, { nullable: true, description: 'By a second diagnosis, for supervisors.' }) @IsOptional() @IsCategory()
  category?: string;

  @Field(() => ID, { nullable: true, description: 'Who is responsible from now on, for supervisors.' }) @IsOptional() @IsUUID()
  departmentId?: string;
}

/** What the district sets of a category. */
export class ConfigureCategoryInput {
  @ApiPropertyOptional({ description: 'What is proposed from now on.', minLength: 2, maxLength: 500 }) @IsOptional() @IsLine(2, 500)
  measure?: string;

  @ApiPropertyOptional({ description: 'Who is responsible from now on.', format: 'uuid' }) @IsOptional() @IsUUID()
  departmentId?: string;
}
