import { DomainError, type ErrorCode, errorCodes, notFound, problem } from './errors.js';

describe('error codes', () => {
  it.each(Object.entries(errorCodes))('%s has a status of HTTP and a title of its own', (code, [status, title]) => {
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    expect([400, 401, 403, 404, 405, 409, 410, 412, 413, 415, 422, 428, 429, 500, 502, 503, 504]).toContain(status);
    expect(Object.values(errorCodes).filter((other) => other[1] === title)).toHaveLength(1);
  });

  it('make problem documents (RFC 9457)', () => {
    const errors = [{ field: 'amount', rule: 'min', message: 'amount must be at least 1', row: 7 }];
    expect(problem('VALIDATION_FAILED', 'Look again.', errors)).toEqual({
      type: 'urn:finharbor:problem:validation-failed', title: 'The request has invalid fields', status: 400, code: 'VALIDATION_FAILED', detail: 'Look again.', errors,
    });
    expect(JSON.parse(JSON.stringify(problem('NOT_FOUND')))).toEqual({
      type: 'urn:finharbor:problem:not-found', title: 'There is no such record', status: 404, code: 'NOT_FOUND',
    });
  });

  it('are thrown with what the caller may read', () => {
    for (const code of Object.keys(errorCodes) as ErrorCode[]) {
      const error = new DomainError(code);
      expect([error.status, error.message, error.toProblem()]).toEqual([errorCodes[code][0], errorCodes[code][1], problem(code)]);
    }
    expect(new DomainError('ILLEGAL_STATE', 'Not now.')).toMatchObject({ name: 'DomainError', message: 'Not now.', detail: 'Not now.' });
    expect(notFound('demand')).toMatchObject({ code: 'NOT_FOUND', status: 404, message: 'There is no such demand.' });
  });
});
