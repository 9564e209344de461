import { randomInt } from 'node:crypto';
import { residentIdCheckCharacter } from '@finharbor/standards/resident-id';

/** A hit: which piece of planted data, and how it was written there. */
export interface Sighting {
  canary: string;
  form: string;
}

/** Every two-byte character of GB18030, as it is written: Node reads that encoding and does not write it. */
const twoBytes = new Map(Array.from({ length: 126 * 191 }, (_, at) => Buffer.from([0x81 + Math.floor(at / 191), 0x40 + (at % 191)]))
  .map((bytes) => [new TextDecoder('gb18030').decode(bytes), bytes]));

/** A text in GB18030, as Chinese spreadsheets save it. */
export function gb18030(text: string): Buffer {
  return Buffer.concat([...text].map((character) => {
    const point = character.codePointAt(0)!;
    if (point < 0x80) return Buffer.from(character);
    if (point < 0x10000) return twoBytes.get(character) ?? Buffer.from('?');
    const place = point - 0x10000 + 189_000;
    const [first, second, third] = [12_600, 1_260, 10].map((size) => Math.floor(place / size));
    return Buffer.from([0x81 + first, 0x30 + (second % 10), 0x81 + (third % 126), 0x30 + (place % 10)]);
  }));
}

export const fullWidth = (text: string): string => text.replaceAll(/[!-~]/g, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfee0));

const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();
const escaped = (text: string): string => text.replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** How a text may be written where nobody meant it to be. */
const forms: Record<string, (text: string) => Buffer> = {
  'UTF-8': (text) => Buffer.from(text),
  GB18030: gb18030,
  'UTF-16LE': (text) => Buffer.from(text, 'utf16le'),
  'UTF-16BE': utf16be,
  'full width': (text) => Buffer.from(fullWidth(text)),
  'JSON escapes': (text) => Buffer.from(escaped(text)),
  'URL escapes': (text) => Buffer.from(encodeURIComponent(text)),
  // As Redis tells what it was sent.
  'byte escapes': (text) => Buffer.from([...Buffer.from(text)].map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`)).join('')),
};

/** Looks for one beginning that many canaries share, so that a gigabyte is not read once for each of them. */
interface Mark {
  form: string;
  write: (text: string) => Buffer;
  bytes: Buffer;
  kind: Kind;
}

type Kind = 'name' | 'phone' | 'mail' | 'residentId';

/**
 * Personal data that nobody has, each piece planted in one place and nowhere else, and the eyes that find it, in any encoding, escaped
 * or not. Names have rare characters of four bytes.
 */
export class Canaries {
  readonly all: string[] = [];
  private readonly kinds = new Map<string, Kind>();
  private readonly starts: Record<Kind, string> = {
    name: `欧${Array.from({ length: 3 }, () => String.fromCodePoint(randomInt(0x20000, 0x2a6d6))).join('')}`,
    phone: `19${randomInt(10_000, 99_999)}`,
    mail: `zq${randomInt(2 ** 40).toString(36).padStart(8, '0')}`,
    residentId: `5001011990${String(randomInt(1, 12)).padStart(2, '0')}${String(randomInt(10, 28))}`,
  };
  private readonly marks: Mark[] = Object.entries(this.starts).flatMap(([kind, start]) => {
    const seen = new Set<string>();
    return Object.entries(forms).map(([form, write]) => ({ form, write, bytes: write(start), kind: kind as Kind }))
      .filter(({ bytes }) => !seen.has(bytes.toString('hex')) && seen.add(bytes.toString('hex')));
  });

  /** Four characters and two more: `欧𠮷𠀀𪛖甲乙`. */
  name(): string {
    const number = this.all.length;
    return this.made('name', `${this.starts.name}${String.fromCodePoint(0x5000 + Math.floor(number / 1_000), 0x4e10 + (number % 1_000))}`);
  }

  phone(): string {
    return this.made('phone', `${this.starts.phone}${String(1_000 + this.all.length)}`);
  }

  mail(): string {
    return this.made('mail', `${this.starts.mail}${1_000 + this.all.length}@example.cn`);
  }

  /** One that is valid: people paste their own where a credit code belongs. */
  residentId(): string {
    const first17 = `${this.starts.residentId}${String(100 + this.all.length)}`;
    return this.made('residentId', first17 + residentIdCheckCharacter(first17));
  }

  /** What of all that was planted stands in a text or in bytes. A name or an address that is not whole is told as such. */
  in(where: string | Buffer): Sighting[] {
    const bytes = typeof where === 'string' ? Buffer.from(where) : where;
    const found = new Map<string, Sighting>();
    for (const mark of this.marks) {
      for (let at = bytes.indexOf(mark.bytes); at !== -1; at = bytes.indexOf(mark.bytes, at + 1)) {
        const whole = this.all.find((canary) => this.kinds.get(canary) === mark.kind && startsAt(bytes, at, mark.write(canary)));
        // Some digits are also found where nobody was planted.
        if (!whole && (mark.kind === 'phone' || mark.kind === 'residentId')) continue;
        const canary = whole ?? `a piece of a ${mark.kind}`;
        found.set(`${canary} ${mark.form}`, { canary, form: mark.form });
      }
    }
    return [...found.values()];
  }

  private made(kind: Kind, canary: string): string {
    this.all.push(canary);
    this.kinds.set(canary, kind);
    return canary;
  }
}

const startsAt = (bytes: Buffer, at: number, expected: Buffer): boolean => bytes.subarray(at, at + expected.length).equals(expected);

/** A text in every form, for the proof that all of them are found. */
export const allForms = (text: string): [form: string, bytes: Buffer][] =>
  Object.entries(forms).map(([form, write]) => [form, write(text)]);
