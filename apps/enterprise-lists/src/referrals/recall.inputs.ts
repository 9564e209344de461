import { PageArgs, PageQuery } from '@finharbor/platform/http/page';
import { ArgsType, Field, ID } from '@nestjs/graphql';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsInt, IsOptional, IsUUID, Min } from 'class-validator';

const booleanOf = ({ value }: { value: unknown }): unknown => (value === 'true' ? true : value === 'false' ? false : value);

/** Which recalls, for REST. */
export class RecallQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Only recalls that the bank has confirmed, or has not.' })
  @IsOptional() @Transform(booleanOf) @IsBoolean()
  acknowledged?: boolean;

  @ApiPropertyOptional({ format: 'uuid', description: 'Only recalls of rows of this list.' })
  @IsOptional() @IsUUID()
  pushListId?: string;
}

/** Which recalls, for GraphQL. */
@ArgsType()
export class RecallArgs extends PageArgs {
  @Field(() => Boolean, { nullable: true, description: 'Only recalls that the bank has confirmed, or has not.' })
  @IsOptional() @IsBoolean()
  acknowledged?: boolean;

  @Field(() => ID, { nullable: true, description: 'Only recalls of rows of this list.' })
  @IsOptional() @IsUUID()
  pushListId?: string;
}

/** A bank's word that it processed a recall. */
export class AcknowledgeRecallInput {
  @ApiProperty({ description: 'Referrals that the bank has withdrawn: all of the recall.', minimum: 1 })
  @IsInt() @Min(1)
  referralCount: number;
}
