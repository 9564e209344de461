import { openRows, type OpenOptions } from '@finharbor/spreadsheets/open-rows';
import type { RowSource } from '@finharbor/spreadsheets/row-source';
import type { SourceFile } from '@finharbor/spreadsheets/source-file';
import { countHeaders, type HeaderMapping } from './headers.js';

export interface OpenListOptions extends Omit<OpenOptions, 'countHeaders'> {
  /** The department's own headers: they too tell the header row from a title above it. */
  mapping?: HeaderMapping;
}

/** Opens a list for reading (see `openRows`), its header told by the columns of push lists. */
export const openList = (file: SourceFile, { mapping, ...options }: OpenListOptions = {}): Promise<RowSource> =>
  openRows(file, { ...options, countHeaders: (cells) => countHeaders(cells, mapping) });
