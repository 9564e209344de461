// @ts-check
import { randomUUID } from 'node:crypto';
import { Caller } from './caller.mjs';
import { expect, Skipped } from './requirements.mjs';

/** Nobody answers there: the endpoint stays PENDING, is sent nothing, and is deleted in the end. */
const nowhere = 'http://127.0.0.1:9/conformance';
const mostPages = 200;

/**
 * What happens with a partner's credentials when calls are made right, and when they are not, against a sandbox.
 * @param {string} url @param {import('../lib/partner.mjs').Partner} partner
 * @returns {import('./requirements.mjs').Checks}
 */
export function callChecks(url, partner) {
  const caller = new Caller(url, partner);
  const needsKey = () => {
    if (!partner.privateKey) throw new Skipped('the client has no key');
  };
  /** @param {import('./caller.mjs').Answer} answer @param {number} wanted @param {string} code */
  const problem = ({ status, headers, body }, wanted, code) => {
    expect(status === wanted && body?.code === code, `it answered ${status} ${body?.code ?? ''}`);
    expect(headers.get('content-type')?.startsWith('application/problem+json') ?? false, `it is ${headers.get('content-type')}`);
    return `${status} ${code}`;
  };
  const make = (/** @type {string | undefined} */ key, description = 'conformance') =>
    caller.request('POST', '/v1/webhook-endpoints', { body: { url: nowhere, description }, ...(key && { headers: { 'idempotency-key': key } }) });

  return {
    C1: async () => {
      const { status, body } = await caller.askForToken();
      expect(status === 200, `it answered ${status} ${body?.error ?? ''} ${body?.error_description ?? ''}`);
      expect(Boolean(partner.privateKey), 'the client has a secret, which is good in the sandbox alone');
      expect(/^dpop$/i.test(body.token_type) && body.expires_in <= 300, `a ${body.token_type} token of ${body.expires_in} s`);
      return `a ${body.token_type} token of ${body.expires_in} s`;
    },
    C2: async () => {
      needsKey();
      const { status, body } = await caller.askForToken(caller.assertion);
      expect(status === 401 && body?.error === 'invalid_client', `the second time it answered ${status} ${body?.error ?? ''}`);
      return 'the second time 401 invalid_client';
    },
    C3: async () => {
      needsKey();
      expect((await caller.request('GET', '/v1/organisations')).status === 200, 'it was refused with its proof');
      const { status } = await caller.request('GET', '/v1/organisations', { authorization: `Bearer ${caller.token}` });
      expect(status === 401, `without its proof it answered ${status}`);
      return 'without its proof 401';
    },
    C4: async () => {
      needsKey();
      const proof = caller.proof('GET', '/v1/organisations');
      const first = await caller.request('GET', '/v1/organisations', { proof });
      const { status } = await caller.request('GET', '/v1/organisations', { proof });
      expect(first.status === 200 && status === 401, `it answered ${first.status}, then ${status}`);
      return 'the second time 401';
    },
    C5: async () => {
      const key = randomUUID();
      const first = await make(key);
      expect(first.status === 201, `it answered ${first.status} ${first.body?.code ?? ''}`);
      const second = await make(key);
      await caller.request('DELETE', `/v1/webhook-endpoints/${first.body.id}`);
      expect(second.status === 201 && second.body.id === first.body.id, `the second time it answered ${second.status} with another record`);
      return 'the second time the same record';
    },
    C6: async () => {
      const key = randomUUID();
      const first = await make(key);
      const second = await make(key, 'conformance, another');
      if (first.status === 201) await caller.request('DELETE', `/v1/webhook-endpoints/${first.body.id}`);
      return problem(second, 422, 'IDEMPOTENCY_KEY_REUSED');
    },
    C7: async () => problem(await make(undefined), 400, 'IDEMPOTENCY_KEY_MISSING'),
    C8: async () => {
      const seen = [];
      let cursor;
      let pages = 0;
      do {
        const { status, body } = await caller.request('GET', `/v1/organisations?${new URLSearchParams({ limit: '10', ...(cursor && { cursor }) })}`);
        expect(status === 200, `it answered ${status} ${body?.code ?? ''}`);
        seen.push(...body.items.map((/** @type {{ id: string }} */ { id }) => id));
        cursor = body.nextCursor;
        pages += 1;
      } while (cursor && pages < mostPages);
      expect(new Set(seen).size === seen.length, `${seen.length} records, ${new Set(seen).size} of them different`);
      return `${seen.length} records on ${pages} pages, each once`;
    },
    C9: async () => problem(await caller.request('GET', '/v1/organisations?cursor=made-up'), 400, 'CURSOR_INVALID'),
    C10: async () => {
      const answer = await caller.request('GET', `/v1/organisations/${randomUUID()}`);
      const id = answer.headers.get('request-id');
      expect(Boolean(id), 'it has no request-id');
      return `${problem(answer, 404, 'NOT_FOUND')}, request ${id}`;
    },
    C11: async () => {
      const read = async (/** @type {string} */ query) => {
        const { status, body } = await caller.request('GET', `/v1/events?wait=0&${query}`);
        expect(status === 200, `it answered ${status} ${body?.code ?? ''}`);
        return body;
      };
      const { nextCursor } = await read('limit=1');
      const [one, other] = [await read(`limit=5&after=${encodeURIComponent(nextCursor)}`), await read(`limit=5&after=${encodeURIComponent(nextCursor)}`)];
      const [ids, again] = [one, other].map(({ items }) => items.map((/** @type {{ id: string }} */ { id }) => id).join());
      expect(again.startsWith(ids), `first ${ids}, then ${again}`);
      return `${one.items.length} events, twice the same`;
    },
  };
}
