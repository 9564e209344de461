import { DomainError } from '@finharbor/contracts/errors';
import { openRows } from '@finharbor/spreadsheets/open-rows';
import type { RawRow } from '@finharbor/spreadsheets/row-source';
import type { SourceFile } from '@finharbor/spreadsheets/source-file';
import { countProductHeaders, type ProductHeader, readProductHeader } from './product-rows.js';

/** A file of products, read whole. */
export interface ProductFile {
  format: string;
  encoding: string | null;
  sheet: string | null;
  header: ProductHeader;
  /** The rows behind the header that have something in them. */
  rows: RawRow[];
}

const piece = 65_536;

const sourceOf = (bytes: Buffer): SourceFile => ({
  size: bytes.length,
  read: (position, length) => Promise.resolve(bytes.subarray(position, position + length)),
  async* stream(position = 0) {
    for (let at = position; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
  },
});

/** Reads CSV, XLSX or NDJSON as the import of lists does (see `openRows`). PAYLOAD_TOO_LARGE above so many rows. */
export async function openProductFile(bytes: Buffer, sheet: string | undefined, mostRows: number): Promise<ProductFile> {
  const source = await openRows(sourceOf(bytes), { sheet, countHeaders: countProductHeaders });
  let header: ProductHeader | undefined;
  const rows: RawRow[] = [];
  for await (const batch of source.batches()) {
    const [first, ...behind] = batch;
    const others = header ? batch : behind;
    header ??= readProductHeader(first.cells);
    rows.push(...others.filter(({ cells }) => cells.some((cell) => cell.trim() !== '')));
    if (rows.length > mostRows) throw new DomainError('PAYLOAD_TOO_LARGE', `A file of products has at most ${mostRows} rows.`);
  }
  return { format: source.format, encoding: source.encoding, sheet: source.sheet, header: header!, rows };
}
