import { QueryFailedError } from 'typeorm';
import { newContext, runInContext, traceIdOf } from './context.js';
import { describeError } from './describe-error.js';
import { createLogger, NestLogger } from './logger.js';

const lines: string[] = [];
const logger = createLogger('feedback', 'info', { write: (line) => { lines.push(line); } });
const last = (): Record<string, unknown> => JSON.parse(lines.at(-1)!) as Record<string, unknown>;

describe('logs', () => {
  it('name the service, and the request and trace they belong to', () => {
    const context = newContext('00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01', 'request-7');
    runInContext(context, () => logger.info('within'));
    expect(last()).toMatchObject({ level: 30, service: 'feedback', requestId: 'request-7', traceId: '0af7651916cd43dd8448eb211c80319c', msg: 'within' });
    logger.info('outside');
    expect(last()).not.toHaveProperty('requestId');
  });

  it('say of an error what happened, and nothing of what it was about', () => {
    const driver = Object.assign(new Error('duplicate key value violates unique constraint "issues_pkey"'), {
      code: '23505', constraint: 'issues_pkey', detail: 'Key (phone)=(13800138000) already exists.', parameters: ['13800138000'],
    });
    logger.error({ err: new QueryFailedError('insert into issues values ($1)', ['张三丰', '13800138000'], driver) }, 'failed');
    expect(last().err).toEqual({
      type: 'QueryFailedError', message: driver.message, code: '23505', constraint: 'issues_pkey', stack: expect.stringContaining('    at '),
    });
    expect(lines.at(-1)).not.toMatch(/13800138000|张三丰/);
  });

  it('leave out the value that PostgreSQL quotes', () => {
    const driver = Object.assign(new Error('invalid input syntax for type uuid: "13800138000"'), { code: '22P02' });
    expect(describeError(new QueryFailedError('select $1', [], driver)).message).toBe('invalid input syntax for type uuid');
    expect(JSON.stringify(describeError(driver))).not.toContain('13800138000');
  });

  it('survive what is no error', () => {
    for (const value of [undefined, null, 'text', 7, {}]) expect(describeError(value)).toEqual({ type: typeof value, message: String(value) });
  });

  it('take over what Nest says', () => {
    const nest = new NestLogger(logger);
    nest.log('quiet');
    expect(lines.at(-1)).not.toContain('quiet');
    nest.warn('careful', 'Router');
    expect(last()).toMatchObject({ level: 40, msg: 'careful', context: 'Router' });
    nest.error('bad', 'stack');
    expect(last()).toMatchObject({ level: 50, msg: 'bad', stack: 'stack' });
  });
});

describe('a context', () => {
  it('goes on with the trace that came in, in a span of its own', () => {
    const context = newContext('00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01');
    expect(context.traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
    expect(context.traceparent).not.toContain('00f067aa0ba902b7');
    expect(context.traceparent).toBe(context.traceparent);
    expect(newContext(context.traceparent).traceparent).not.toBe(context.traceparent);
  });

  it.each([undefined, '', 'x', '00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7', '00-0AF7651916CD43DD8448EB211C80319C-00f067aa0ba902b7-01', '01-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01'])(
    'begins a trace of its own where %p came in', (traceparent) => {
      const [one, other] = [newContext(traceparent), newContext(traceparent)];
      expect(one.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
      expect(traceIdOf(one)).not.toBe(traceIdOf(other));
      expect(one.requestId).not.toBe(other.requestId);
    });
});
