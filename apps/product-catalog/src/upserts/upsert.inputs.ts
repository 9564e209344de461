import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsOptional, Matches } from 'class-validator';
import { CreateProductInput } from '../products/product.inputs.js';

/** One product of a bulk upsert: found by your own key of it, made where there is none. */
export class UpsertItem extends CreateProductInput {
  @ApiProperty({ description: 'Your own key of it.', maxLength: 100 })
  @Matches(/^[\w.:$,+@=/-]{1,100}$/, { message: '$property must be 1 to 100 letters, digits and _ . : $ , + @ = / -' })
  declare externalId: string;

  @ApiPropertyOptional({ description: 'The ETag as you know it; the item is refused where the product is another now.', example: '"3"' })
  @IsOptional() @Matches(/^"\d{1,9}"$/, { message: '$property must be an ETag of ours, written like "\\"3\\""' })
  ifMatch?: string;

  @ApiPropertyOptional({ description: 'Publish it at once, where it is not published as it is; at most 1,000 such items to a request.' })
  @IsOptional() @IsBoolean()
  publish?: boolean;
}

/** A bulk upsert as JSON. */
export class UpsertProductsInput {
  @ApiProperty({ type: () => [UpsertItem], description: 'The products, each with a key of its own.', maxItems: 20_000 }) @Type(() => Object)
  items: UpsertItem[];
}

export enum UpsertOutcome {
  CREATED = 'CREATED',
  UPDATED = 'UPDATED',
  UNCHANGED = 'UNCHANGED',
  REJECTED = 'REJECTED',
}

/** What is wrong with an item. */
export class UpsertError {
  @ApiProperty({ description: 'Path of the field within the item.' }) field: string;
  @ApiProperty({ description: 'The rule it breaks.' }) rule: string;
  @ApiProperty({ description: 'What would be right.' }) message: string;
}

/** What became of one item. */
export class UpsertResult {
  @ApiProperty({ type: 'integer', description: 'Its place in the request, the first being 0.' }) index: number;
  @ApiProperty({ type: String, nullable: true, description: 'Your own key of it.' }) externalId: string | null;
  @ApiProperty({ enum: UpsertOutcome, enumName: 'UpsertOutcome', description: 'REJECTED items changed nothing.' }) outcome: UpsertOutcome;
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Id of the product.' }) id: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Its ETag now.' }) etag: string | null;
  @ApiProperty({ description: 'Whether this request published it.' }) published: boolean;
  @ApiProperty({ type: [UpsertError], description: 'Why it was rejected, or not published; empty otherwise.' }) errors: UpsertError[];
}

/** What became of a bulk upsert. */
export class UpsertReport {
  @ApiProperty({ type: 'integer' }) created: number;
  @ApiProperty({ type: 'integer' }) updated: number;
  @ApiProperty({ type: 'integer' }) unchanged: number;
  @ApiProperty({ type: 'integer' }) rejected: number;
  @ApiProperty({ type: [UpsertResult], description: 'In the order of the request.' }) items: UpsertResult[];
}
