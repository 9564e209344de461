import { type ErrorCode, errorCodes, type FieldError } from '@finharbor/contracts/errors';
import { GraphQLError } from 'graphql';
import { z } from 'zod';

const limit = (value: number) => z.coerce.number().int().min(1).default(value);

/**
 * What one GraphQL request may ask for. Every query of the demonstration and of the documents may grow to twice its size and
 * load ten times as much. Whoever raises a limit: a query that gives 20,000 records (2.5 MB) takes the gateway about a second of CPU,
 * and sixteen of them at once fit into the heap of the quick start.
 */
export const limitSettings = {
  /** Characters of the document. */
  GRAPHQL_MAX_CHARACTERS: limit(20_000),
  /** Tokens of the document: it is read no further. */
  GRAPHQL_MAX_TOKENS: limit(2_000),
  /** Levels of fields below one another, wherever fragments put them. Introspection is one level, since graphql-js bounds it. */
  GRAPHQL_MAX_DEPTH: limit(12),
  /** Fields of the operation itself. */
  GRAPHQL_MAX_ROOT_FIELDS: limit(20),
  GRAPHQL_MAX_ALIASES: limit(50),
  GRAPHQL_MAX_DIRECTIVES: limit(20),
  /** Fields in all, those of a fragment counted wherever it is spread. */
  GRAPHQL_MAX_FIELDS: limit(500),
  /** Rows to a page (`first`), of every list of the query. The services allow 200. */
  GRAPHQL_MAX_PAGE: limit(200),
  /** Records that the query might load: pages within pages multiply. See costOf. */
  GRAPHQL_MAX_COST: limit(20_000),
  /** How long a query may take in all. What is there by then is answered, and the rest is null with SERVICE_TIMEOUT. */
  GRAPHQL_REQUEST_TIMEOUT_MS: limit(10_000),
};

export type Limits = { [Name in keyof typeof limitSettings]: number };

/** The rules by the names that errors and metrics give them, and what each counts. */
const units = {
  queryLength: 'characters',
  queryTokens: 'tokens',
  queryDepth: 'levels',
  queryRootFields: 'root fields',
  queryAliases: 'aliases',
  queryDirectives: 'directives',
  queryFields: 'fields',
  pageSize: 'rows to a page',
  queryCost: 'records that it might load',
  queryTime: 'milliseconds',
  batch: 'operations',
} as const;

export type LimitRule = keyof typeof units;

export const isLimitRule = (rule: string): rule is LimitRule => Object.hasOwn(units, rule);

/** What is wrong with a request that breaks a rule: the rule, the limit and what was asked. */
export function breach(rule: LimitRule, most: number, asked: number | string): FieldError {
  return { field: 'query', rule, message: `The query comes to ${asked} ${units[rule]}; at most ${most} are allowed.` };
}

/** An error of ours about the whole request. Under `application/json` its status is 200, as GraphQL over HTTP wants it. */
export const refusal = (code: ErrorCode, message: string, headers?: Record<string, string>, errors?: FieldError[]): GraphQLError =>
  new GraphQLError(message, { extensions: { code, errors, http: { status: errorCodes[code][0], spec: true, headers } } });

/** The refusal of a request that breaks a rule. */
export function tooMuch(rule: LimitRule, most: number, asked: number | string): GraphQLError {
  const error = breach(rule, most, asked);
  return refusal('VALIDATION_FAILED', error.message, undefined, [error]);
}

/** In place of each part of an answer that was not there in time. */
export function tooLate(most: number): GraphQLError {
  const error = breach('queryTime', most, `more than ${most}`);
  return new GraphQLError(error.message, { extensions: { code: 'SERVICE_TIMEOUT' satisfies ErrorCode, errors: [error] } });
}
