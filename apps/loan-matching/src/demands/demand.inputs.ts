import { ApplicantKind, PurposeKind, SpecialGroup, taxGrades } from '@finharbor/contracts/eligibility/facts';
import { GuaranteeType } from '@finharbor/contracts/vocabulary';
import { PageArgs, PageQuery } from '@finharbor/platform/http/page';
import { removeBlanks, toHalfWidth } from '@finharbor/standards/text';
import { ArgsType, Field } from '@nestjs/graphql';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayUnique, Equals, IsArray, IsBoolean, IsEnum, IsIn, IsInt, IsOptional, IsString, IsUUID, Matches, Max, MaxLength, Min, ValidateIf } from 'class-validator';
import { DocumentKind } from '../applications/documents.js';
import { asBoolean, IsLine, IsTenThousandYuan, IsYuan } from '../checks.js';
import { DemandKind, DemandSource, DemandState } from './demand-states.js';

/** A natural person has neither registered name nor credit code, and is refused one. */
const isNamed = (input: { applicantKind?: unknown; enterpriseName?: unknown; creditCode?: unknown }): boolean =>
  input.applicantKind !== ApplicantKind.NATURAL_PERSON;

/** A mobile number of the mainland, or a landline with its area code. */
const phone = /^(1[3-9]\d{9}|0\d{2,3}-?\d{7,8})$/;

/** What a business enters behind a loan code. What it leaves out is taken from the enterprise master, where that knows it. */
export class SubmitDemandInput {
  @ApiPropertyOptional({ description: 'Registered name; needed of everybody but a natural person.', minLength: 2, maxLength: 100 })
  @ValidateIf(isNamed) @IsLine(2, 100)
  enterpriseName?: string;

  @ApiPropertyOptional({ description: 'Unified social credit code, or the 15-digit number before it; full-width and lower case are read too. Needed likewise.', example: '91500101MA5U00011L' })
  @ValidateIf(isNamed) @IsString() @MaxLength(60)
  creditCode?: string;

  @ApiPropertyOptional({ description: 'Number of the resident identity card of a natural person (GB 11643), and of nobody else. Kept sealed; no bank is told it.' })
  @IsOptional() @IsString() @MaxLength(40)
  residentId?: string;

  @ApiProperty({ enum: DemandKind, enumName: 'DemandKind' }) @IsEnum(DemandKind)
  kind: DemandKind;

  @ApiProperty({ description: 'Amount in yuan, at most ten billion.', example: '500000.00', format: 'decimal' }) @IsYuan()
  amount: string;

  @ApiProperty({ description: 'Term in months.', minimum: 1, maximum: 600 }) @IsInt() @Min(1) @Max(600)
  termMonths: number;

  @ApiProperty({ description: 'What the money is for. Must not name the enterprise or its contact.', minLength: 2, maxLength: 200 }) @IsLine(2, 200)
  purpose: string;

  @ApiProperty({ description: 'Security that can be offered; empty for not sure.', enum: GuaranteeType, enumName: 'GuaranteeType', isArray: true })
  @IsArray() @ArrayUnique() @IsEnum(GuaranteeType, { each: true })
  guaranteeTypes: GuaranteeType[];

  @ApiPropertyOptional({ description: 'Region in force today.', example: '500101001' }) @IsOptional() @IsString() @MaxLength(12)
  regionCode?: string;

  @ApiPropertyOptional({ description: 'Industry, GB/T 4754-2017.', example: 'C1310' }) @IsOptional() @IsString() @MaxLength(12)
  industryCode?: string;

  @ApiPropertyOptional({ description: 'Employees (从业人员), persons.', minimum: 0 }) @IsOptional() @IsInt() @Min(0) @Max(10_000_000)
  employees?: number;

  @ApiPropertyOptional({ description: 'Revenue of a year (营业收入), in 万元.', example: '1250.5', format: 'decimal' }) @IsOptional() @IsTenThousandYuan()
  revenue?: string;

  @ApiPropertyOptional({ description: 'Total assets (资产总额), in 万元.', example: '800', format: 'decimal' }) @IsOptional() @IsTenThousandYuan()
  assets?: string;

  @ApiPropertyOptional({ description: 'Day of registration.', format: 'date' }) @IsOptional() @IsString() @MaxLength(10)
  establishedOn?: string;

  @ApiPropertyOptional({ description: 'What the applicant is; by its credit code where it is left out. Refused where the code is certainly of another kind.', enum: ApplicantKind, enumName: 'ApplicantKind' }) @IsOptional() @IsEnum(ApplicantKind)
  applicantKind?: ApplicantKind;

