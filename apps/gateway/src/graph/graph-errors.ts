import { randomUUID } from 'node:crypto';
import { type ErrorCode, errorCodes } from '@finharbor/contracts/errors';
import { GraphQLError } from 'graphql';
import type { Logger } from 'pino';

/** What graphql-js and the runtime say of a query that cannot be run. */
const queryCodes = new Set(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT']);
const byStatus: Record<number, ErrorCode> = {
  400: 'MALFORMED_REQUEST', 405: 'METHOD_NOT_ALLOWED', 406: 'MALFORMED_REQUEST', 413: 'PAYLOAD_TOO_LARGE', 415: 'UNSUPPORTED_MEDIA_TYPE',
};

interface Extensions {
  code?: string;
  errors?: unknown;
  http?: { status?: number; spec?: boolean; headers?: Record<string, string> };
}

/**
 * What of an error goes out: message, path and code where the code is one of the suite or the error is about the query
 * itself. Anything else is logged and masked with the id under which it was logged.
 */
export const maskingError = (logger: Logger) => (error: unknown): Error => {
  if (error instanceof GraphQLError) {
    const extensions = error.extensions as Extensions;
    const code = codeOf(error, extensions);
    if (isUnknownReference(error)) return new GraphQLError('There is no such record.', { path: error.path, extensions: { code: 'NOT_FOUND' } });
    if (code) {
      const { nodes, source, positions, path } = error;
      const { errors, http } = extensions;
      return new GraphQLError(withoutValues(error), { nodes, source, positions, path, extensions: { code, errors, http } });
    }
  }
  const errorId = randomUUID();
  logger.error({ err: error, errorId }, 'unexpected error');
  const { path } = error as GraphQLError;
  return new GraphQLError(`Something went wrong here. Tell the operator this id: ${errorId}`, { path, extensions: { code: 'INTERNAL' } });
};

/** What graphql-js says of a value that does not fit, without the value: it may be a number of somebody's. */
function withoutValues({ message, originalError }: GraphQLError): string {
  const [, variable] = /^(Variable "\$\w+") got invalid value /.exec(message) ?? [];
  const said = (variable ? originalError?.message ?? '' : message)
    .replace(/( cannot represent [\w -]*value): .*$/s, '$1.').replace(/^(Expected value of type .*?), found .*$/s, '$1.').replace(/^(Argument "\w+" has invalid value) .*$/s, '$1.');
  return variable ? `${variable} got an invalid value. ${said}`.trim() : said;
}

function codeOf(error: GraphQLError, { code, http }: Extensions): string | undefined {
  if (code !== undefined && (code in errorCodes || queryCodes.has(code))) return code;
  const { originalError } = error;
  // What a scalar said of a value comes wrapped; anything else that was thrown is our fault, not the query's.
  const isOurs = originalError && !(originalError instanceof GraphQLError && !originalError.originalError);
  if (!http?.status || isOurs) return undefined;
  // graphql-js on variables that do not fit: a fault of the request's fields, with the place in the query.
  return error.nodes ? 'VALIDATION_FAILED' : byStatus[http.status];
}

/**
 * One service named a record that its owner does not show to this caller: the reference becomes null, and graphql-js
 * complains of the first field asked of it. A service that breaks its own schema says so itself.
 */
const isUnknownReference = ({ message }: GraphQLError): boolean => message.startsWith('Cannot return null for non-nullable field');
