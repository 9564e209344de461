import { DomainError } from '@finharbor/contracts/errors';
import { dayText, escapedText, numberText } from './cell-values.js';
import { maxColumns, maxRows, type RawRow } from './row-source.js';
import type { SharedStrings } from './shared-strings.js';
import { attribute, maxTokenBytes, plainText, type XmlHandler } from './xml.js';

/** What the cells of a sheet refer to. */
export interface SheetContext {
  strings: SharedStrings;
  /** By the number of a style: whether it shows a date. */
  isDate: boolean[];
  is1904: boolean;
  /** When the last row was read. */
  done(): void;
}

/** Reads the rows of a sheet as its XML goes by. What a formula last came to counts; nothing is reckoned. */
export class SheetHandler implements XmlHandler {
  private rows: RawRow[] = [];
  private cells: string[] | undefined;
  private row = 0;
  private column = 0;
  private type: string | undefined;
  private style = 0;
  private value = '';
  private isCell = false;
  private isText = false;
  private isInline = false;
  private phonetic = 0;
  private hasValue = false;
  private hasFormula = false;

  constructor(private readonly context: SheetContext) {}

  /** The rows since it was asked last. */
  take(): RawRow[] {
    const { rows } = this;
    this.rows = [];
    return rows;
  }

  /** Cells as `<c r="B2" s="1" t="s"><v>5</v></c>` and `<c r="B2" s="1"/>`, one behind the other. */
  jump(all: string, from: number): number {
    if (!this.cells || this.isCell) return from;
    for (let begin = from; ;) {
      if (!all.startsWith('<c r="', begin)) return begin;
      let at = begin + 6;
      let column = 0;
      let unit = all.charCodeAt(at);
      for (; unit >= 65 && unit <= 90; unit = all.charCodeAt(at += 1)) column = column * 26 + unit - 64;
      while (unit >= 48 && unit <= 57) unit = all.charCodeAt(at += 1);
      if (unit !== 34 || column <= this.column) return begin;
      at += 1;
      let style = 0;
      if (all.startsWith(' s="', at)) {
        at += 4;
        for (unit = all.charCodeAt(at); unit >= 48 && unit <= 57; unit = all.charCodeAt(at += 1)) style = style * 10 + unit - 48;
        if (unit !== 34) return begin;
        at += 1;
      }
      let type: string | undefined;
      if (all.startsWith(' t="', at)) {
        if (all.charCodeAt(at + 5) !== 34) return begin;
        type = all[at + 4];
        at += 6;
      }
      if (all.startsWith('/>', at)) {
        this.column = column;
        begin = at + 2;
        continue;
      }
      const end = all.startsWith('><v>', at) ? all.indexOf('<', at + 4) : -1;
      if (end === -1 || !all.startsWith('</v></c>', end)) return begin;
      this.column = column;
      this.type = type;
      this.style = style;
      this.value = all.slice(at + 4, end);
      this.hasFormula = false;
      this.place(this.cellText());
      begin = end + 8;
    }
  }

  open(name: string, tag: string): void {
    switch (name) {
      case 'c': return this.openCell(tag);
      case 'v':
        this.isText = this.isCell;
        this.hasValue = true;
        return;
      case 't':
        this.isText = this.isInline && this.phonetic === 0;
        return;
      case 'f':
        this.hasFormula = true;
        return;
      case 'row': return this.openRow(tag);
      case 'is':
        this.isInline = this.isCell;
        this.hasValue = true;
        return;
      case 'rPh': this.phonetic += 1;
    }
  }

  close(name: string): void {
    switch (name) {
      case 'v':
      case 't':
        this.isText = false;
        return;
      case 'c': return this.closeCell();
      case 'row': return this.closeRow();
      case 'is':
        this.isInline = false;
        return;
      case 'rPh':
        this.phonetic -= 1;
        return;
      case 'sheetData': this.context.done();
    }
  }

  text(raw: string): void {
    if (!this.isText) return;
    this.value += raw;
    if (this.value.length > maxTokenBytes) throw malformed(`a cell of row ${this.row} is longer than 1 MiB`);
  }

  private openRow(tag: string): void {
    const number = attribute(tag, 'r');
    const row = number === undefined ? this.row + 1 : Number(number);
    if (!(Number.isInteger(row) && row > this.row)) throw malformed(`rows stand out of order behind row ${this.row}`);
    if (row > maxRows) throw new DomainError('PAYLOAD_TOO_LARGE', `A list has at most ${maxRows.toLocaleString('en')} rows.`);
    this.row = row;
    this.column = 0;
    this.cells = [];
  }

  private openCell(tag: string): void {
    if (!this.cells) throw malformed('a cell stands outside of all rows');
    const at = tag.indexOf(' r="');
    const column = at === -1 ? this.column + 1 : columnOf(tag, at + 4);
    if (!(column > this.column)) throw malformed(`cells stand out of order in row ${this.row}`);
    this.column = column;
    this.type = quick(tag, ' t="', 't');
    this.style = Number(quick(tag, ' s="', 's') ?? 0);
    this.value = '';
    this.isCell = true;
    this.hasValue = false;
    this.hasFormula = false;
  }

  private closeCell(): void {
    this.isCell = false;
    this.isText = false;
    this.place(this.hasValue || this.hasFormula ? this.cellText() : '');
  }

  private place(text: string): void {
    if (text === '') return;
    const cells = this.cells!;
    // What stands beyond the columns of any list is one cell too many, wherever it is.
    const index = Math.min(this.column - 1, Math.max(maxColumns, cells.length));
    while (cells.length < index) cells.push('');
    cells.push(text);
  }

  private cellText(): string {
    // A formula of which nobody ever reckoned the value: empty would be a guess.
    if (this.hasFormula && !this.hasValue) return '#FORMULA!';
    const { value } = this;
    switch (this.type) {
      case 's': {
        const text = this.context.strings.get(Number(value));
        if (text === undefined) throw malformed(`a cell of row ${this.row} refers to a text that is not there`);
        return text;
      }
      case 'str':
      case 'inlineStr': return escapedText(plainText(value));
      case 'b': return value === '1' || value === 'true' ? 'TRUE' : 'FALSE';
      case 'e': return plainText(value);
      case 'd': return value.replace(/T00:00:00(?:\.0+)?Z?$|Z$/, '');
      default: return this.context.isDate[this.style] && /^[\d.]+(?:E[+-]?\d+)?$/i.test(value) ? dayText(Number(value), this.context.is1904) : numberText(value);
    }
  }

  private closeRow(): void {
    const cells = this.cells!;
    this.cells = undefined;
    if (cells.length > 0) this.rows.push({ row: this.row, cells });
  }
}

/** An attribute as nearly every writer writes it; only where it does not stand so is it looked for with care. */
function quick(tag: string, mark: string, name: string): string | undefined {
  const at = tag.indexOf(mark);
  if (at !== -1) return tag.slice(at + mark.length, tag.indexOf('"', at + mark.length));
  return tag.includes("'") || tag.includes('\n') ? attribute(tag, name) : undefined;
}

/** `B7` is 2. */
function columnOf(tag: string, from: number): number {
  let column = 0;
  for (let at = from; at < from + 4; at += 1) {
    const letter = tag.charCodeAt(at) - 64;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  return column;
}

const malformed = (what: string): DomainError => new DomainError('LIST_MALFORMED', `The workbook cannot be read: ${what}.`);