  @ApiPropertyOptional({ description: 'What the money is for, coarsely; products may ask for it. A natural person applies for a start-up loan: START_UP.', enum: PurposeKind, enumName: 'PurposeKind' })
  @IsOptional() @IsEnum(PurposeKind)
  purposeKind?: PurposeKind;

  @ApiPropertyOptional({ description: 'Tax credit grade (纳税信用等级).', enum: taxGrades }) @IsOptional() @IsIn(taxGrades)
  taxGrade?: string;

  @ApiPropertyOptional({
    description: 'Special groups that the applicant belongs to (H-112), all of them: `[]` says none. Used to match and counted; kept sealed, shown to nobody; whoever names one goes through the green channel.',
    enum: SpecialGroup, enumName: 'SpecialGroup', isArray: true,
  })
  @IsOptional() @IsArray() @ArrayUnique() @IsEnum(SpecialGroup, { each: true })
  specialGroups?: SpecialGroup[];

  @ApiPropertyOptional({ description: 'Jobs that the applicant gives (A-03), persons.', minimum: 0 }) @IsOptional() @IsInt() @Min(0) @Max(10_000_000)
  jobs?: number;

  @ApiPropertyOptional({ description: 'Whether it is about relief (纾困, A-03).' }) @IsOptional() @IsBoolean()
  relief?: boolean;

  @ApiPropertyOptional({ description: 'Of a renewal, which needs it: when the present loan ends. A renewal is applied for before that day.', format: 'date' })
  @IsOptional() @IsString() @MaxLength(10)
  maturesOn?: string;

  @ApiPropertyOptional({ description: 'Documents that the applicant has; the answer names those that are missing.', enum: DocumentKind, enumName: 'DocumentKind', isArray: true })
  @IsOptional() @IsArray() @ArrayUnique() @IsEnum(DocumentKind, { each: true })
  documents?: DocumentKind[];

  @ApiPropertyOptional({ description: 'The scan session in which the code was scanned; good for a few demands, for a short time.', maxLength: 100 })
  @IsOptional() @IsString() @MaxLength(100)
  scanSession?: string;

  @ApiProperty({ description: 'Whom the bank that accepts may call.', minLength: 2, maxLength: 30 }) @IsLine(2, 30)
  contactName: string;

  @ApiProperty({ description: 'Mobile number, or landline with area code.', example: '13800000000' })
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? removeBlanks(toHalfWidth(value)) : value))
  @Matches(phone, { message: '$property must be a mobile number of the mainland, or a landline with its area code' })
  contactPhone: string;

  @ApiPropertyOptional({ description: 'Consent that the outside platform of the inclusive channel (长江渝融通) is told what is asked for, and not who asks, so that its banks may take it up. Without it nothing goes there.' })
  @IsOptional() @IsBoolean()
  platformConsent?: boolean;

  @ApiProperty({ description: 'Consent that the bank which accepts is told who asks and how to reach them. Without it there is no demand.', enum: [true] }) @Equals(true)
  consent: true;
}

/** Chooses one of the matches. */
export class ChooseProductInput {
  @ApiProperty({ description: 'A product among the matches whose verdict is not FAIL.', format: 'uuid' }) @IsUUID()
  productId: string;
}

/** Which demands, for REST. */
export class DemandsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: DemandState, enumName: 'DemandState', description: 'Only demands in this state.' }) @IsOptional() @IsEnum(DemandState)
  state?: DemandState;

  @ApiPropertyOptional({ enum: DemandSource, enumName: 'DemandSource', description: 'Only demands that came in so.' }) @IsOptional() @IsEnum(DemandSource)
  source?: DemandSource;

  @ApiPropertyOptional({ description: 'Only those of the green channel (H-112), or only the others.' }) @IsOptional() @Transform(asBoolean) @IsBoolean()
  greenChannel?: boolean;

  @ApiPropertyOptional({ description: 'Those of the green channel before all others; newest first among these and among the others.' })
  @IsOptional() @Transform(asBoolean) @IsBoolean()
  greenFirst?: boolean;
}

/** Which demands, for GraphQL. */
@ArgsType()
export class DemandsArgs extends PageArgs {
  @Field(() => DemandState, { nullable: true, description: 'Only demands in this state.' }) @IsOptional() @IsEnum(DemandState)
  state?: DemandState;

  @Field(() => DemandSource, { nullable: true, description: 'Only demands that came in so.' }) @IsOptional() @IsEnum(DemandSource)
  source?: DemandSource;

  @Field(() => Boolean, { nullable: true, description: 'Only those of the green channel (H-112), or only the others.' }) @IsOptional() @IsBoolean()
  greenChannel?: boolean;

  @Field(() => Boolean, { nullable: true, description: 'Those of the green channel before all others; newest first among these and among the others.' })
  @IsOptional() @IsBoolean()
  greenFirst?: boolean;
}
