import { PageArgs, PageQuery } from '@finharbor/platform/http/page';
import { ArgsType, Field, ID } from '@nestjs/graphql';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsEnum, IsOptional, IsString, IsUUID, Matches } from 'class-validator';
import { IsLine } from '../checks.js';
import { CreditAlertKind, CreditAlertState } from './credit-alert.entity.js';

/** Which alerts, for REST. */
export class CreditAlertQuery extends PageQuery {
  @ApiPropertyOptional({ enum: CreditAlertState, enumName: 'CreditAlertState', description: 'Only alerts in this state.' }) @IsOptional() @IsEnum(CreditAlertState)
  state?: CreditAlertState;

  @ApiPropertyOptional({ enum: CreditAlertKind, enumName: 'CreditAlertKind', description: 'Only alerts of this kind.' }) @IsOptional() @IsEnum(CreditAlertKind)
  kind?: CreditAlertKind;

  @ApiPropertyOptional({ description: 'Only alerts about this enterprise.', format: 'uuid' }) @IsOptional() @IsUUID()
  enterpriseId?: string;
}

/** Which alerts, for GraphQL. */
@ArgsType()
export class CreditAlertArgs extends PageArgs {
  @Field(() => CreditAlertState, { nullable: true, description: 'Only alerts in this state.' }) @IsOptional() @IsEnum(CreditAlertState)
  state?: CreditAlertState;

  @Field(() => CreditAlertKind, { nullable: true, description: 'Only alerts of this kind.' }) @IsOptional() @IsEnum(CreditAlertKind)
  kind?: CreditAlertKind;

  @Field(() => ID, { nullable: true, description: 'Only alerts about this enterprise.' }) @IsOptional() @IsUUID()
  enterpriseId?: string;
}

/** What a supervisor found. */
export class HandleCreditAlertInput {
  @ApiProperty({ description: 'What was found and done, naming no person.', minLength: 2, maxLength: 500 }) @IsLine(2, 500)
  note: string;
}

/** From which figure on something is watched. */
export class SetCreditRuleInput {
  @ApiProperty({ description: 'The figure.', example: '5', format: 'decimal' })
  @IsString() @Matches(/^\d{1,13}(\.\d{1,2})?$/, { message: '$property must be a figure, written like "5" or "5000000.00"' })
  threshold: string;

  @ApiProperty({ description: 'On what it rests.', minLength: 2, maxLength: 200 }) @IsLine(2, 200)
  source: string;
}
