import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { secondTry } from './second-try.js';

const failure = (code: string, syscall?: string): Error => Object.assign(new Error(code), { code, syscall });
const controller = {} as Dispatcher.DispatchController;
const key = { 'idempotency-key': 'k' };

/** How often a request is sent whose first try fails so, at the moment told, and what its sender hears. */
function tries(
  options: Partial<Dispatcher.DispatchOptions>, error: Error, { answered = false, again = false } = {},
): Promise<[sent: number, heard: string]> {
  return new Promise((resolve) => {
    let sent = 0;
    const dispatch: Dispatcher['dispatch'] = (_options, handler) => {
      sent += 1;
      if (answered) handler.onResponseStart?.(controller, 200, {});
      if (sent === 1 || again) handler.onResponseError?.(controller, error);
      else handler.onResponseEnd?.(controller, {});
      return true;
    };
    secondTry(dispatch)({ path: '/', method: 'POST', ...options }, {
      onResponseEnd: () => resolve([sent, 'answer']),
      onResponseError: (_controller, heard) => resolve([sent, heard.message]),
    });
  });
}

describe('a second try', () => {
  const reset = failure('ECONNRESET', 'read');

  it.each<[string, Partial<Dispatcher.DispatchOptions>, Error, [number, string]]>([
    ['GET', { method: 'GET' }, reset, [2, 'answer']],
    ['HEAD', { method: 'HEAD' }, failure('UND_ERR_SOCKET'), [2, 'answer']],
    ['POST with a key', { headers: key, body: Buffer.from('{}') }, reset, [2, 'answer']],
    ['what is marked', { idempotent: true, body: '{}' }, failure('EPIPE', 'write'), [2, 'answer']],
    ['POST without a key', { body: '{}' }, reset, [1, 'ECONNRESET']],
    ['PATCH with a key', { method: 'PATCH', headers: key, body: '{}' }, reset, [1, 'ECONNRESET']],
    ['what was not received, whatever it is', { body: '{}' }, failure('ECONNREFUSED', 'connect'), [2, 'answer']],
    ['what met a reset while it connected', { body: '{}' }, failure('ECONNRESET', 'connect'), [2, 'answer']],
    ['a body that is gone', { headers: key, body: Readable.from(['{}']) }, failure('ECONNREFUSED', 'connect'), [1, 'ECONNREFUSED']],
    ['what took too long', { method: 'GET' }, failure('UND_ERR_HEADERS_TIMEOUT'), [1, 'UND_ERR_HEADERS_TIMEOUT']],
    ['what its sender gave up', { method: 'GET' }, failure('UND_ERR_ABORTED'), [1, 'UND_ERR_ABORTED']],
  ])('of %s', async (_name, options, error, expected) => {
    expect(await tries(options, error)).toEqual(expected);
  });

  it('is the last', async () => expect(await tries({ method: 'GET' }, reset, { again: true })).toEqual([2, 'ECONNRESET']));

  it('is not made when the answer has begun', async () => expect(await tries({ method: 'GET' }, reset, { answered: true })).toEqual([1, 'ECONNRESET']));
});
