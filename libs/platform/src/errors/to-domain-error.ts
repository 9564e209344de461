import { DomainError, type ErrorCode } from '@finharbor/contracts/errors';
import { HttpException } from '@nestjs/common';
import { errorCode, isTransient } from './is-transient.js';

const byStatus: Record<number, ErrorCode> = {
  400: 'MALFORMED_REQUEST', 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN', 404: 'NOT_FOUND', 405: 'METHOD_NOT_ALLOWED',
  412: 'PRECONDITION_FAILED', 413: 'PAYLOAD_TOO_LARGE', 415: 'UNSUPPORTED_MEDIA_TYPE', 429: 'RATE_LIMITED',
  503: 'SERVICE_UNAVAILABLE', 504: 'SERVICE_TIMEOUT',
};

/** Errors whose meaning is plain to a caller: of PostgreSQL by SQLSTATE, of ours by name. */
const byCode: Record<string, ErrorCode> = {
  '23505': 'ALREADY_EXISTS',
  '22001': 'VALIDATION_FAILED', // too long
  '22003': 'VALIDATION_FAILED', // number out of range
  '22007': 'VALIDATION_FAILED', // no date
  '22008': 'VALIDATION_FAILED', // date out of range
  '22021': 'VALIDATION_FAILED', // NUL in text
  '22P02': 'VALIDATION_FAILED', // no uuid, no number
  '22P05': 'VALIDATION_FAILED', // NUL in jsonb
  '25006': 'FORBIDDEN', // a dashboard that writes
  '57014': 'SERVICE_TIMEOUT',
  CALENDAR_NOT_COVERED: 'CALENDAR_NOT_COVERED',
};

/** What an error means to the caller, or undefined when it is nobody's business but ours. */
export function toDomainError(error: unknown): DomainError | undefined {
  if (error instanceof DomainError) return error;
  if (error instanceof HttpException) return fromStatus(error.getStatus());
  const known = byCode[errorCode(error) ?? ''];
  if (known) return new DomainError(known);
  if (isTransient(error)) return new DomainError('SERVICE_UNAVAILABLE');
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' && statusCode < 500 ? fromStatus(statusCode) : undefined;
}

/** Whatever else a client did wrong is a request that cannot be read; our own failures have no code to show. */
function fromStatus(status: number): DomainError | undefined {
  const code = byStatus[status] ?? (status >= 400 && status < 500 ? 'MALFORMED_REQUEST' : undefined);
  return code && new DomainError(code);
}
