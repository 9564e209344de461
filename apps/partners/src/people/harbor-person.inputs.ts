import { PageArgs, PageQuery } from '@finharbor/platform/http/page';
import { ArgsType, Field, ID } from '@nestjs/graphql';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsEnum, IsOptional, IsString, IsUUID, Length, Matches } from 'class-validator';
import { IsDay, IsName } from '../organisations/organisation.inputs.js';
import { HarborPost } from './harbor-person.entity.js';

/** Enters somebody at a harbor. */
export class EnterHarborPersonInput {
  @ApiProperty({ description: 'The harbor.', format: 'uuid' })
  @IsUUID()
  harborId: string;

  @ApiProperty({ enum: HarborPost, enumName: 'HarborPost', description: 'What the person is there; of an area organisation, a LIAISON.' })
  @IsEnum(HarborPost)
  post: HarborPost;

  @ApiProperty({ description: 'Name of the person.', minLength: 2, maxLength: 60 })
  @IsString() @Length(2, 60) @IsName()
  name: string;

  @ApiProperty({ description: 'Phone of the person.', example: '13900000000' })
  @IsString() @Matches(/^\+?[0-9-]{7,20}$/, { message: 'phone must be 7 to 20 digits, with hyphens where wanted' })
  phone: string;

  @ApiPropertyOptional({ description: 'Where a liaison works; a liaison must have one (H-106).', maxLength: 200 })
  @IsOptional() @IsString() @Length(2, 200) @IsName()
  workAddress?: string;

  @ApiProperty({ description: 'First day at the post.', format: 'date' })
  @IsDay()
  validFrom: string;
}

/** Ends an entry. */
export class LeaveHarborInput {
  @ApiProperty({ description: 'First day no more at the post, after the first day there.', format: 'date' })
  @IsDay()
  validTo: string;
}

/** Whom, for REST. */
export class HarborPeopleQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Of this harbor alone.', format: 'uuid' })
  @IsOptional() @IsUUID()
  harborId?: string;
}

/** Whom, for GraphQL. */
@ArgsType()
export class HarborPeopleArgs extends PageArgs {
  @Field(() => ID, { nullable: true, description: 'Of this harbor alone.' })
  @IsOptional() @IsUUID()
  harborId?: string;
}
