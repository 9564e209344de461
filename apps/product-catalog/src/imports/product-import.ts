import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsEnum, IsIn, IsOptional, IsString, Length } from 'class-validator';
import { ProductLine } from '../vocabulary.js';

/** How a file of products is to be taken in. */
export class ImportProductsQuery {
  @ApiPropertyOptional({ type: Boolean, default: false, description: 'Only say what would become of each row: nothing is written.' })
  @IsOptional() @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value)) @IsBoolean()
  dryRun?: boolean;

  @ApiPropertyOptional({ description: 'Name of the sheet of a workbook; the first visible one without it.' })
  @IsOptional() @IsString() @Length(1, 50)
  sheet?: string;
}

export class ProductTemplateParameters {
  @ApiProperty({ enum: ProductLine, enumName: 'ProductLine', description: 'Of which products.' }) @IsEnum(ProductLine)
  line: ProductLine;
}

export class ProductTemplateQuery {
  @ApiPropertyOptional({ enum: ['xlsx', 'csv'], default: 'xlsx', description: 'xlsx has lists to choose from.' })
  @IsOptional() @IsIn(['xlsx', 'csv'])
  format: 'xlsx' | 'csv' = 'xlsx';
}

/** One thing about a row that its sender should know. */
export class ProductFinding {
  @ApiProperty({ type: 'integer', description: 'As a spreadsheet numbers it; of NDJSON the line.' }) row: number;
  @ApiProperty({ type: 'integer', nullable: true, description: 'The first column is 1; null where the row as a whole is meant, or a column that the file has not.' }) column: number | null;
  @ApiProperty({ type: String, nullable: true, description: 'Header of the column.' }) header: string | null;
  @ApiProperty({ description: 'Path of the field of the product.', example: 'eligibility.amountMax' }) field: string;
  @ApiProperty({ enum: ['ERROR', 'WARNING'], description: 'An ERROR rejects its row; a WARNING says why a product that was written was not published.' }) severity: 'ERROR' | 'WARNING';
  @ApiProperty({ description: 'The rule it breaks.' }) rule: string;
  @ApiProperty({ description: 'What would be right.' }) message: string;
  @ApiProperty({ description: 'What is wrong, in Chinese.' }) messageZh: string;
  @ApiProperty({ description: 'How to put it right, in Chinese.' }) fixZh: string;
  @ApiProperty({ type: String, nullable: true, description: 'The cell, at most 200 characters.' }) value: string | null;
}

/** What became of a file of products. */
export class ProductImport {
  @ApiProperty({ format: 'uuid', description: 'Id of the import.' }) id: string;
  @ApiProperty({ description: 'Whether nothing was written: the counts say what would have been.' }) dryRun: boolean;
  @ApiProperty({ enum: ['CSV', 'XLSX', 'NDJSON'], description: 'What the file is.' }) format: string;
  @ApiProperty({ type: String, nullable: true, description: 'How its characters are written; null for workbooks.' }) encoding: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The sheet that was read.' }) sheet: string | null;
  @ApiProperty({ type: 'integer', description: 'Rows with something in them, without the header.' }) rows: number;
  @ApiProperty({ type: 'integer' }) created: number;
  @ApiProperty({ type: 'integer' }) updated: number;
  @ApiProperty({ type: 'integer' }) unchanged: number;
  @ApiProperty({ type: 'integer' }) rejected: number;
  @ApiProperty({ type: 'integer', description: 'Products that this import published.' }) published: number;
  @ApiProperty({ type: [String], description: 'Headers that nobody knows: their columns were passed over.' }) ignoredHeaders: string[];
  @ApiProperty({ type: 'integer', description: 'How many findings there are.' }) findingCount: number;
  @ApiProperty({ type: [ProductFinding], description: 'In the order of the rows, at most 500; the workbook has all.' }) findings: ProductFinding[];
  @ApiProperty({ format: 'date-time' }) createdAt: Date;
}
