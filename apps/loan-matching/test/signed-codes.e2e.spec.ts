import { generateKeyPairSync } from 'node:crypto';
import { addDays } from '@finharbor/standards/dates';
import { localDate } from '@finharbor/standards/working-days';
import { checkCode, readCode, signCode } from '../src/loan-codes/code-token.js';
import { LoanCodeKeysService } from '../src/loan-codes/loan-code-keys.service.js';
import { LoanCodeKind } from '../src/loan-codes/loan-code-kind.js';
import { anonymous, application, callerOf, District, newId } from './district.js';

const today = localDate(new Date());

describe('signed loan codes', () => {
  let district: District;
  beforeAll(async () => {
    district = await District.open();
  });
  afterAll(() => district.app.close());

  const published = async (): Promise<never[]> => (await district.app.get(anonymous, '/v1/loan-code-keys').expect(200)).body.keys;
  /** What every use of the code is answered with. */
  async function refusals(code: string): Promise<string[]> {
    const path = `/v1/scans/${code}`;
    const [scan, qr, session, demand] = await Promise.all([
      district.app.get(anonymous, path), district.app.get(anonymous, `${path}/qr.svg`), district.app.post(anonymous, `${path}/sessions`, { nonce: newId() }),
      district.app.post(anonymous, `${path}/demands`, application()),
    ]);
    return [...new Set([scan, qr, session, demand].map(({ text }) => (JSON.parse(text) as { code: string }).code))];
  }
  const scans = async (code: string): Promise<number> => (await district.app.get(anonymous, `/v1/scans/${code}`)).status;
  /** The code as if its rows had been written that many days ago. */
  const age = (id: string, columns: string): Promise<unknown[]> => district.app.database.query(`update loan_matching.loan_codes set ${columns} where id = $1`, [id]);

  it('are verified with the published keys alone', async () => {
    const { code, shortCode } = await district.code();
    const keys = await published();
    expect(keys[0]).toMatchObject({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA' });
    expect(Object.keys(keys[0])).not.toContain('d');
    expect(checkCode(code, keys, today)).toMatchObject({ shortCode, kind: 'HARBOR', version: 1, validFrom: today, validTo: null });
  });

  it('forged, foreign, not yet good and of nobody are refused, each by name', async () => {
    const { code } = await district.code();
    const later = await district.code(undefined, undefined, { validFrom: addDays(today, 2), validTo: addDays(today, 3) });
    const token = readCode(code)!;
    const { privateKey } = generateKeyPairSync('ed25519');
    expect(await refusals(signCode(token, privateKey))).toEqual(['LOAN_CODE_FORGED']);
    expect(await refusals(signCode({ ...token, keyId: '00000000' }, privateKey))).toEqual(['LOAN_CODE_FOREIGN']);
    expect(await refusals(later.code)).toEqual(['LOAN_CODE_NOT_YET_VALID']);
    expect(await refusals(readCode(code)!.shortCode)).toEqual(['NOT_FOUND']);
    expect(await refusals(signCode({ ...token, shortCode: 'AAAAAAAAAAAAAAAAAAAA' }, privateKey))).toEqual(['LOAN_CODE_FORGED']);
  });

  it('over are refused, also with the key itself in the hands of a thief', async () => {
    const { id, code } = await district.code(undefined, undefined, { kind: 'CAMPAIGN', validTo: today });
    expect(await scans(code)).toBe(200);
    const { keyId, privateKey } = await district.app.app.get(LoanCodeKeysService).signing();
    const token = { ...readCode(code)!, keyId };
    expect(await refusals(signCode({ ...token, validTo: null }, privateKey))).toEqual(['LOAN_CODE_FORGED']);
    expect(await refusals(signCode({ ...token, version: 2 }, privateKey))).toEqual(['NOT_FOUND']);
    const yesterday = addDays(today, -1);
    const old = signCode({ ...token, validFrom: yesterday, validTo: yesterday }, privateKey);
    await district.app.database.query('update loan_matching.loan_codes set token = $2, valid_from = $3, valid_to = $3 where id = $1', [id, old, yesterday]);
    expect(await refusals(old)).toEqual(['LOAN_CODE_EXPIRED']);
  });

  it('printed anew leave the print before good until a day, and none before that', async () => {
    const { app, bankA } = district;
    const first = await district.code();
    const rotate = async (previousUntil: string): Promise<{ code: string; version: number }> =>
      (await app.post(bankA, `/v1/loan-codes/${first.id}/rotation`, { previousUntil }).expect(201)).body;
    const second = await rotate(addDays(today, 7));
    expect(second).toMatchObject({ id: first.id, shortCode: first.shortCode, version: 2, previousUntil: addDays(today, 7) });
    expect([await scans(first.code), await scans(second.code)]).toEqual([200, 200]);
    await age(first.id, `previous_until = current_date - 2`);
    expect(await refusals(first.code)).toEqual(['LOAN_CODE_EXPIRED']);
    const third = await rotate(addDays(today, 7));
    expect(await refusals(first.code)).toEqual(['LOAN_CODE_EXPIRED']);
    expect([await scans(second.code), await scans(third.code)]).toEqual([200, 200]);
    const problem = await app.post(bankA, `/v1/loan-codes/${first.id}/rotation`, { previousUntil: addDays(today, 500), validTo: addDays(today, -1) }).expect(400);
    expect(problem.body.errors.map(({ field }: { field: string }) => field)).toEqual(['previousUntil', 'validTo']);
    expect((await app.get(bankA, `/v1/loan-codes/${first.id}`).expect(200)).body).toMatchObject({ version: 3, code: third.code });
    await app.post(district.bankB, `/v1/loan-codes/${first.id}/rotation`, { previousUntil: today }).expect(404);
  });

  it('that have not begun are printed anew from their first day on, and end no sooner', async () => {
    const { app, bankA } = district;
    const { id } = await district.code(undefined, undefined, { validFrom: addDays(today, 5), validTo: addDays(today, 9) });
    const rotate = (validTo: string) => app.post(bankA, `/v1/loan-codes/${id}/rotation`, { previousUntil: addDays(today, 7), validTo });
    for (const validTo of [today, addDays(today, 4)]) {
      expect((await rotate(validTo).expect(400)).body.errors).toMatchObject([{ field: 'validTo', rule: 'min' }]);
    }
    const first = addDays(today, 5);
    expect((await rotate(first).expect(201)).body).toMatchObject({ version: 2, validFrom: first, validTo: first });
  });

  it('from before there were signatures stay good until they are printed anew', async () => {
    const { app, bankA } = district;
    const { id, shortCode } = await district.code();
    await age(id, 'version = 0, token = null, valid_from = null');
    expect(await scans(shortCode)).toBe(200);
    expect((await app.get(bankA, `/v1/loan-codes/${id}`).expect(200)).body).toMatchObject({ code: shortCode, version: 0, validFrom: null });
    const { body } = await app.post(bankA, `/v1/loan-codes/${id}/rotation`, { previousUntil: today }).expect(201);
    expect([await scans(shortCode), await scans(body.code)]).toEqual([200, 200]);
    await age(id, `previous_until = current_date - 2`);
    expect(await refusals(shortCode)).toEqual(['LOAN_CODE_EXPIRED']);
  });

  it('signed by an older key stay good when there is a newer one', async () => {
    const { app } = district;
    const old = await district.code();
    const security = callerOf('security-administrator');
    const { body } = await app.post(security, '/v1/loan-code-keys').expect(201);
    const young = await district.code();
    expect(body.kid.startsWith('{')).toBe(false);
    expect((await published()).map(({ kid }: { kid: string }) => kid)[0]).toBe(body.kid);
    expect(readCode(young.code)!.keyId).not.toBe(readCode(old.code)!.keyId);
    expect([await scans(old.code), await scans(young.code)]).toEqual([200, 200]);
    await app.post(district.supervisor, '/v1/loan-code-keys').expect(403);
    const rows = await app.database.query<{ sealed: string }>('select private_key_encrypted as sealed from loan_matching.loan_code_keys');
    for (const { sealed } of rows) expect(sealed).toMatch(/^v\d\./);
  });

  it('of each kind need what the kind needs, and take what they are for', async () => {
    const { app, bankA, harborA } = district;
    const create = (more: object): ReturnType<typeof app.post> => app.post(bankA, '/v1/loan-codes', { harborId: harborA, label: '牌', ...more });
    const lacking = { STREET: 'areaCode', OUTLET: 'place', PARK: 'place', OFFICER: 'officerId', CAMPAIGN: 'validTo' };
    for (const [kind, field] of Object.entries(lacking)) expect((await create({ kind }).expect(400)).body.errors).toMatchObject([{ field, rule: 'required' }]);
    for (const [field, value] of Object.entries({ areaCode: '999999999', validTo: addDays(today, -1) })) {
      expect((await create({ [field]: value }).expect(400)).body.errors).toMatchObject([{ field }]);
    }
    await create({ kind: LoanCodeKind.OFFICER, officerId: newId() }).expect(201);
    const { body: street } = await create({ kind: LoanCodeKind.STREET, areaCode: '500101Z01', demandKinds: ['RENEWAL'] }).expect(201);
    expect((await app.get(anonymous, `/v1/scans/${street.code}`).expect(200)).body.areaCode).toBe('500101Z01');
    expect((await app.post(anonymous, `/v1/scans/${street.code}/demands`, application()).expect(409)).body.code).toBe('LOAN_CODE_OUT_OF_SCOPE');
  });

  it('open sessions without registration, good for a few demands, one code and a while', async () => {
    const { app } = district;
    const [code, other] = [await district.code(), await district.code()];
    const open = async (): Promise<string> => (await app.post(anonymous, `/v1/scans/${code.code}/sessions`, { nonce: newId() }).expect(201)).body.session;
    const submit = (scanSession: string, at = code): ReturnType<typeof app.post> => app.post(anonymous, `/v1/scans/${at.code}/demands`, application({ scanSession }));
    const [path, key, nonce] = [`/v1/scans/${code.code}/sessions`, newId(), newId()];
    const { body: first } = await app.post(anonymous, path, { nonce }, key).expect(201);
    expect((await app.post(anonymous, path, { nonce }, key).expect(201)).body).toEqual(first);
    expect((await app.post(anonymous, path, { nonce: newId() }, key).expect(201)).body.session).not.toBe(first.session);
    await app.post(anonymous, path, { nonce: 'short' }).expect(400);
    const session = await open();
    expect((await submit(session, other).expect(410)).body.code).toBe('SCAN_SESSION_OVER');
    for (let demand = 0; demand < 3; demand += 1) await submit(session).expect(201);
    expect((await submit(session).expect(410)).body.code).toBe('SCAN_SESSION_OVER');
    expect((await submit('scan_nobody').expect(410)).body.code).toBe('SCAN_SESSION_OVER');
    const late = await open();
    await app.database.query(`update loan_matching.scan_sessions set expires_at = now() - interval '1 second' where uses = 0`);
    expect((await submit(late).expect(410)).body.code).toBe('SCAN_SESSION_OVER');
    await open();
    expect(await app.database.query('select 1 from loan_matching.scan_sessions where expires_at < now()')).toEqual([]);
  });

  it('take so many demands a day without a session, and go on with one', async () => {
    const { app } = district;
    const [code, other] = [await district.code(), await district.code()];
    const path = `/v1/scans/${code.code}`;
    const submit = (more: object = {}, at = path) => app.post(anonymous, `${at}/demands`, application(more));
    await submit().expect(201);
    await submit({ amount: '-1' }).expect(400); // counts for nothing
    const { body } = await app.post(anonymous, `${path}/sessions`, { nonce: newId() }).expect(201);
    for (let demand = 0; demand < 2; demand += 1) await submit({ scanSession: body.session }).expect(201);
    for (let demand = 1; demand < 50; demand += 1) await submit().expect(201);
    const { body: refused } = await submit().expect(410);
    expect(refused).toMatchObject({ code: 'SCAN_SESSION_OVER', detail: 'Without a scan session the loan code takes 50 demands a day.' });
    await submit({ scanSession: body.session }).expect(201);
    await submit({}, `/v1/scans/${other.code}`).expect(201);
    await app.get(anonymous, path).expect(200);
    await app.database.query('update loan_matching.loan_code_days set day = day - 1 where loan_code_id = $1', [code.id]);
    await submit().expect(201);
  });

  it('count scans, sessions and demands by day, of nobody in particular', async () => {
    const { app, bankA, bankB, supervisor } = district;
    const { id, code } = await district.code();
    await Promise.all(Array.from({ length: 10 }, () => scans(code)));
    await app.post(anonymous, `/v1/scans/${code}/sessions`, { nonce: newId() }).expect(201);
    await district.submit({}, code);
    await app.post(anonymous, `/v1/scans/${code}/demands`, application({ amount: '-1' })).expect(400);
    const days = `/v1/loan-codes/${id}/days?from=${addDays(today, -1)}&to=${addDays(today, 1)}`;
    for (const caller of [bankA, supervisor]) {
      const { body } = await app.get(caller, days).expect(200);
      expect(body.reduce((sum: object, day: { scans: number; sessions: number; demands: number }) => ({ ...sum, ...day, day: '' }), {}))
        .toEqual({ day: '', scans: 10, sessions: 1, demands: 1 });
    }
    await app.get(bankB, days).expect(404);
    await app.get(bankA, `/v1/loan-codes/${id}/days?from=${today}&to=${addDays(today, -1)}`).expect(400);
  });

  it('carry a demand’s source for ever', async () => {
    const { id } = await district.submit();
    const other = await district.code();
    await expect(district.app.database.query('update loan_matching.demands set loan_code_id = $2 where id = $1', [id, other.id])).rejects.toThrow('never changed');
    await expect(district.app.database.query('update loan_matching.demands set harbor_id = $2 where id = $1', [id, district.harborB])).rejects.toThrow('never changed');
  });

  it('have a register of where they hang, and a poster', async () => {
    const { app, bankA, bankB } = district;
    const { id } = await district.code();
    const path = `/v1/loan-codes/${id}/placements`;
    await app.post(bankA, path, { place: '一楼大堂', placedOn: addDays(today, 1) }).expect(400);
    await app.post(bankB, path, { place: '一楼大堂', placedOn: today }).expect(404);
    const { body: hung } = await app.post(bankA, path, { place: '一楼大堂', placedOn: addDays(today, -3) }).expect(201);
    expect(hung).toMatchObject({ loanCodeId: id, place: '一楼大堂', placedBy: bankA.clientId, removedOn: null });
    await app.post(bankA, `${path}/${hung.id}/removal`, { removedOn: addDays(today, -4) }).expect(400);
    await app.post(bankB, `${path}/${hung.id}/removal`, { removedOn: today }).expect(404);
    await app.post(bankA, `${path}/${hung.id}/removal`, { removedOn: today }).expect(201);
    expect((await app.post(bankA, `${path}/${hung.id}/removal`, { removedOn: today }).expect(409)).body.code).toBe('ILLEGAL_STATE');
    expect((await app.get(bankA, path).expect(200)).body.items).toMatchObject([{ id: hung.id, removedOn: today }]);
    await app.get(bankB, path).expect(404);
    const registered = async (caller: typeof bankA): Promise<{ id: string }[]> => (await app.get(caller, '/v1/loan-code-placements').expect(200)).body.items;
    const own = [{ id: hung.id }];
    expect([await registered(bankA), await registered(bankB), await registered(district.supervisor)]).toMatchObject([own, [], own]);
    const poster = await app.get(bankA, `/v1/loan-codes/${id}/poster.pdf`).expect(200).expect('content-type', 'application/pdf').buffer(true);
    expect(poster.body.subarray(0, 5).toString()).toBe('%PDF-');
    await app.get(bankB, `/v1/loan-codes/${id}/poster.pdf`).expect(404);
    await app.post(bankA, `/v1/loan-codes/${id}/revocation`).expect(201);
    for (const rest of ['rotation', 'placements']) {
      const input = rest === 'rotation' ? { previousUntil: today } : { place: '二楼', placedOn: today };
      expect((await app.post(bankA, `/v1/loan-codes/${id}/${rest}`, input).expect(409)).body.code).toBe('ILLEGAL_STATE');
    }
    expect((await app.get(bankA, `/v1/loan-codes/${id}/poster.pdf`).expect(409)).body.code).toBe('ILLEGAL_STATE');
  });
});
