import { PageArgs, PageQuery } from '@finharbor/platform/http/page';
import { ArgsType, Field, ID } from '@nestjs/graphql';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsEnum, IsIn, IsInt, IsOptional, IsString, IsUUID, Length, Max, Min } from 'class-validator';
import { ContradictionState, MasterField } from './contradiction.entity.js';

/** Which contradictions. */
export class ContradictionQuery extends PageQuery {
  @ApiPropertyOptional({ enum: ContradictionState, enumName: 'ContradictionState', description: 'Only those in this state.' })
  @IsOptional() @IsEnum(ContradictionState)
  state?: ContradictionState;

  @ApiPropertyOptional({ enum: MasterField, enumName: 'MasterField', description: 'Only those about this field.' })
  @IsOptional() @IsEnum(MasterField)
  field?: MasterField;

  @ApiPropertyOptional({ format: 'uuid', description: 'Only those of this enterprise.' })
  @IsOptional() @IsUUID()
  enterpriseId?: string;
}

/** Which contradictions, for GraphQL. */
@ArgsType()
export class ContradictionArgs extends PageArgs {
  @Field(() => ContradictionState, { nullable: true, description: 'Only those in this state.' })
  @IsOptional() @IsEnum(ContradictionState)
  state?: ContradictionState;

  @Field(() => MasterField, { nullable: true, description: 'Only those about this field.' })
  @IsOptional() @IsEnum(MasterField)
  field?: MasterField;

  @Field(() => ID, { nullable: true, description: 'Only those of this enterprise.' })
  @IsOptional() @IsUUID()
  enterpriseId?: string;
}

/** Chooses the source that counts. */
export class ResolveContradictionInput {
  @ApiProperty({ format: 'uuid', description: 'One of the sources that contradict each other.' })
  @IsUUID()
  source: string;

  @ApiProperty({ description: 'Why it is the one, naming nobody.', minLength: 2, maxLength: 500 })
  @IsString() @Length(2, 500)
  reason: string;
}

/** The same, for GraphQL. */
@ArgsType()
export class ResolveContradictionArgs {
  @Field(() => ID, { description: 'The contradiction.' }) @IsUUID()
  id: string;

  @Field(() => ID, { description: 'One of the sources that contradict each other.' }) @IsUUID()
  source: string;

  @Field(() => String, { description: 'Why it is the one, naming nobody: 2 to 500 characters.' }) @IsString() @Length(2, 500)
  reason: string;
}

/** Says whose word counts. */
export class SetPrecedenceInput {
  @ApiProperty({ format: 'uuid', description: 'The department.' })
  @IsUUID()
  sourceId: string;

  @ApiProperty({ description: 'The field, as MasterField has it; `*` for all that nothing else is said of.', example: 'employees' })
  @IsIn(['*', ...Object.values(MasterField)])
  field: string;

  @ApiProperty({ type: 'integer', minimum: -100, maximum: 100, description: '0 as if nothing were said.' })
  @IsInt() @Min(-100) @Max(100)
  rank: number;
}

/** Accepts a credit code whose check character is wrong. */
export class AcceptCreditCodeInput {
  @ApiProperty({ description: 'The code, well formed but for its check character.', example: '91350203M0001QAY9B' })
  @IsString() @Length(15, 40)
  creditCode: string;

  @ApiProperty({ description: 'How it is known to be the registered one, naming nobody.', minLength: 2, maxLength: 500 })
  @IsString() @Length(2, 500)
  reason: string;
}
