import { createHash } from 'node:crypto';
import { request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId } from '@finharbor/contracts/ids';
import { AuditKeys } from '@finharbor/security/audit/seal';
import { verifyReceipt } from '@finharbor/security/receipts/receipt';
import type { Caller } from '@finharbor/security/tokens/caller';
import { testAuditKey } from '@finharbor/testing/audit';
import { bearerOf } from '@finharbor/testing/callers';
import { TestSigner } from '@finharbor/testing/signing';
import type { Test } from 'supertest';
import { csv, header, listOf, newCreditCode, Story } from './support.js';

const path = `/v1/push-lists?title=${encodeURIComponent('签名名单')}&period=2026-Q4`;

describe('a signed push list', () => {
  let story: Story;
  const signer = TestSigner.of('sm2-sm3');

  beforeAll(async () => {
    story = await Story.begin();
    await register(story.department, false);
  });
  afterAll(() => story.app.close());

  const register = ({ clientId, organisationId }: Caller, signatureRequired: boolean): Promise<void> =>
    story.app.deliver('api-client.keys-changed', { clientId: clientId!, organisationId: organisationId!, signatureRequired, keys: [signer.jwk] }, { aggregateId: newId() });
  const signed = (body: string, sending: object = {}): Record<string, string> => signer.headers({ path, body, key: newId(), contentType: 'text/csv', ...sending });
  const push = (headers: Record<string, string>, body: string, as = story.department): Test =>
    story.app.post(as, path).set(headers).send(body);
  const counts = async (): Promise<Record<string, string>> => (await story.app.database.query<Record<string, string>>(
    `select (select count(*) from enterprise_lists.push_lists) as lists, (select count(*) from enterprise_lists.enterprises) as enterprises,
            (select count(*) from enterprise_lists.receipts) as receipts, (select count(*) from enterprise_lists.idempotency_keys) as answers`))[0];

  it('is taken in when it is as it was signed, and its receipt says so', async () => {
    const { text } = listOf(500);
    const headers = signed(text);
    const answer = await push(headers, text).expect(201);
    const receipt = (await story.app.get(story.department, new URL(/<(.*)>/.exec(answer.headers.link)![1]).pathname).expect(200)).body;
    expect(receipt).toMatchObject({
      resource: 'push-list', resourceId: answer.body.id, contentDigest: headers['content-digest'], targetUri: `http://127.0.0.1:3000${path}`,
      sender: { algorithm: 'sm2-sm3', key: signer.jwk },
    });
    expect(verifyReceipt(receipt, new AuditKeys(testAuditKey)).map(({ holds }) => holds)).toEqual([true, true, true]);
    expect(answer.body.fileSha256).toBe(createHash('sha256').update(text).digest('hex'));
  });

  it('has a receipt of what came in where it is not signed, the digest of the file included', async () => {
    const { text } = listOf(3);
    const answer = await push({ 'content-type': 'text/csv' }, text).expect(201);
    const receipt = (await story.app.get(story.department, new URL(/<(.*)>/.exec(answer.headers.link)![1]).pathname).expect(200)).body;
    expect(receipt).toMatchObject({ sender: null, contentDigest: `sha-256=:${createHash('sha256').update(text).digest('base64')}:`, resourceId: answer.body.id });
  });

  it('is refused whole when a byte of it is another, however large it is', async () => {
    const before = await counts();
    for (const rows of [1, 20_000]) {
      const { text } = listOf(rows);
      const answer = await push(signed(text), `${text.slice(0, -2)}9\n`).expect(400);
      expect(answer.body).toMatchObject({ code: 'CONTENT_DIGEST_INVALID', errors: [{ field: 'Content-Digest', rule: 'RFC 9530' }] });
    }
    const { text } = listOf(2);
    expect((await push({ 'content-type': 'text/csv', 'content-digest': signed('x')['content-digest'] }, text).expect(400)).body.code).toBe('CONTENT_DIGEST_INVALID');
    expect((await push({ 'content-type': 'text/csv', 'content-digest': 'x' }, text).expect(400)).body.code).toBe('CONTENT_DIGEST_INVALID');
    expect(await counts()).toEqual(before);
  });

  it('is refused before it is read when its signature does not hold', async () => {
    const before = await counts();
    const { text } = listOf(2);
    const other = path.replace('Q4', 'Q3');
    const wrong: [Record<string, string>, string][] = [
      [signed(text, { path: other }), 'signature'], [{ ...signed(text), 'content-type': 'application/octet-stream' }, 'signature'], [signed(text, { created: 1_600_000_000 }), 'created'],
    ];
    for (const [headers, rule] of wrong) expect((await push(headers, text).expect(401)).body).toMatchObject({ code: 'SIGNATURE_INVALID', errors: [{ rule }] });
    expect((await push(signed(text), text, story.otherDepartment).expect(401)).body.errors[0].rule).toBe('keyid');
    expect(await counts()).toEqual(before);
  });

  it('is asked of a client that must sign, and a signed list with a mistake is refused for the mistake', async () => {
    const department = { ...story.department, clientId: 'must sign' };
    await register(department, true);
    const [{ text }, { text: wrong }] = [listOf(1), { text: csv('不认识', newCreditCode()) }];
    expect((await push({ 'content-type': 'text/csv' }, text, department).expect(401)).body.code).toBe('SIGNATURE_REQUIRED');
    expect((await push(signed(wrong), wrong, department).expect(422)).body.code).toBe('LIST_HEADER');
    await push(signed(text), text, department).expect(201);
    expect(text).toContain(header);
  });

  it('that breaks off is forgotten, and the service goes on', async () => {
    const { text } = listOf(2_000);
    const before = await counts();
    const { port } = (await story.app.app.listen(0, '127.0.0.1'), story.app.app.getHttpServer().address() as AddressInfo);
    const headers = { ...signed(text), authorization: bearerOf(story.department, 'enterprise-lists'), 'content-length': String(Buffer.byteLength(text)) };
    await new Promise<void>((resolve) => {
      const sending = send({ port, path, method: 'POST', headers }).on('error', () => resolve()).on('close', resolve);
      sending.write(text.slice(0, 10_000), () => sending.destroy());
    });
    await push(signed(text), text).expect(201);
    expect((await counts()).lists).toBe(String(Number(before.lists) + 1));
  });
});
