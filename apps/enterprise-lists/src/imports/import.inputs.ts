import { PageArgs, PageQuery } from '@finharbor/platform/http/page';
import { ArgsType, Field } from '@nestjs/graphql';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsEnum, IsIn, IsInt, IsObject, IsOptional, IsString, IsUUID, Length, Matches, Max, Min } from 'class-validator';
import { SubmitPushListQuery } from '../lists/list.inputs.js';
import { ImportAtomicity, ImportMode, ImportState } from './import-kinds.js';

/** The largest file that is imported, and the largest part of one. */
export const maxFileBytes = 500_000_000;
export const maxPartBytes = 64_000_000;
export const maxParts = 1_000;

/** Forms have texts only. */
const fromText = (read: (text: string) => unknown): PropertyDecorator => Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? read(value) : value));

const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text; // no object, and refused as such
  }
};

/** What a department says about a file that it is going to send. */
export class CreateImportInput extends SubmitPushListQuery {
  @ApiPropertyOptional({ enum: ImportMode, enumName: 'ImportMode', default: ImportMode.UPSERT, description: 'Which enterprises it may touch.' })
  @IsOptional() @IsEnum(ImportMode)
  mode: ImportMode = ImportMode.UPSERT;

  @ApiPropertyOptional({
    enum: ImportAtomicity, enumName: 'ImportAtomicity', default: ImportAtomicity.VALID_ROWS,
    description: 'VALID_ROWS: rows without an error are applied. ALL: any error, and nothing is.',
  })
  @IsOptional() @IsEnum(ImportAtomicity)
  atomicity: ImportAtomicity = ImportAtomicity.VALID_ROWS;

  @ApiPropertyOptional({ default: false, description: 'Only check, with the same report; POST …/apply applies it then.' })
  @IsOptional() @fromText((text) => ({ true: true, false: false })[text] ?? text) @IsBoolean()
  dryRun: boolean = false;

  @ApiPropertyOptional({ description: 'Name of the sheet to read; the first when left out.', maxLength: 100 })
  @IsOptional() @IsString() @Length(1, 100)
  sheet?: string;

  @ApiPropertyOptional({ description: 'Between the cells of a CSV; found out when left out.', enum: [',', ';', '\t', '|'] })
  @IsOptional() @IsIn([',', ';', '\t', '|'])
  delimiter?: string;

  @ApiPropertyOptional({
    type: 'object', additionalProperties: { type: 'string', nullable: true }, example: { 户名: 'name', 备注: null },
    description: 'What headers of the file mean, before what is known and saved: a header, and a column or null.',
  })
  @IsOptional() @fromText(readJson) @IsObject()
  mapping?: Record<string, string | null>;

  @ApiPropertyOptional({ description: 'Name of the file, to know it by.', maxLength: 200 })
  @IsOptional() @IsString() @Length(1, 200)
  // eslint-disable-next-line no-control-regex
  @Matches(/^[^\u0000-\u001f]*$/, { message: 'fileName must be one line of text' })
  fileName?: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: maxFileBytes, description: 'Size of the file, when known: what comes in must have it.' })
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(maxFileBytes)
  bytes?: number;
}

/** Says that all parts of a file were sent. */
export class CompleteImportInput {
  @ApiProperty({ type: 'integer', minimum: 1, maximum: maxParts, description: 'How many parts the file has.' })
  @IsInt() @Min(1) @Max(maxParts)
  parts: number;

  @ApiPropertyOptional({ description: 'SHA-256 of the whole file in hexadecimal, to be sure.' })
  @IsOptional() @Matches(/^[0-9a-f]{64}$/, { message: 'sha256 must be 64 hexadecimal digits in lower case' })
  sha256?: string;
}

/** Which imports, for REST. */
export class ImportQuery extends PageQuery {
  @ApiPropertyOptional({ enum: ImportState, enumName: 'ImportState', description: 'Only imports in this state.' })
  @IsOptional() @IsEnum(ImportState)
  state?: ImportState;

  @ApiPropertyOptional({ description: 'Only imports for this period.' })
  @IsOptional() @IsString() @Length(4, 7)
  period?: string;
}

/** Which imports, for GraphQL. */
@ArgsType()
export class ImportArgs extends PageArgs {
  @Field(() => ImportState, { nullable: true, description: 'Only imports in this state.' })
  @IsOptional() @IsEnum(ImportState)
  state?: ImportState;

  @Field(() => String, { nullable: true, description: 'Only imports for this period.' })
  @IsOptional() @IsString() @Length(4, 7)
  period?: string;
}

/** Rows of a result of an import, and how they are written. */
export const resultSets = ['accepted', 'rejected', 'unprocessed', 'warnings'] as const;
export type ResultSet = (typeof resultSets)[number];
export const resultFormats = ['csv', 'ndjson', 'xlsx'] as const;
export type ResultFormat = (typeof resultFormats)[number];

export class ResultQuery {
  @ApiPropertyOptional({ enum: resultFormats, default: 'csv', description: 'xlsx: the whole list again, marked and explained, to correct and import.' })
  @IsOptional() @IsIn(resultFormats)
  format: ResultFormat = 'csv';
}

export class ResultParameters {
  @IsUUID()
  id: string;

  @IsIn(resultSets)
  set: ResultSet;
}

export class TemplateQuery {
  @ApiPropertyOptional({ enum: ['xlsx', 'csv'], default: 'xlsx', description: 'xlsx has lists to choose from.' })
  @IsOptional() @IsIn(['xlsx', 'csv'])
  format: 'xlsx' | 'csv' = 'xlsx';
}

/** What a department's own headers mean. */
export class SaveMappingInput {
  @ApiProperty({
    type: 'object', additionalProperties: { type: 'string', nullable: true }, example: { 户名: 'name', 备注: null },
    description: 'A header as the files write it, and the column that it means, by its English header; null where it is to be passed over.',
  })
  @IsObject()
  mapping: Record<string, string | null>;
}
