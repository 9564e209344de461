import { PageQuery } from '@finharbor/platform/http/page';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsISO8601, IsOptional, Max, Min } from 'class-validator';

/** Which of the versions of a product. */
export class AsOfQuery {
  @ApiPropertyOptional({ name: 'as_of', description: 'What applied then; now unless said.', format: 'date-time' })
  @IsOptional() @IsISO8601({ strict: true })
  as_of?: string;

  @ApiPropertyOptional({ name: 'known_at', description: 'By what was known then; now unless said. Later corrections do not count.', format: 'date-time' })
  @IsOptional() @IsISO8601({ strict: true })
  known_at?: string;
}

/** Two versions of a product. */
export class DifferencesQuery {
  @ApiProperty({ type: 'integer', minimum: 1, description: 'The one version.' }) @Type(() => Number) @IsInt() @Min(1) @Max(1_000_000)
  from: number;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'The other.' }) @Type(() => Number) @IsInt() @Min(1) @Max(1_000_000)
  to: number;
}

/** A page of the change feed. */
export class ProductChangesQuery extends PageQuery {}
