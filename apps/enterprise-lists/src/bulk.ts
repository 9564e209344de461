/** How a column of many rows is written: its PostgreSQL type and where its value comes from. */
export type BulkColumns<Row> = Record<string, [type: string, valueOf: (row: Row) => unknown]>;

/** Rows as a source of SQL: `select names from source`, with the parameters. */
export interface Bulk {
  names: string;
  source: string;
  parameters: unknown[];
}

/**
 * Many rows as one array for each column, for `insert … select` and `update … from`: one statement, whatever the number
 * of rows. Parameters are numbered from `first` on.
 */
export function unnest<Row>(rows: readonly Row[], columns: BulkColumns<Row>, first = 1): Bulk {
  const names = Object.keys(columns).join(', ');
  const arrays = Object.values(columns).map(([type], index) => `$${first + index}::${type}[]`).join(', ');
  return {
    names,
    source: `unnest(${arrays}) as input (${names})`,
    parameters: Object.values(columns).map(([, valueOf]) => rows.map(valueOf)),
  };
}
