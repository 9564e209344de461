import { type Dispatcher, errors } from 'undici';
import { Forwarding } from './forwarding.js';

/** So many requests in a row without any answer, and a service is taken to hang. */
const silences = 3;
/** How soon it is asked again whether it lives, and how long it may take to say so. */
const pauseMs = 500;
const patienceMs = 1_000;

type Dispatch = Dispatcher['dispatch'];

/** Errors that say nothing but that a service is silent. */
const silent = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT']);

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? '';

/**
 * Notices a service that hangs: one that takes connections and never answers. Whoever asks it is then told at once that it
 * did not answer in time, and does not wait for it, nor fill the connections with waiting; the first sign of life ends that.
 */
export function noticeHanging(): (dispatch: Dispatch) => Dispatch {
  const origins = new Map<string, Origin>();
  return (dispatch) => (options, handler) => {
    const name = String(options.origin);
    let origin = origins.get(name);
    if (!origin) origins.set(name, origin = new Origin(name, dispatch));
    if (!origin.hangs) return dispatch(options, new Listener(origin, handler));
    handler.onResponseError?.(undefined as never, new errors.HeadersTimeoutError());
    return true;
  };
}

class Origin {
  hangs = false;
  private silences = 0;

  constructor(private readonly name: string, private readonly dispatch: Dispatch) {}

  answered(): void {
    this.silences = 0;
    this.hangs = false;
  }

  failed(error: Error): void {
    if (!silent.has(codeOf(error))) return;
    this.silences += 1;
    if (this.silences < silences || this.hangs) return;
    this.hangs = true;
    this.ask();
  }

  /** Until it answers, or until its connections break: it is then gone, which everybody learns at once. */
  private ask(): void {
    if (!this.hangs) return;
    const again = (error: Error): void => {
      if (!silent.has(codeOf(error))) return this.answered();
      setTimeout(() => this.ask(), pauseMs).unref();
    };
    this.dispatch({ origin: this.name, path: '/health/live', method: 'GET', headersTimeout: patienceMs }, {
      onRequestStart: () => undefined, // by this undici knows handlers of today
      onResponseStart: () => this.answered(),
      onResponseError: (_controller, error) => again(error),
    });
  }
}

class Listener extends Forwarding {
  constructor(private readonly origin: Origin, handler: Dispatcher.DispatchHandler) {
    super(handler);
  }

  override onResponseStart(...given: Parameters<Forwarding['onResponseStart']>): void {
    this.origin.answered();
    super.onResponseStart(...given);
  }

  override onResponseError(...given: Parameters<Forwarding['onResponseError']>): void {
    this.origin.failed(given[1]);
    super.onResponseError(...given);
  }
}
