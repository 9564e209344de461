import { signWebhook } from '@finharbor/security/webhooks/webhook-signature';
import { webhookSigner, type WebhookSigner } from '@finharbor/security/webhooks/webhook-keys';
import { Agent, request } from 'undici';
import { attemptSeconds, type MessageAdapter, type Outcome, type OutgoingMessage } from './outcomes.js';

export interface SmsGatewaySettings {
  url: string;
  /** Sent as `Authorization: Bearer`; none where it is empty. */
  token?: string;
  /** `whsec_…` or `whsk_…`: requests are signed as our webhooks are; not where it is empty. */
  signingKey?: string;
  /** Whether the gateway drops what it was sent before under the same Idempotency-Key. */
  knowsIds: boolean;
}

/** What an answer is read of, before the connection is dropped. Nothing in it is looked at. */
const answerBytes = 16_384;

/** Failures from before a request was on its way: names, connections, certificates. */
const neverSent = /^(E(CONNREFUSED|HOSTUNREACH|NETUNREACH|NOTFOUND|AI_AGAIN|MFILE|NFILE)|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_.*|CERT_.*|.*_(CERT|SIGNATURE|CERT_IN_CHAIN))$/;
/** Answers by which a server says that it did not do it: not me, not now. What 500, 502 and 504 did nobody knows. */
const notTaken = new Set([401, 403, 404, 405, 408, 425, 429, 503]);

/** Sends SMS by an HTTP gateway: a POST of `{id, mobile, text}`, which any 2xx accepts. */
export class SmsGateway implements MessageAdapter {
  readonly knowsIds: boolean;
  private readonly signers: WebhookSigner[];
  /** A connection for each message: on one that was kept, nobody could tell what got through before it broke. */
  private readonly agent = new Agent({ pipelining: 0, connect: { timeout: 10_000 } });

  constructor(private readonly settings: SmsGatewaySettings) {
    this.knowsIds = settings.knowsIds;
    this.signers = settings.signingKey ? [webhookSigner(settings.signingKey)] : [];
  }

  async send({ id, to, text }: OutgoingMessage, leaving: AbortSignal): Promise<Outcome> {
    const body = JSON.stringify({ id, mobile: to, text });
    try {
      const answer = await request(this.settings.url, {
        method: 'POST', headers: this.headers(id, body), body, dispatcher: this.agent,
        signal: AbortSignal.any([leaving, AbortSignal.timeout(attemptSeconds * 1_000)]),
      });
      const { statusCode, headers } = answer;
      await answer.body.dump({ limit: answerBytes }).catch(() => undefined); // the status is what counts
      return outcomeOf(statusCode, headers['retry-after']);
    } catch (error) {
      const code = codeOf(error);
      return { result: neverSent.test(code) ? 'NOT_SENT' : 'UNKNOWN', reason: code };
    }
  }

  private headers(id: string, body: string): Record<string, string> {
    const { token } = this.settings;
    const timestamp = Math.floor(Date.now() / 1_000);
    return {
      'content-type': 'application/json', 'idempotency-key': id,
      ...(token && { authorization: `Bearer ${token}` }),
      ...(this.signers.length > 0 && {
        'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signWebhook({ id, timestamp, body }, this.signers),
      }),
    };
  }
}

function outcomeOf(status: number, retryAfter: string | string[] | undefined): Outcome {
  const reason = `HTTP_${status}`;
  if (status >= 200 && status < 300) return { result: 'SENT' };
  // Redirects are not followed: the gateway is where it was configured, or its operator must be told.
  if (status < 400 || notTaken.has(status)) return { result: 'NOT_SENT', reason, retryAfterMs: pauseOf(retryAfter) };
  return { result: status < 500 ? 'REFUSED' : 'UNKNOWN', reason };
}

/** Retry-After in seconds or as a date. */
function pauseOf(retryAfter: string | string[] | undefined): number | undefined {
  const text = [retryAfter].flat()[0];
  if (!text) return undefined;
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/** A code is all that is told of an error: its text might quote what was sent. */
function codeOf(error: unknown): string {
  const { code, name, cause } = (error ?? {}) as { code?: unknown; name?: string; cause?: unknown };
  if (name === 'TimeoutError') return 'TIMEOUT';
  if (typeof code === 'string' && /^[A-Z0-9_]{2,60}$/.test(code)) return code;
  return cause ? codeOf(cause) : 'ERROR';
}
