import { newId } from '@finharbor/contracts/ids';
import { ConsentRecordKind, ReferenceDataKind } from '@finharbor/contracts/vocabulary';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { jest } from '@jest/globals';
import { AppModule } from '../src/app.module.js';

const telling = { nature: 'BLOCK', channel: 'ONLINE', title: '续贷手续太久', text: '续贷要等四十天', registrantName: '陈丽', registrantPhone: '13812345678' };

describe('what partners tells of issues', () => {
  let app: TestApp;
  const [bank, anonymous] = [callerOf('bank'), callerOf('anonymous')];
  const harborId = newId();
  const register = async (): Promise<{ id: string; answerBy: string | null }> => (await app.post(anonymous, '/v1/issues', { ...telling, harborId }).expect(201)).body.issue;
  const named = async (id: string, reader = bank): Promise<unknown[]> => {
    const { registrantName, registrantPhone } = (await app.get(reader, `/v1/issues/${id}`).expect(200)).body;
    return [registrantName, registrantPhone];
  };

  beforeAll(async () => {
    app = await startTestApp(AppModule, 'feedback');
    await app.deliver('harbor.registered', { harborId, number: 'WZ-HB-0001', name: '港湾', hostBankId: bank.organisationId!, areaCode: '500101001' });
  });
  afterAll(() => app.close());

  it('closes who registered an issue to the bank that was told under the consent, and to nobody on another’s word', async () => {
    const [{ id }, { id: kept }] = [await register(), await register()];
    const withdrawn = (recordKind: ConsentRecordKind, recordId: string, recipientId = bank.organisationId!): Promise<void> => app.deliver('consent.withdrawn',
      { consentId: newId(), recordKind, recordId, recipientId, cause: 'WITHDRAWN', withdrawnAt: new Date().toISOString() });
    await withdrawn(ConsentRecordKind.ISSUE, id, newId());
    await withdrawn(ConsentRecordKind.DEMAND, id);
    await withdrawn(ConsentRecordKind.ISSUE, newId());
    expect(await named(id)).toEqual(['陈*', '138****5678']);
    await withdrawn(ConsentRecordKind.ISSUE, id);
    await withdrawn(ConsentRecordKind.ISSUE, id);
    expect([await named(id), await named(id, callerOf('harbor-staff', bank.organisationId!)), await named(kept)]).toEqual([[null, null], [null, null], ['陈*', '138****5678']]);
    const { data } = await app.graphql(bank, `{ issue(id: "${id}") { registrantName registrantPhone title } }`);
    expect(data.issue).toEqual({ registrantName: null, registrantPhone: null, title: telling.title });
    const rows = await app.database.query('select action from feedback.audit where resource_id = $1 and action like $2', [id, '%consent%']);
    expect(rows).toEqual([{ action: 'issue.consent-withdraw' }]);
  });

  it('lets a clock cross New Year 2027 once that year is told', async () => {
    const clock = async (): Promise<string | null> => {
      jest.useFakeTimers({ now: new Date('2026-12-30T04:00:00Z'), doNotFake: ['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate', 'setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
      try {
        return (await register()).answerBy;
      } finally {
        jest.useRealTimers();
      }
    };
    expect(await clock()).toBeNull();
    await app.deliver('reference-data.changed', { kind: ReferenceDataKind.CALENDAR, rows: [{ key: '2027', data: {} }, { key: '2027-01-01', data: { off: true } }] });
    expect(await clock()).toBe('2027-01-07T16:00:00.000Z'); // 31 December, 4 to 7 January
  });
});
