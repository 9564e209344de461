import { DomainError, type ErrorCode } from '@finharbor/contracts/errors';
import { HttpException } from '@nestjs/common';

const byStatus: Record<number, ErrorCode> = {
  400: 'MALFORMED_REQUEST', 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN', 404: 'NOT_FOUND', 405: 'METHOD_NOT_ALLOWED',
  413: 'PAYLOAD_TOO_LARGE', 415: 'UNSUPPORTED_MEDIA_TYPE', 429: 'RATE_LIMITED', 503: 'SERVICE_UNAVAILABLE',
};

/** PostgreSQL and socket errors whose meaning is plain to a caller. */
const byDatabaseCode: Record<string, ErrorCode> = {
  '23505': 'ALREADY_EXISTS',
  '22021': 'VALIDATION_FAILED',
  '22P05': 'VALIDATION_FAILED',
  '57P01': 'SERVICE_UNAVAILABLE',
  '57P03': 'SERVICE_UNAVAILABLE',
  '53300': 'SERVICE_UNAVAILABLE',
  '57014': 'SERVICE_TIMEOUT',
  ECONNREFUSED: 'SERVICE_UNAVAILABLE',
  ECONNRESET: 'SERVICE_UNAVAILABLE',
  CALENDAR_NOT_COVERED: 'CALENDAR_NOT_COVERED',
};

interface ErrorLike {
  code?: string;
  statusCode?: number;
  driverError?: { code?: string };
}

/** What an error means to the caller, or undefined when it is nobody's business but ours. */
export function toDomainError(error: unknown): DomainError | undefined {
  if (error instanceof DomainError) return error;
  if (error instanceof HttpException) return fromStatus(error.getStatus());
  const { code, statusCode, driverError } = (error ?? {}) as ErrorLike;
  const known = byDatabaseCode[driverError?.code ?? ''] ?? byDatabaseCode[code ?? ''];
  if (known) return new DomainError(known);
  return statusCode !== undefined && statusCode < 500 ? fromStatus(statusCode) : undefined;
}

const fromStatus = (status: number): DomainError | undefined => (byStatus[status] ? new DomainError(byStatus[status]) : undefined);
