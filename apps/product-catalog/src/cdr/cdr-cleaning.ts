import type { FieldError } from '@finharbor/contracts/errors';
import { cdrDetails, patterns, type Shape } from './cdr-shape.js';
import { versionOf } from './cdr-versions.js';

type Plain = Record<string, unknown>;

/** A record that was read, without what the standard does not know and what says nothing; and what it lacks. */
export interface Cleaned {
  detail: Plain;
  /** Why it is no product of the standard; empty where it is one. */
  problems: FieldError[];
  /** Paths of what was left out because it is not as the standard writes it. */
  dropped: string[];
}

/**
 * Cleans a product of a file: empty texts and nulls go, amounts and durations that others write in their own way (`10`, `M`) are
 * written as the standard does, and what still does not fit its field goes too, and is named. A record in a list that lacks what it
 * must have goes as a whole; a product that lacks something is a problem. Versions 4 to 7 of the detail are known, by what they alone have.
 */
export function cleanedProduct(value: unknown): Cleaned {
  const dropped: string[] = [];
  const shape = cdrDetails[versionOf(value)];
  const detail = clean(value, shape, '', dropped);
  if (detail === undefined || typeof detail !== 'object') return { detail: {}, problems: [{ field: '', rule: 'object', message: 'a product is a JSON object' }], dropped };
  const problems = shape.required.filter((name) => (detail as Plain)[name] === undefined)
    .map((field) => ({ field, rule: 'required', message: `${field} is needed by the standard` }));
  return { detail: detail as Plain, problems, dropped };
}

/** What of a record is of the shape. */
export const fitted = (value: Plain, shape: Shape): Plain => clean(value, shape, '', []) as Plain;

function clean(value: unknown, shape: Shape, path: string, dropped: string[]): unknown {
  if (value === null || value === undefined || (typeof value === 'string' && value.trim() === '')) return undefined;
  const drop = (): undefined => void dropped.push(path);
  switch (shape.kind) {
    case 'boolean': return typeof value === 'boolean' ? value : drop();
    case 'number': return typeof value === 'number' ? value : typeof value === 'string' && Number.isFinite(Number(value)) ? Number(value) : drop();
    case 'text': return typeof value === 'string' ? value.trim() : drop();
    case 'choice': return typeof value === 'string' && shape.choices.includes(value.trim()) ? value.trim() : drop();
    case 'list': return Array.isArray(value) ? value.flatMap((item, index) => clean(item, shape.of, `${path}.${index}`, dropped) ?? []) : drop();
    case 'object': return cleanObject(value, shape, path, dropped) ?? drop();
    default: return typeof value === 'string' || typeof value === 'number' ? written(String(value).trim(), shape.kind) ?? drop() : drop();
  }
}

function cleanObject(value: unknown, { required, fields }: Shape & { kind: 'object' }, path: string, dropped: string[]): Plain | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const result: Plain = {};
  for (const [name, item] of Object.entries(value)) {
    const shape = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const cleaned = shape && clean(item, shape, path ? `${path}.${name}` : name, dropped);
    if (cleaned !== undefined) result[name] = cleaned;
  }
  const isWhole = path === '' || required.every((name) => result[name] !== undefined);
  return isWhole && (path === '' || Object.keys(result).length > 0) ? result : undefined;
}

/** Periods that banks write by a letter. */
const periods: Record<string, string> = { D: 'P1D', W: 'P1W', M: 'P1M', Q: 'P3M', Y: 'P1Y' };

/** Ways of writing that differ from the standard's and leave no doubt. */
const amended: Partial<Record<keyof typeof patterns, (text: string) => string>> = {
  amount: (text) => withCents(text),
  duration: (text) => periods[text] ?? text,
  dateTime: (text) => text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'),
};

/** As the standard writes it, where that can be told. */
function written(text: string, kind: keyof typeof patterns): string | undefined {
  const ours = amended[kind]?.(text) ?? text;
  return new RegExp(patterns[kind]).test(ours) ? ours : undefined;
}

function withCents(text: string): string {
  const [whole, cents = ''] = text.replaceAll(/[$,]/g, '').split('.');
  return `${whole}.${cents.padEnd(2, '0')}`;
}
