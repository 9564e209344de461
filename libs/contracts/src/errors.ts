/**
 * Every error code the suite can answer, with its HTTP status and title.
 * REST answers them as RFC 9457 problem details, GraphQL carries the same code in `extensions.code`.
 */
export const errorCodes = {
  MALFORMED_REQUEST: [400, 'The request cannot be read'],
  VALIDATION_FAILED: [400, 'The request has invalid fields'],
  CURSOR_INVALID: [400, 'The cursor does not belong to this list'],
  CONTENT_DIGEST_INVALID: [400, 'The Content-Digest is not that of the body'],
  LOAN_CODE_FORGED: [400, 'The signature of the loan code does not hold'],
  LOAN_CODE_FOREIGN: [400, 'The loan code was made by another platform'],
  IDEMPOTENCY_KEY_MISSING: [400, 'The Idempotency-Key header is missing'],
  UNAUTHENTICATED: [401, 'A valid access token is needed'],
  SIGNATURE_INVALID: [401, 'The signature of the request does not hold'],
  SIGNATURE_REQUIRED: [401, 'This client must sign its requests'],
  FORBIDDEN: [403, 'This role may not do that'],
  NOT_FOUND: [404, 'There is no such record'],
  METHOD_NOT_ALLOWED: [405, 'The method is not allowed here'],
  ALREADY_EXISTS: [409, 'Such a record exists already'],
  ILLEGAL_STATE: [409, 'The record is not in a state that allows this'],
  CONSENT_MISSING: [409, 'There is no consent to this disclosure'],
  QUALITY_TOO_LOW: [409, 'The quality of the product is below what publishing asks'],
  CONSENT_WITHDRAWN: [409, 'The consent to this disclosure was withdrawn'],
  IDEMPOTENCY_IN_FLIGHT: [409, 'A request with this Idempotency-Key is still running'],
  LOAN_CODE_NOT_YET_VALID: [409, 'The loan code is not good yet'],
  LOAN_CODE_OUT_OF_SCOPE: [409, 'The loan code is not for demands of this kind'],
  LOAN_CODE_REVOKED: [410, 'The loan code was revoked'],
  LOAN_CODE_EXPIRED: [410, 'The loan code is over'],
  SCAN_SESSION_OVER: [410, 'The scan session is over, used up or of another code'],
  CURSOR_EXPIRED: [410, 'What followed the cursor is not kept any more'],
  PRECONDITION_FAILED: [412, 'The record was changed by someone else'],
  PAYLOAD_TOO_LARGE: [413, 'The request is too large'],
  UNSUPPORTED_MEDIA_TYPE: [415, 'The content type is not supported'],
  IDEMPOTENCY_KEY_REUSED: [422, 'The Idempotency-Key was used for another request'],
  LIST_EMPTY: [422, 'The list has no rows'],
  LIST_ENCODING: [422, 'The characters of the list cannot be read'],
  LIST_HEADER: [422, 'The header row of the list cannot be used'],
  LIST_MALFORMED: [422, 'The list is not well-formed'],
  LIST_PROTECTED: [422, 'The list is protected by a password'],
  LIST_SHEET: [422, 'The workbook has no such sheet'],
  CALENDAR_NOT_COVERED: [422, 'The working-day calendar does not cover that year'],
  WEBHOOK_CHALLENGE_FAILED: [422, 'The endpoint did not answer its challenge'],
  PRECONDITION_REQUIRED: [428, 'The If-Match header is missing'],
  RATE_LIMITED: [429, 'Too many requests'],
  INTERNAL: [500, 'Something went wrong here'],
  SERVICE_UNAVAILABLE: [503, 'A service that this needs is away'],
  SERVICE_TIMEOUT: [504, 'A service that this needs did not answer in time'],
} as const satisfies Record<string, readonly [number, string]>;

export type ErrorCode = keyof typeof errorCodes;

/** One thing wrong with the input: the field's path, the rule it breaks, and what would be right. */
export interface FieldError {
  field: string;
  rule: string;
  message: string;
  row?: number;
}

/** An expected failure. Its text is shown to the caller, so it never holds personal data. */
export class DomainError extends Error {
  override readonly name = 'DomainError';

  constructor(
    readonly code: ErrorCode,
    readonly detail?: string,
    readonly errors?: FieldError[],
  ) {
    super(detail ?? errorCodes[code][1]);
  }

  get status(): number {
    return errorCodes[this.code][0];
  }

  /** The RFC 9457 document of this failure. */
  toProblem(): ProblemDocument {
    return problem(this.code, this.detail, this.errors);
  }
}

export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail?: string;
  errors?: FieldError[];
}

export function problem(code: ErrorCode, detail?: string, errors?: FieldError[]): ProblemDocument {
  const [status, title] = errorCodes[code];
  return { type: `urn:finharbor:problem:${code.toLowerCase().replaceAll('_', '-')}`, title, status, code, detail, errors };
}

/** "Not yours" and "does not exist" are the same answer (architecture.md rule 7). */
export const notFound = (what: string): DomainError => new DomainError('NOT_FOUND', `There is no such ${what}.`);
