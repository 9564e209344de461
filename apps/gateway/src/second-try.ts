import type { Dispatcher } from 'undici';
import { Forwarding } from './forwarding.js';

/** Lets the other connections to a process that has just ended be noticed, so that the second try does not take one of them. */
const pauseMs = 25;

type Dispatch = Dispatcher['dispatch'];

/**
 * Sends a request again, once and on another connection, when the connection to the service broke before any byte of the
 * answer came: any request that cannot have been received, and one that may have been where that does no harm. That is
 * GET and HEAD, a POST with an Idempotency-Key, and what the caller marks as `idempotent`, such as queries of the graph.
 * Ours instead of undici's own, which continues broken answers and knows no keys.
 */
export const secondTry = (dispatch: Dispatch): Dispatch => (options, handler) =>
  dispatch(options, isHeld(options.body) ? new FirstTry(dispatch, options, handler) : handler);

/** A body that was streamed is gone. */
const isHeld = (body: unknown): boolean => body == null || typeof body === 'string' || body instanceof Uint8Array;

const broken = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** Nothing was sent on a connection that was never made. */
const wasNotReceived = ({ code, syscall }: NodeJS.ErrnoException): boolean => code === 'ECONNREFUSED' || (code === 'ECONNRESET' && syscall === 'connect');

function mayBeRepeated({ method, headers, idempotent }: Dispatcher.DispatchOptions): boolean {
  return idempotent === true || method === 'GET' || method === 'HEAD'
    || (method === 'POST' && Boolean((headers as Record<string, string> | undefined)?.['idempotency-key']));
}

class FirstTry extends Forwarding {
  private answered = false;

  constructor(
    private readonly dispatch: Dispatch, private readonly options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler,
  ) {
    super(handler);
  }

  override onResponseStart(...given: Parameters<Forwarding['onResponseStart']>): void {
    this.answered = true;
    super.onResponseStart(...given);
  }

  override onResponseError(...given: Parameters<Forwarding['onResponseError']>): void {
    const [, error] = given;
    const again = !this.answered && (wasNotReceived(error) || (broken.has((error as { code?: string }).code ?? '') && mayBeRepeated(this.options)));
    if (!again) return super.onResponseError(...given);
    setTimeout(() => {
      try {
        this.dispatch(this.options, this.handler);
      } catch (refused) {
        this.handler.onResponseError?.(given[0], refused as Error);
      }
    }, pauseMs);
  }
}
