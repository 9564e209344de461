import { isIsoDate } from '@finharbor/standards/dates';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayUnique, IsArray, IsEnum, IsOptional, IsUUID, Matches, ValidateBy } from 'class-validator';
import { IsLine } from '../checks.js';
import { DemandKind } from '../demands/demand-states.js';
import { LoanCodeKind } from './loan-code-kind.js';

/** A day that the signed form can hold. */
const IsDay = (): PropertyDecorator => ValidateBy({
  name: 'day',
  validator: {
    validate: (value: unknown) => typeof value === 'string' && isIsoDate(value) && value >= '2020-01-01' && value < '2149-01-01',
    defaultMessage: () => '$property must be a day from 2020 to 2148, written like "2026-11-22"',
  },
});

/** Makes a loan code for a harbor. */
export class CreateLoanCodeInput {
  @ApiProperty({ description: 'The harbor. A bank makes codes for the harbors that it hosts.', format: 'uuid' }) @IsUUID()
  harborId: string;

  @ApiProperty({ description: 'Where it will hang or lie.', example: '大堂海报', minLength: 1, maxLength: 60 }) @IsLine(1, 60)
  label: string;

  @ApiPropertyOptional({
    description: 'What it stands for. A STREET needs `areaCode`, an OUTLET or PARK `place`, an OFFICER `officerId`, a CAMPAIGN `validTo`.',
    enum: LoanCodeKind, enumName: 'LoanCodeKind', default: LoanCodeKind.HARBOR,
  })
  @IsOptional() @IsEnum(LoanCodeKind)
  kind?: LoanCodeKind;

  @ApiPropertyOptional({ description: 'Street, town or functional zone, in force today.', example: '500101001' })
  @IsOptional() @Matches(/^\d{6}[\dZ]\d\d$/, { message: '$property must be the code of a street, town or functional zone' })
  areaCode?: string;

  @ApiPropertyOptional({ description: 'Name of the outlet, park, market or building.', minLength: 1, maxLength: 60 }) @IsOptional() @IsLine(1, 60)
  place?: string;

  @ApiPropertyOptional({ description: 'The person of the harbor who carries it, by the id in the register of harbors.', format: 'uuid' }) @IsOptional() @IsUUID()
  officerId?: string;

  @ApiPropertyOptional({ description: 'Kinds of demands that it takes; empty for all.', enum: DemandKind, enumName: 'DemandKind', isArray: true })
  @IsOptional() @IsArray() @ArrayUnique() @IsEnum(DemandKind, { each: true })
  demandKinds?: DemandKind[];

  @ApiPropertyOptional({ description: 'Its first day; today unless given.', format: 'date' }) @IsOptional() @IsDay()
  validFrom?: string;

  @ApiPropertyOptional({ description: 'Its last day; without end unless given.', format: 'date' }) @IsOptional() @IsDay()
  validTo?: string;
}

/** Prints a loan code anew. */
export class RotateLoanCodeInput {
  @ApiProperty({ description: 'The last day of the present print, at most 400 days from now; yesterday or before ends it at once.', format: 'date' }) @IsDay()
  previousUntil: string;

  @ApiPropertyOptional({ description: 'Last day of the new print; that of the code unless given.', format: 'date' }) @IsOptional() @IsDay()
  validTo?: string;
}

/** Records where a code hangs or lies. */
export class PlaceLoanCodeInput {
  @ApiProperty({ description: 'Where, so that one can walk there. No person’s name.', example: '一楼大堂电梯口', minLength: 2, maxLength: 120 }) @IsLine(2, 120)
  place: string;

  @ApiProperty({ description: 'Since when; not a day to come.', format: 'date' }) @IsDay()
  placedOn: string;
}

/** Records that a code was taken away. */
export class RemovePlacementInput {
  @ApiProperty({ description: 'On which day; not before it was put there, and not a day to come.', format: 'date' }) @IsDay()
  removedOn: string;
}

/** Opens a scan session. */
export class OpenSessionInput {
  @ApiProperty({
    description: 'A random value that the visitor’s page makes. Visitors have no name, so whoever repeats the request hears the same session by this alone.',
    example: '9f1c0e7aU2x_4kQz', pattern: '^[A-Za-z0-9_-]{16,86}$',
  })
  @Matches(/^[\w-]{16,86}$/, { message: '$property must be 16 to 86 random characters of A-Z, a-z, 0-9, - and _' })
  nonce: string;
}

/** Which days of a code. */
export class LoanCodeDaysQuery {
  @ApiProperty({ description: 'First day.', format: 'date' }) @IsDay()
  from: string;

  @ApiProperty({ description: 'Last day, at most 400 days later.', format: 'date' }) @IsDay()
  to: string;
}
