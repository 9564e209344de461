import { deprecations } from '@finharbor/contracts/deprecations';
import { newId } from '@finharbor/contracts/ids';
import { internalAudience, parseServiceKeys, signServiceToken } from '@finharbor/security/tokens/service-token';
import type { Caller, Role } from '@finharbor/security/tokens/caller';
import { localDate } from '@finharbor/standards/working-days';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { bearerOf, callerOf, testServiceKey } from '@finharbor/testing/callers';
import request, { type Test } from 'supertest';
import { AppModule } from '../src/app.module.js';

const dayMs = 86_400_000;
const itself: Caller = { role: 'security-administrator', organisationId: null, clientId: 'gateway' };
const entry = { deprecatedAt: '2026-12-01', sunsetAt: '2027-07-01', link: 'https://api.example.cn/changes#things', replacement: 'Use GET /v1/parts.' };

describe('requests', () => {
  let app: TestApp;
  const administrator = callerOf('system-administrator');
  const program = (role: Role): Caller => ({ ...callerOf(role), clientId: newId() });
  const [bank, other] = [program('bank'), program('bank')];

  beforeAll(async () => {
    deprecations['GET /v1/things'] = entry;
    app = await startTestApp(AppModule, 'partners', { REQUEST_RECORDS_MAX: '1000' });
  });
  afterAll(async () => {
    delete deprecations['GET /v1/things'];
    await app.close();
  });

  const word = (caller = itself): string => `Bearer ${signServiceToken(parseServiceKeys(testServiceKey), caller, internalAudience('partners'))}`;
  const tell = (records: object[], authorization = word()): Test =>
    request(app.app.getHttpServer()).post('/internal/request-records').set('authorization', authorization).send(records);
  const record = (caller: Caller | undefined, more: object = {}) => ({
    id: newId(), method: 'GET', route: '/v1/things/:id', status: 200, ms: 12, service: 'harbors', code: null,
    role: caller?.role ?? 'anonymous', organisationId: caller?.organisationId ?? null, clientId: caller?.clientId ?? null, deprecated: [], ...more,
  });
  const rows = () => app.database.query<{ id: string }>('select id from partners.requests order by id');

  it('are told by gateways alone, in the word that is for it', async () => {
    const records = [record(bank)];
    await tell(records, bearerOf(itself, 'partners')).expect(401);
    await tell(records, bearerOf(administrator, 'partners')).expect(401);
    await tell(records, '').expect(401);
    await request(app.app.getHttpServer()).get('/v1/signing-keys').set('authorization', word()).expect(401);
    await tell(records).expect(204);
    expect(await rows()).toHaveLength(1);
  });

  it('are found by their id: by whoever made them and by the system administrator', async () => {
    const mine = record(bank, { status: 404, code: 'NOT_FOUND' });
    await tell([mine]).expect(204);
    const { ms, deprecated: _, ...facts } = mine;
    const { body } = await app.get(bank, `/v1/requests/${mine.id}`).expect(200);
    expect(body).toEqual({ ...facts, milliseconds: ms, at: expect.any(String) });
    expect(Math.abs(Date.parse(body.at) - Date.now())).toBeLessThan(60_000);
    expect((await app.get(administrator, `/v1/requests/${mine.id}`).expect(200)).body).toEqual(body);
    for (const stranger of [other, callerOf('supervisor'), callerOf('security-administrator')]) {
      const { body: refused } = await app.get(stranger, `/v1/requests/${mine.id}`).expect(404);
      expect(refused).toEqual((await app.get(stranger, `/v1/requests/${newId()}`).expect(404)).body);
    }
    await app.get(callerOf('anonymous'), `/v1/requests/${mine.id}`).expect(401);
    await app.get(callerOf('dashboard'), `/v1/requests/${mine.id}`).expect(403);
    await app.get(administrator, '/v1/requests/walk').expect(400);
  });

  it('name no person, and whoever came without a token is nobody', async () => {
    const [person, nobody] = [record({ ...callerOf('supervisor'), clientId: 'person:zhou@example.cn' }), record(undefined)];
    await tell([person, nobody]).expect(204);
    expect((await app.get(administrator, `/v1/requests/${person.id}`)).body).toMatchObject({ role: 'supervisor', clientId: null });
    expect((await app.get(administrator, `/v1/requests/${nobody.id}`)).body).toMatchObject({ role: 'anonymous', organisationId: null });
    await app.get(other, `/v1/requests/${nobody.id}`).expect(404);
  });

  it('are kept once, however often they are told, and counted once', async () => {
    const used = [record(bank, { deprecated: ['GET /v1/things'] }), record(bank, { deprecated: ['GET /v1/things'] }), record(undefined, { deprecated: ['GET /v1/things'] })];
    await Promise.all([tell(used), tell(used), tell([...used].reverse())]);
    await tell([record(bank, { deprecated: ['Demand.gone'] })]).expect(204);
    const today = localDate(new Date());
    const mine = { organisationId: bank.organisationId, clientId: bank.clientId, uses: 2, usesLast30Days: 2, lastUsedOn: today };
    const told = { element: 'GET /v1/things', ...entry };
    expect((await app.get(bank, '/v1/deprecations').expect(200)).body).toEqual({ items: [{ ...told, uses: [mine] }] });
    expect((await app.get(other, '/v1/deprecations').expect(200)).body).toEqual({ items: [{ ...told, uses: [] }] });
    expect((await app.get(callerOf('supervisor'), '/v1/deprecations').expect(200)).body.items[0].uses).toEqual([]);
    const everybody = (await app.get(administrator, '/v1/deprecations').expect(200)).body.items[0].uses;
    expect(everybody).toEqual([mine, { ...mine, organisationId: null, clientId: null, uses: 1, usesLast30Days: 1 }]);
    await app.database.query(`update partners.deprecation_uses set day = day - 30`);
    expect((await app.get(bank, '/v1/deprecations')).body.items[0].uses).toEqual([{ ...mine, usesLast30Days: 0, lastUsedOn: expect.not.stringMatching(today) }]);
  });

  it('are forgotten after 30 days, and earlier where there are too many', async () => {
    const idAt = (time: number): string => {
      const hex = time.toString(16).padStart(12, '0');
      return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${newId().slice(-12)}`;
    };
    const aged = [31, 31, 29].map((days) => record(bank, { id: idAt(Date.now() - days * dayMs) }));
    await tell(aged).expect(204);
    await tell([record(bank)]).expect(204);
    const kept = (await rows()).map(({ id }) => id);
    expect(aged.map(({ id }) => kept.includes(id))).toEqual([false, false, true]);
    await tell(Array.from({ length: 900 }, () => record(other))).expect(204);
    await tell(Array.from({ length: 200 }, () => record(other))).expect(204);
    const before = await rows();
    await app.database.query('analyze partners.requests');
    await tell([record(bank), record(bank)]).expect(204);
    const after = await rows();
    expect(after).toHaveLength(before.length + 2 - 4);
    expect(after[0]).toEqual(before[4]);
  });
});
