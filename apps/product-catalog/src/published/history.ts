import { ApiProperty } from '@nestjs/swagger';
import { ProductState } from '../vocabulary.js';

/** One version of a product: that from `validFrom` on it was so, and since when we know. Never changed. */
export class ProductVersion {
  @ApiProperty({ format: 'uuid', description: 'The product.' })
  productId: string;

  @ApiProperty({ format: 'uuid', description: 'Who offers it.' })
  bankId: string;

  @ApiProperty({ type: 'integer', description: 'Rises with each publication, suspension and retirement.' })
  version: number;

  @ApiProperty({ enum: ProductState, enumName: 'ProductState', description: 'PUBLISHED was on offer, SUSPENDED and RETIRED were not.' })
  state: ProductState;

  @ApiProperty({ format: 'date-time', description: 'From when it applied.' })
  validFrom: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Until when; null until another version applies.' })
  validTo: Date | null;

  @ApiProperty({ format: 'date-time', description: 'Since when that is known here.' })
  recordedAt: Date;
}

/** One field in which two versions differ. */
export class ProductDifference {
  @ApiProperty({ description: 'Path of the field.', example: 'eligibility.amountMax' })
  field: string;

  @ApiProperty({ description: 'What it was; null for nothing.', nullable: true, type: 'object', additionalProperties: true })
  from: unknown;

  @ApiProperty({ description: 'What it became.', nullable: true, type: 'object', additionalProperties: true })
  to: unknown;
}

/** What every version says of itself, and not of the product. */
const ofVersion = new Set(['version', 'publishedAt']);

/** Where two contents differ, field by field, in the order of the first; lists are compared as a whole. */
export function differences(from: Record<string, unknown>, to: Record<string, unknown>, path = ''): ProductDifference[] {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].filter((name) => path !== '' || !ofVersion.has(name));
  return names.flatMap((name): ProductDifference[] => {
    const [before, after] = [from[name] ?? null, to[name] ?? null];
    const field = path ? `${path}.${name}` : name;
    if (isRecord(before) && isRecord(after)) return differences(before, after, field);
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ field, from: before, to: after }];
  });
}

const isRecord = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object' && !Array.isArray(value);
