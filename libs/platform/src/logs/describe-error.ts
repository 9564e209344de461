import { types } from 'node:util';
import { errorCode } from '../errors/is-transient.js';

export interface ErrorDescription {
  type: string;
  message: string;
  code?: string;
  constraint?: string;
  stack?: string;
}

/**
 * What logs and dead letters may say of an error. The errors of the driver and of TypeORM carry the parameters of the
 * statement, and PostgreSQL quotes the offending value in the messages of class 22: none of that is passed on.
 */
export function describeError(error: unknown): ErrorDescription {
  if (!types.isNativeError(error)) return { type: typeof error, message: String(error) };
  const code = errorCode(error);
  const { constraint } = ((error as { driverError?: object }).driverError ?? error) as { constraint?: string };
  return {
    type: error.name,
    message: code?.startsWith('22') ? error.message.replace(/:.*$/s, '') : error.message,
    code,
    constraint,
    stack: error.stack?.split('\n').filter((line) => line.startsWith('    at ')).join('\n'),
  };
}
