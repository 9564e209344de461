import { OrganisationKind } from '@finharbor/contracts/vocabulary';
import { PageArgs, PageQuery } from '@finharbor/platform/http/page';
import { isIsoDate } from '@finharbor/standards/dates';
import { ArgsType, Field } from '@nestjs/graphql';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsEnum, IsOptional, IsString, IsUUID, Length, Matches, ValidateBy } from 'class-validator';
import { RelationKind } from './organisation-relation.entity.js';

/** Text that people read: no blank at either end, no control characters, no half of a surrogate pair. */
export const IsName = (): PropertyDecorator =>
  Matches(/^(?!\s)[^\p{Cc}\p{Cs}]+(?<!\s)$/u, { message: '$property must not begin or end with a blank or hold control characters' });

export const IsDay = (): PropertyDecorator => ValidateBy({
  name: 'localDate',
  validator: {
    validate: (value) => typeof value === 'string' && isIsoDate(value),
    defaultMessage: (of) => `${of?.property} must be a day that exists, written 2026-11-21`,
  },
});

/** Registers an organisation under its first name. */
export class RegisterOrganisationInput {
  @ApiProperty({ enum: OrganisationKind, enumName: 'OrganisationKind', description: 'What it is to the programme.' })
  @IsEnum(OrganisationKind)
  kind: OrganisationKind;

  @ApiProperty({ description: 'Its name.', example: '三峡示范银行', minLength: 2, maxLength: 100 })
  @IsString() @Length(2, 100) @IsName()
  name: string;

  @ApiPropertyOptional({ description: 'First day on which the name held, not after today; today unless told.', format: 'date' })
  @IsOptional() @IsDay()
  validFrom?: string;
}

/** Gives an organisation another name from a day on; the name before it ends with that day. */
export class RenameOrganisationInput {
  @ApiProperty({ description: 'The new name.', example: '中国人民银行万州市分行', minLength: 2, maxLength: 100 })
  @IsString() @Length(2, 100) @IsName()
  name: string;

  @ApiProperty({ description: 'First day on which it holds: after the first day of the latest name, and in the future if need be.', format: 'date' })
  @IsDay()
  validFrom: string;
}

/** Names an outlet of a bank. */
export class RegisterOutletInput {
  @ApiProperty({ description: 'Name of the outlet.', example: '高笋塘支行', minLength: 2, maxLength: 100 })
  @IsString() @Length(2, 100) @IsName()
  name: string;

  @ApiProperty({ description: 'Code of the street, town or functional zone in which it lies.', example: '500101001' })
  @IsString() @Length(3, 12)
  areaCode: string;
}

/** Says what an organisation is to another. */
export class RelateOrganisationInput {
  @ApiProperty({ enum: RelationKind, enumName: 'RelationKind', description: 'What it is to the other.' })
  @IsEnum(RelationKind)
  kind: RelationKind;

  @ApiProperty({ description: 'The other organisation.', format: 'uuid' })
  @IsUUID()
  relatedId: string;

  @ApiProperty({ description: 'First day on which it holds, in the past or to come.', format: 'date' })
  @IsDay()
  validFrom: string;
}

/** Ends a relation. */
export class EndRelationInput {
  @ApiProperty({ description: 'First day on which it holds no more, after its first day.', format: 'date' })
  @IsDay()
  validTo: string;
}

/** Which organisations, for REST. */
export class OrganisationsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: OrganisationKind, enumName: 'OrganisationKind', description: 'Of this kind alone.' })
  @IsOptional() @IsEnum(OrganisationKind)
  kind?: OrganisationKind;
}

/** Which organisations, for GraphQL. */
@ArgsType()
export class OrganisationsArgs extends PageArgs {
  @Field(() => OrganisationKind, { nullable: true, description: 'Of this kind alone.' })
  @IsOptional() @IsEnum(OrganisationKind)
  kind?: OrganisationKind;
}
