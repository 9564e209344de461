import { Field, type FieldOptions, Float, GraphQLISODateTime, ID, Int, type ReturnTypeFunc } from '@nestjs/graphql';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Column, type ColumnOptions, PrimaryColumn } from 'typeorm';
import { Decimal, LocalDate } from './scalars.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type ClassType<T = unknown> = new (...parameters: any[]) => T;

export interface PropertyOptions {
  /** Meaning, unit and source, for GraphQL and OpenAPI alike. */
  description: string;
  nullable?: boolean;
  /** Of a class that is an input as well: it may be left out there. */
  optional?: boolean;
  /** What OpenAPI says of its type, where that cannot be told by the type itself. */
  api?: ApiPropertyOptions;
  /** How it is stored; without it the property is computed. `primary` makes it the key. */
  column?: ColumnOptions & { primary?: true };
  /** The TypeScript enum of an enumeration, and its name in OpenAPI. */
  enum?: object;
  enumName?: string;
}

const shown = new Map<unknown, { type: string; properties: string[] }>();

/** The properties of a class that may be sent out, with the name of its type; undefined for classes that are not ours. */
export function shownProperties(target: unknown): { type: string; properties: string[] } | undefined {
  if (typeof target !== 'function') return undefined;
  const inherited = shownProperties(Object.getPrototypeOf(target));
  const own = shown.get(target);
  return inherited ? { type: target.name, properties: [...inherited.properties, ...own?.properties ?? []] } : own;
}

/** Database types of the scalars that have one. A text column is `text`, never `varchar`. */
const columnTypes = new Map<unknown, ColumnOptions['type']>([
  [ID, 'uuid'], [String, 'text'], [Int, 'integer'], [Float, 'double precision'], [Boolean, 'boolean'],
  [Date, 'timestamptz'], [GraphQLISODateTime, 'timestamptz'], [Decimal, 'numeric'], [LocalDate, 'date'],
]);

const apiTypes = new Map<unknown, ApiPropertyOptions>([
  [ID, { type: String, format: 'uuid' }], [Int, { type: 'integer' }], [Float, { type: Number }],
  [Date, { type: String, format: 'date-time' }], [GraphQLISODateTime, { type: String, format: 'date-time' }],
  [Decimal, { type: String, format: 'decimal' }], [LocalDate, { type: String, format: 'date' }],
]);

/**
 * One property of a record in one decorator: column, GraphQL field and OpenAPI property. It is the whitelist:
 * a property without it never leaves the service.
 */
export function Property(type: ReturnTypeFunc, options: PropertyOptions): PropertyDecorator {
  const { description, nullable = false, column } = options;
  return (target, key) => {
    const entry = shown.get(target.constructor) ?? { type: target.constructor.name, properties: [] };
    entry.properties.push(String(key));
    shown.set(target.constructor, entry);
    Field(type, { description, nullable } satisfies FieldOptions)(target, key);
    const returned = type() as unknown;
    const isArray = Array.isArray(returned);
    const item: unknown = isArray ? returned[0] : returned;
    const api = options.api ?? (options.enum ? { enum: options.enum, enumName: options.enumName } : apiTypes.get(item) ?? { type: () =>
      item as never });
    ApiProperty({ description, nullable, isArray, ...(options.optional && { required: false }), ...api } as ApiPropertyOptions)(target,
      key);
    if (!column) return;
    const { primary, ...rest } = column;
    const stored: ColumnOptions = {
      type: options.enum ? 'text' : columnTypes.get(item),
      array: isArray && rest.type !== 'jsonb',
      nullable,
      name: snakeCase(String(key)),
      ...rest,
    };
    if (primary) PrimaryColumn(stored as never)(target, key);
    else Column(stored)(target, key);
  };
}

/** A stored property that never leaves the service, such as a ciphertext. */
export function Hidden(column: ColumnOptions): PropertyDecorator {
  return (target, key) => Column({ name: snakeCase(String(key)), ...column })(target, key);
}

const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
