import { types } from 'node:util';

/** Classes and codes of PostgreSQL errors that say nothing about the statement: it may succeed when tried again. */
const passing = /^(08|53|57P|40)|^(55P03|25P03)$/;
const socketCodes = new Set([
  'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN', 'ENOTFOUND', 'EHOSTUNREACH',
  'EMFILE', 'ENFILE', // no file descriptor is left for one more connection or file
]);
/** What pg says without a code when a connection broke or the pool has none to give. */
const brokenConnection = /^(timeout exceeded when trying to connect|timeout expired|Connection terminated|Client has encountered a connection error|Cannot use a pool after)/;

/** PostgreSQL's code of an error, whether the driver or TypeORM threw it, or the code of a socket error. */
export function errorCode(error: unknown): string | undefined {
  const { code, driverError } = (error ?? {}) as { code?: unknown; driverError?: { code?: unknown } };
  const found = driverError?.code ?? code;
  return typeof found === 'string' ? found : undefined;
}

/** Whether an error comes from the state of the database or the network, and not from what was asked of it. */
export function isTransient(error: unknown): boolean {
  const code = errorCode(error) ?? '';
  return passing.test(code) || socketCodes.has(code) || (types.isNativeError(error) && brokenConnection.test(error.message));
}

/** Whether one statement waited or ran too long, which others need not. */
export const isSlow = (error: unknown): boolean => ['57014', '55P03'].includes(errorCode(error) ?? '');
