import { ApiProperty } from '@nestjs/swagger';

/** One field of the products that are compared. */
export class ComparisonRow {
  @ApiProperty({ description: 'Path of the field.', example: 'eligibility.amountMax' })
  field: string;

  @ApiProperty({ description: 'What each product says, in their order; null for nothing.', type: 'array', items: {} })
  values: unknown[];

  @ApiProperty({ description: 'Whether they all say the same.' })
  same: boolean;
}

/** Products side by side. */
export class Comparison {
  @ApiProperty({ type: [String], format: 'uuid', description: 'The products, in the order of the columns.' })
  ids: string[];

  @ApiProperty({ type: [ComparisonRow], description: 'Every field that one of them states.' })
  rows: ComparisonRow[];
}

type Plain = Record<string, unknown>;

/** What no reader compares. */
const leftOut = new Set(['id', 'version', 'createdAt', 'publishedAt']);

export function compared(products: readonly Plain[]): Comparison {
  const flats = products.map((product) => new Map(flat(product)));
  const fields = [...new Set(flats.flatMap((one) => [...one.keys()]))];
  return {
    ids: products.map(({ id }) => id as string),
    rows: fields.map((field) => {
      const values = flats.map((one) => one.get(field) ?? null);
      return { field, values, same: new Set(values.map((value) => JSON.stringify(value))).size === 1 };
    }),
  };
}

/** Fields that state something, by path; lists are one field. */
function flat(record: Plain, path = ''): [string, unknown][] {
  return Object.entries(record).flatMap(([name, value]): [string, unknown][] => {
    if (value === null || (path === '' && leftOut.has(name))) return [];
    if (typeof value !== 'object' || Array.isArray(value)) return [[path + name, value]];
    return flat(value as Plain, `${path}${name}.`);
  });
}
