import { DomainError } from '@finharbor/contracts/errors';

/** Reads CSV (RFC 4180) with a header into objects. Throws LIST_MALFORMED or LIST_HEADER with what is wrong. */
export function readCsv(text: string): Record<string, string>[] {
  const [header, ...lines] = recordsOf(text.replace(/^\ufeff/, '')).filter((cells) => cells.some((cell) => cell !== ''));
  const names = header?.map((name) => name.trim()) ?? [];
  if (names.length === 0 || names.includes('') || new Set(names).size < names.length) {
    throw new DomainError('LIST_HEADER', 'The first row must name each column once.');
  }
  return lines.map((cells, index) => {
    if (cells.length !== names.length) throw new DomainError('LIST_MALFORMED', `Row ${index + 1} has ${cells.length} cells, the header ${names.length}.`);
    return Object.fromEntries(names.map((name, place) => [name, cells[place].trim()]));
  });
}

function recordsOf(text: string): string[][] {
  const records: string[][] = [[]];
  const cell = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r?\n|$)/y;
  for (;;) {
    const found = cell.exec(text);
    if (!found) throw new DomainError('LIST_MALFORMED', 'A quotation mark is not closed, or stands within a cell.');
    const [, value, end] = found;
    records.at(-1)!.push(value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value);
    if (end === '') return records;
    if (end !== ',') records.push([]);
  }
}
