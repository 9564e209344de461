import { PageQuery } from '@finharbor/platform/http/page';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';
import { IsDay } from '../organisations/organisation.inputs.js';

export const kinds = { calendar: 'CALENDAR', regions: 'REGIONS', lpr: 'LPR', sla: 'SLA' } as const;

const isTrue = ({ value }: { value: unknown }): unknown => (value === 'true' ? true : value === 'false' ? false : value);

/** How rows are imported. */
export class ImportReferenceDataQuery {
  @ApiPropertyOptional({ name: 'dry_run', default: false, description: 'Only report what would change.' })
  @IsOptional() @Transform(isTrue) @IsBoolean()
  dry_run: boolean = false;

  @ApiPropertyOptional({ description: 'Of a calendar: the years that the rows state whole, separated by commas. Days of them that have no row are plain.', example: '2027' })
  @IsOptional() @IsString() @Matches(/^\d{4}(,\d{4}){0,9}$/, { message: 'years must be years, separated by commas' })
  years?: string;

  @ApiPropertyOptional({ description: 'Where it comes from, such as the number of the notice.', maxLength: 200 })
  @IsOptional() @IsString() @Length(2, 200)
  note?: string;
}

/** Which rows. */
export class ReferenceDataQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Whose key begins so, such as `2027` or `500101`.' })
  @IsOptional() @IsString() @Matches(/^[\w -]{1,40}$/, { message: 'key must be up to 40 letters, digits, blanks and hyphens' })
  key?: string;

  @ApiPropertyOptional({ default: false, description: 'Also rows that were corrected or withdrawn.' })
  @IsOptional() @Transform(isTrue) @IsBoolean()
  history: boolean = false;
}

/** Where a period of working days ends. */
export class WorkingDaysQuery {
  @ApiProperty({ description: 'The day on which it begins, which is not counted (民法典 art. 201).', format: 'date' })
  @IsDay()
  start: string;

  @ApiProperty({ description: 'How many working days.', minimum: 0, maximum: 500 })
  @Type(() => Number) @IsInt() @Min(0) @Max(500)
  days: number;
}

export class WorkingDay {
  @ApiProperty({ description: 'The last day of the period, which ends with it.', format: 'date' })
  date: string;
}

/** A kind, as it stands in a path. */
export class ReferenceDataPath {
  @ApiProperty({ enum: Object.keys(kinds), description: 'What of it.' })
  @IsIn(Object.keys(kinds))
  kind: keyof typeof kinds;
}
