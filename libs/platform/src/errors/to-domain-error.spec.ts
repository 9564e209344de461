import { DomainError } from '@finharbor/contracts/errors';
import { ConflictException, ForbiddenException, HttpException, InternalServerErrorException, NotFoundException, PayloadTooLargeException } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { isTransient } from './is-transient.js';
import { toDomainError } from './to-domain-error.js';

const withCode = (code: string): Error => Object.assign(new Error('of the driver'), { code });
const fromTypeorm = (code: string): Error => new QueryFailedError('select $1', ['secret'], withCode(code));

describe('what an error means to the caller', () => {
  it('is what the use case said', () => {
    const error = new DomainError('ILLEGAL_STATE', 'Not now.');
    expect(toDomainError(error)).toBe(error);
  });

  it.each([
    [new NotFoundException(), 'NOT_FOUND'], [new ForbiddenException(), 'FORBIDDEN'], [new PayloadTooLargeException(), 'PAYLOAD_TOO_LARGE'],
    [new ConflictException(), 'MALFORMED_REQUEST'], [new HttpException('teapot', 418), 'MALFORMED_REQUEST'], [new InternalServerErrorException(), undefined],
    [{ statusCode: 415 }, 'UNSUPPORTED_MEDIA_TYPE'], [{ statusCode: 400 }, 'MALFORMED_REQUEST'], [{ statusCode: 500 }, undefined], [{ statusCode: '400' }, undefined],
    [new Error('x'), undefined], [undefined, undefined], [null, undefined], ['text', undefined], [{ code: 7 }, undefined],
  ])('of %p is %s', (error, code) => expect(toDomainError(error)?.code).toBe(code));

  it.each([
    ['23505', 'ALREADY_EXISTS'], ['22P02', 'VALIDATION_FAILED'], ['22021', 'VALIDATION_FAILED'], ['22P05', 'VALIDATION_FAILED'], ['22008', 'VALIDATION_FAILED'],
    ['22003', 'VALIDATION_FAILED'], ['22001', 'VALIDATION_FAILED'], ['25006', 'FORBIDDEN'], ['57014', 'SERVICE_TIMEOUT'],
    ['57P01', 'SERVICE_UNAVAILABLE'], ['57P03', 'SERVICE_UNAVAILABLE'], ['53300', 'SERVICE_UNAVAILABLE'], ['08006', 'SERVICE_UNAVAILABLE'],
    ['40P01', 'SERVICE_UNAVAILABLE'], ['40001', 'SERVICE_UNAVAILABLE'], ['55P03', 'SERVICE_UNAVAILABLE'], ['25P03', 'SERVICE_UNAVAILABLE'], ['ECONNREFUSED', 'SERVICE_UNAVAILABLE'],
    ['42501', undefined], ['42P01', undefined], ['23503', undefined], ['22012', undefined], ['CALENDAR_NOT_COVERED', 'CALENDAR_NOT_COVERED'],
  ])('of PostgreSQL’s %s is %s, from the driver and through TypeORM', (sqlState, code) => {
    expect(toDomainError(withCode(sqlState))?.code).toBe(code);
    expect(toDomainError(fromTypeorm(sqlState))?.code).toBe(code);
  });

  it.each(['timeout exceeded when trying to connect', 'timeout expired', 'Connection terminated unexpectedly', 'Connection terminated due to connection timeout', 'Client has encountered a connection error and is not queryable'])(
    'of pg’s "%s" is that the database is away', (message) => {
      expect(toDomainError(new Error(message))?.code).toBe('SERVICE_UNAVAILABLE');
      expect(isTransient(new Error(message))).toBe(true);
    });

  it('passes for transient when the same may succeed later', () => {
    for (const code of ['08000', '53100', '57P02', '40001', '40P01', '55P03', 'ECONNRESET', 'ETIMEDOUT', 'EMFILE', 'ENFILE']) expect([code, isTransient(fromTypeorm(code))]).toEqual([code, true]);
    for (const code of ['57014', '23505', '22P02', '42501', 'XX000', '']) expect([code, isTransient(fromTypeorm(code))]).toEqual([code, false]);
    for (const error of [undefined, null, 'text', new Error('away'), new DomainError('SERVICE_UNAVAILABLE')]) expect(isTransient(error)).toBe(false);
  });
});
