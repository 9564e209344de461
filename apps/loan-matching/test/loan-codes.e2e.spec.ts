import { toBuffer, toString } from 'qrcode';
import { anonymous, application, callerOf, District, newId } from './district.js';

describe('loan codes', () => {
  let district: District;
  beforeAll(async () => {
    district = await District.open();
  });
  afterAll(() => district.app.close());

  it('are made by the host bank, signed, opaque and each its own', async () => {
    const { app, bankA, harborA } = district;
    const [one, other] = [await district.code(), await district.code()];
    expect(one).toMatchObject({
      bankId: bankA.organisationId, harborId: harborA, label: '大堂海报', revokedAt: null, scanCount: 0, url: `http://127.0.0.1:3000/v1/scans/${one.code}`,
    });
    expect(one.code).toMatch(/^[\w-]{120}$/);
    expect(one.shortCode).toMatch(/^[\w-]{20}$/);
    expect(other.shortCode).not.toBe(one.shortCode);
    const { rows } = await app.database.admin.query(`select role, action, resource_id from loan_matching.audit where action = 'loan-code.create'`);
    expect(rows).toContainEqual({ role: 'bank', action: 'loan-code.create', resource_id: one.id });
  });

  it('made by a supervisor belong to the host bank', async () => {
    const { supervisor, bankA, bankB, app, harborB } = district;
    const made = await district.code(supervisor, harborB);
    expect(made).toMatchObject({ bankId: bankB.organisationId });
    const codesOf = async (caller: typeof bankA): Promise<string[]> => (await app.get(caller, '/v1/loan-codes').expect(200)).body.items.map((code: { id: string }) => code.id);
    expect(await codesOf(bankB)).toEqual([made.id]);
    expect(await codesOf(bankA)).not.toContain(made.id);
    expect(await codesOf(supervisor)).toContain(made.id);
  });

  it('cannot be made for a harbor of another bank: it is as if there were none', async () => {
    const { app, bankA, harborB } = district;
    const foreign = await app.post(bankA, '/v1/loan-codes', { harborId: harborB, label: '海报' }).expect(404);
    const unknown = await app.post(bankA, '/v1/loan-codes', { harborId: newId(), label: '海报' }).expect(404);
    expect(foreign.text).toBe(unknown.text);
    await app.post(callerOf('department'), '/v1/loan-codes', { harborId: harborB, label: '海报' }).expect(403);
  });

  it('lead anybody who scans to the harbor, and count the scans', async () => {
    const { app, bankA, dashboard } = district;
    const { code, id } = await district.code();
    for (const caller of [anonymous, bankA, dashboard]) {
      const scan = await app.get(caller, `/v1/scans/${code}`).expect(200);
      expect(scan.body).toEqual({ harborName: '三峡示范银行港湾', harborNumber: 'WZ-HB-0001', areaCode: '500101001' });
    }
    const { items } = (await app.get(bankA, '/v1/loan-codes').expect(200)).body;
    expect(items.find((one: { id: string }) => one.id === id).scanCount).toBe(3);
  });

  it('are drawn as QR, in SVG and PNG, with the url inside', async () => {
    const { app } = district;
    const { code, url } = await district.code();
    const svg = await app.get(anonymous, `/v1/scans/${code}/qr.svg`).expect(200).expect('content-type', 'image/svg+xml; charset=utf-8').buffer(true);
    expect(svg.body.toString()).toBe(await toString(url, { type: 'svg', errorCorrectionLevel: 'Q' }));
    expect(svg.body.toString()).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    const png = await app.get(anonymous, `/v1/scans/${code}/qr.png`).expect(200).expect('content-type', 'image/png').buffer(true);
    expect(png.body.subarray(0, 8)).toEqual(Buffer.from('89504e470d0a1a0a', 'hex'));
    expect(png.body.equals(await toBuffer(url, { type: 'png', errorCorrectionLevel: 'Q', width: 512 }))).toBe(true);
    expect(png.body.equals(await toBuffer(`${url}x`, { type: 'png', errorCorrectionLevel: 'Q', width: 512 }))).toBe(false);
  });

  it('can be revoked, once, by their own bank or a supervisor', async () => {
    const { app, bankA, bankB, supervisor } = district;
    const [one, other] = [await district.code(), await district.code()];
    const foreign = await app.post(bankB, `/v1/loan-codes/${one.id}/revocation`).expect(404);
    expect(foreign.text).toBe((await app.post(bankB, `/v1/loan-codes/${newId()}/revocation`).expect(404)).text);
    expect((await app.post(bankA, `/v1/loan-codes/${one.id}/revocation`).expect(201)).body.revokedAt).toEqual(expect.any(String));
    expect((await app.post(bankA, `/v1/loan-codes/${one.id}/revocation`).expect(409)).body.code).toBe('ILLEGAL_STATE');
    await app.post(supervisor, `/v1/loan-codes/${other.id}/revocation`).expect(201);
    for (const path of ['', '/qr.svg', '/qr.png']) {
      const gone = await app.get(anonymous, `/v1/scans/${one.code}${path}`).expect(410).expect('content-type', /problem\+json/);
      expect(JSON.parse(gone.text).code).toBe('LOAN_CODE_REVOKED');
    }
    expect((await app.post(anonymous, `/v1/scans/${one.code}/demands`, application()).expect(410)).body.code).toBe('LOAN_CODE_REVOKED');
  });

  it.each(['x', 'AAAAAAAAAAAAAAAAAAAA', '%0A', 'a'.repeat(150), '..%2F..%2Fetc'])('that nobody made are not found: %s', async (code) => {
    const { app } = district;
    for (const path of ['', '/qr.svg', '/qr.png']) {
      expect(JSON.parse((await app.get(anonymous, `/v1/scans/${code}${path}`).expect(404)).text).code).toBe('NOT_FOUND');
    }
    expect((await app.post(anonymous, `/v1/scans/${code}/demands`, application()).expect(404)).body.code).toBe('NOT_FOUND');
  });

  it('are refused with fields named when the input is bad', async () => {
    const { app, bankA, harborA } = district;
    const problem = await app.post(bankA, '/v1/loan-codes', { harborId: 'x', label: ' ', code: 'mine' }).expect(400);
    expect(problem.body.errors.map(({ field }: { field: string }) => field).sort()).toEqual(['code', 'harborId', 'label']);
    await app.post(bankA, '/v1/loan-codes', { harborId: harborA, label: '海\u0000报' }).expect(400);
  });

  it('are in the graph with harbor and bank', async () => {
    const { app, bankB, supervisor, harborB } = district;
    const query = '{ loanCodes(first: 200) { edges { node { id code url harbor { id } bank { id } } } pageInfo { hasNextPage } } }';
    const own = await app.graphql(bankB, query);
    expect(own.errors).toBeUndefined();
    expect(own.data.loanCodes.edges.length).toBeGreaterThan(0);
    for (const { node } of own.data.loanCodes.edges) {
      expect(node).toMatchObject({ harbor: { id: harborB }, bank: { id: bankB.organisationId } });
    }
    const all = await app.graphql(supervisor, query);
    expect(all.data.loanCodes.edges.length).toBeGreaterThan(own.data.loanCodes.edges.length);
  });
});
