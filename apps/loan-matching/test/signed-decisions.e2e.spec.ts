import { createHash } from 'node:crypto';
import { AuditKeys } from '@finharbor/security/audit/seal';
import { type Receipt, receiptDigest, verifyReceipt } from '@finharbor/security/receipts/receipt';
import { signatureAlgorithms } from '@finharbor/security/signatures/keys';
import type { Caller } from '@finharbor/security/tokens/caller';
import { auditProblems, testAuditKey } from '@finharbor/testing/audit';
import { TestSigner } from '@finharbor/testing/signing';
import type { Test } from 'supertest';
import { callerOf, District, newId } from './district.js';

const body = '{ "outcome": "REJECTED", "reasonCode": "OTHER", "reasonText": "材料不全" }\n';

describe('a signed decision', () => {
  let district: District;
  let id: string;
  const signer = TestSigner.of('ed25519');
  const pathOf = (demandId = id): string => `/v1/demands/${demandId}/decision`;

  beforeAll(async () => {
    district = await District.open();
    await register(district.bankA, [signer], 1);
  });
  beforeEach(async () => {
    id = (await district.accepted(district.bankA)).id;
  });
  afterAll(() => district.app.close());

  const register = (bank: Caller, signers: TestSigner[], version: number, signatureRequired = false): Promise<void> =>
    district.app.deliver('api-client.keys-changed', {
      clientId: bank.clientId!, organisationId: bank.organisationId!, signatureRequired, keys: signers.map(({ jwk }) => jwk),
    }, { aggregateId: newId(), version });
  const send = (headers: Record<string, string>, { as = district.bankA, text = body, path = pathOf() } = {}): Test =>
    district.app.post(as, path).set(headers).send(text);
  const signed = (sending: object = {}, by = signer): Record<string, string> =>
    by.headers({ path: pathOf(), body, key: newId(), ...sending });
  const count = async (table: string, where = 'true'): Promise<number> =>
    (await district.app.database.query<{ n: number }>(`select count(*)::int as n from loan_matching.${table} where ${where}`))[0].n;
  const receiptOf = async (answer: { headers: Record<string, string> }, as = district.bankA): Promise<Receipt> => {
    const [, path] = /^<http:\/\/127\.0\.0\.1:3000(\/v1\/receipts\/loan-matching\/[0-9a-f-]{36})>; rel="receipt"$/.exec(answer.headers.link)!;
    return (await district.app.get(as, path).expect(200)).body;
  };

  it('is accepted, and its receipt proves to anybody what was sent', async () => {
    const headers = signed();
    const answer = await send(headers).expect(201);
    expect(answer.body).toMatchObject({ id, state: 'REJECTED' });
    const receipt = await receiptOf(answer);
    expect(receipt).toMatchObject({
      form: 'finharbor.receipt.1', issuer: 'http://127.0.0.1:3000', service: 'loan-matching', resource: 'demand', resourceId: id, method: 'POST',
      targetUri: `http://127.0.0.1:3000${pathOf()}`, idempotencyKey: headers['idempotency-key'], contentDigest: headers['content-digest'],
      organisationId: district.bankA.organisationId, clientId: district.bankA.clientId, sender: { algorithm: 'ed25519', key: signer.jwk }, keyId: 't1',
    });
    const { keys } = (await district.app.get(district.bankA, '/v1/receipts/loan-matching/keys').expect(200)).body;
    const publicKey = new AuditKeys('', keys.map((key: { kid: string; x: string }) => `${key.kid}:${key.x}`).join());
    expect(publicKey.publicKeys).toBe(new AuditKeys(testAuditKey).publicKeys);
    expect(verifyReceipt(receipt, publicKey).map(({ what, holds }) => [what, holds])).toEqual([['platform', true], ['sender', true], ['sender covers', true]]);
    const [row] = await district.app.database.query<{ detail: object }>(`select detail from loan_matching.audit where action = 'receipt.issue' and resource_id = '${receipt.id}'`);
    expect(row.detail).toEqual({ resource: 'demand', resourceId: id, sha256: receiptDigest(receipt) });
  });

  it.each(signatureAlgorithms)('holds with %s', async (algorithm) => {
    const other = TestSigner.of(algorithm, 'other');
    const bank = { ...district.bankA, clientId: `client ${algorithm}` };
    await register(bank, [signer, other], 1);
    const receipt = await receiptOf(await send(signed({}, other), { as: bank }).expect(201));
    expect(verifyReceipt(receipt, new AuditKeys(testAuditKey)).every(({ holds }) => holds)).toBe(true);
    expect(receipt.sender).toMatchObject({ algorithm });
  });

  it('is repeated with the answer and the receipt of the first time', async () => {
    const key = newId();
    const first = await send(signed({ key })).expect(201);
    const again = await send(signed({ key, created: Math.floor(Date.now() / 1_000) - 100 })).expect(201);
    expect([again.text, again.headers.link, again.headers['idempotent-replayed']]).toEqual([first.text, first.headers.link, 'true']);
    expect(await count('receipts', `document like '%${id}%'`)).toBe(1);
    expect((await send(signed({ key, created: 1_600_000_000 })).expect(401)).body.code).toBe('SIGNATURE_INVALID');
  });

  it('has a receipt without a signature too', async () => {
    const answer = await send({ 'content-type': 'application/json' }).expect(201);
    const receipt = await receiptOf(answer);
    expect(receipt).toMatchObject({ sender: null, contentDigest: `sha-256=:${createHash('sha256').update(body).digest('base64')}:` });
    expect(verifyReceipt(receipt, new AuditKeys(testAuditKey))).toEqual([{ what: 'platform', holds: true, message: expect.any(String) }]);
  });

  describe('that does not hold is refused, and nothing is done', () => {
    const refused = async (answer: Test, code: string, rule: string): Promise<void> => {
      const receipts = await count('receipts');
      const { body: problem, headers } = await answer.expect(code === 'CONTENT_DIGEST_INVALID' ? 400 : 401);
      expect([problem.code, problem.errors[0].rule, headers.link]).toEqual([code, rule, undefined]);
      expect([await count('decisions', `demand_id = '${id}'`), await count('receipts')]).toEqual([0, receipts]);
      expect((await district.app.get(district.bankA, `/v1/demands/${id}`).expect(200)).body.state).toBe('ACCEPTED');
    };

    it('of another body', () => refused(send(signed(), { text: body.replace('REJECTED', 'APPROVED') }), 'CONTENT_DIGEST_INVALID', 'RFC 9530'));
    it('of the same meaning in other bytes', () => refused(send(signed(), { text: body.trim() }), 'CONTENT_DIGEST_INVALID', 'RFC 9530'));
    it('of a digest that was put in its place', () => {
      const { 'content-digest': digest } = signed({ body: '{}' });
      return refused(send({ ...signed(), 'content-digest': digest }, { text: '{}' }), 'SIGNATURE_INVALID', 'signature');
    });
    it('for another demand', () => refused(send(signed({ path: pathOf(newId()) })), 'SIGNATURE_INVALID', 'signature'));
    it('for another installation', () => refused(send(signed({ origin: 'https://sandbox.example' })), 'SIGNATURE_INVALID', 'signature'));
    it('under another Idempotency-Key', () => refused(send({ ...signed(), 'idempotency-key': newId() }), 'SIGNATURE_INVALID', 'signature'));
    it('of yesterday', () => refused(send(signed({ created: Math.floor(Date.now() / 1_000) - 86_400 })), 'SIGNATURE_INVALID', 'created'));
    it('by a key that is not registered', () => refused(send(signed({}, TestSigner.of('ed25519', 'other'))), 'SIGNATURE_INVALID', 'keyid'));
    it('by a key of another client', () => refused(send(signed(), { as: { ...district.bankA, clientId: 'other client' } }), 'SIGNATURE_INVALID', 'keyid'));
    it('by another key of the same name', () => refused(send(signed({}, TestSigner.of('ed25519'))), 'SIGNATURE_INVALID', 'signature'));
    it('with one field missing', () => {
      const { signature: _dropped, ...headers } = signed();
      return refused(send(headers), 'SIGNATURE_INVALID', 'syntax');
    });
  });

  it('is not believed any more when its key was taken away, and an older word does not bring the key back', async () => {
    const bank = { ...district.bankA, clientId: 'rotating' };
    const next = TestSigner.of('ed25519', 'next');
    await register(bank, [signer], 1);
    const path = pathOf((await district.accepted(bank)).id);
    await send(signed({ path }), { as: bank, path }).expect(201);
    await register(bank, [next], 3);
    await register(bank, [signer], 2);
    expect((await send(signed(), { as: bank }).expect(401)).body.errors[0].rule).toBe('keyid');
    await send(signed({}, next), { as: bank }).expect(201);
  });

  it('is asked of a client that must sign, and of no other', async () => {
    const bank = { ...district.bankA, clientId: 'must sign' };
    await register(bank, [signer], 1, true);
    expect((await send({ 'content-type': 'application/json' }, { as: bank }).expect(401)).body.code).toBe('SIGNATURE_REQUIRED');
    expect(await count('decisions', `demand_id = '${id}'`)).toBe(0);
    await send(signed(), { as: bank }).expect(201);
  });

  it('shows its receipt to its sender alone', async () => {
    const answer = await send(signed()).expect(201);
    const receipt = await receiptOf(answer);
    const path = `/v1/receipts/loan-matching/${receipt.id}`;
    for (const other of [district.bankB, callerOf('department'), callerOf('bank')]) expect((await district.app.get(other, path).expect(404)).body.code).toBe('NOT_FOUND');
    expect((await district.app.get(district.supervisor, path).expect(403)).body.code).toBe('FORBIDDEN');
    await district.app.get(district.bankA, `/v1/receipts/feedback/${receipt.id}`).expect(404);
    await district.app.get(district.bankA, '/v1/receipts/loan-matching/x').expect(400);
  });

  it('stands in the sealed trail', async () => {
    expect(await auditProblems({ database: district.app.database }, ['loan-matching'])).toEqual([]);
  });
});
