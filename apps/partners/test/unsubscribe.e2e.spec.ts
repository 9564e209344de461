import { newId } from '@finharbor/contracts/ids';
import { anonymous, type Caller } from '@finharbor/security/tokens/caller';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { bearerOf, callerOf } from '@finharbor/testing/callers';
import request from 'supertest';
import { AppModule } from '../src/app.module.js';
import { MessageSender } from '../src/messages/message-sender.js';
import { bodyOf, MailServer } from './mail-server.js';
import { TestGateway } from './sms-gateway.js';

/** Tomorrow at noon in Asia/Shanghai. */
const noon = new Date(Math.floor((Date.now() + 8 * 3_600_000) / 86_400_000 + 1) * 86_400_000 + 4 * 3_600_000);

describe('the link in a mail', () => {
  let app: TestApp;
  let mail: MailServer;
  let gateway: TestGateway;
  let bank: Caller;
  let recipientId: string;
  let link: string;

  beforeAll(async () => {
    [mail, gateway] = await Promise.all([MailServer.start(), TestGateway.start()]);
    app = await startTestApp(AppModule, 'partners', { MAIL_URL: mail.url(), MAIL_FROM: 'no-reply@harbor.example', SMS_URL: gateway.url });
    const { id } = (await app.post(callerOf('system-administrator'), '/v1/organisations', { kind: 'BANK', name: '万州示范银行' }).expect(201)).body;
    bank = callerOf('bank', id);
    const subscriptions = ['MAIL', 'SMS'].map((channel) => ({ kind: 'ISSUE_REGISTERED', channel }));
    const person = { name: '欧阳明月', mail: 'ming.yue@bank.example', mobile: '13900001234', subscriptions };
    recipientId = (await app.post(bank, '/v1/message-recipients', person).expect(201)).body.id;
    await happens();
    link = new URL(/^List-Unsubscribe: +<([^>]+)>\r$/m.exec(mail.mails[0].raw.replaceAll(/\r\n[ \t]/g, ' '))![1]).pathname;
  });
  afterAll(async () => {
    await app?.close();
    await Promise.all([mail?.stop(), gateway?.stop()]);
  });

  async function happens(): Promise<void> {
    await app.deliver('issue.registered', { issueId: newId(), harborId: newId() }, { organisationId: bank.organisationId! });
    await app.app.get(MessageSender).run(noon);
  }
  const optedOut = async (): Promise<string | null> => (await app.get(bank, `/v1/message-recipients/${recipientId}`).expect(200)).body.mailOptedOut;
  /** What a browser or a mail program does: a form, no JSON, no Idempotency-Key, nobody signed in. */
  const press = (path: string, type = 'application/x-www-form-urlencoded', body = 'List-Unsubscribe=One-Click') =>
    request(app.app.getHttpServer()).post(path).set('authorization', bearerOf(anonymous, 'partners')).set('content-type', type).send(body);

  it('is in its text too, and shows a page that changes nothing by being looked at', async () => {
    expect(bodyOf(mail.mails[0])).toContain(link);
    const page = await app.get(anonymous, link).expect(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.text).toContain(`<form method="post" action="${link}">`);
    expect(page.text).not.toMatch(/ming|明月|示范/);
    expect(await optedOut()).toBeNull();
  });

  it('ends mail by one press, on the page or in a mail program, again and again', async () => {
    for (const _ of [1, 2]) expect((await press(link).expect(200)).text).toContain(`action="${link}/withdrawal"`);
    const part = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n';
    await press(link, 'multipart/form-data; boundary=x', part).expect(200);
    expect(await optedOut()).toBe('RECIPIENT');
    await app.post(bank, `/v1/message-recipients/${recipientId}/opt-ins`, { channel: 'MAIL' }).expect(409);
    const before = gateway.requests.length;
    await happens();
    expect([mail.mails.length, gateway.requests.length]).toEqual([1, before + 1]);
    const audit = await app.database.query<{ action: string }>(`select action from partners.audit where resource_id = $1 order by id`, [recipientId]);
    expect(audit.map(({ action }) => action)).toEqual(['message-recipient.enter', 'message-recipient.unsubscribe']);
  });

  it('stops what waits, and takes mail up again', async () => {
    await press(`${link}/withdrawal`).expect(200);
    expect(await optedOut()).toBeNull();
    mail.moods = ['busy'];
    await happens();
    await press(link).expect(200);
    await app.app.get(MessageSender).run(new Date(noon.getTime() + 600_000));
    expect((await app.get(bank, '/v1/messages?state=CANCELLED').expect(200)).body.items).toMatchObject([{ channel: 'MAIL', reason: 'OPTED_OUT', attempts: 1 }]);
    await press(`${link}/withdrawal`).expect(200);
    await happens();
    expect(mail.mails.length).toBe(2);
  });

  it('is nobody else’s: changed, cut, made up, or of somebody who was taken out, it leads nowhere', async () => {
    const token = link.split('/').at(-1)!;
    const [id, mac] = token.split('.');
    const flipped = `${mac.startsWith('A') ? 'B' : 'A'}${mac.slice(1)}`;
    const other = Buffer.from(newId().replaceAll('-', ''), 'hex').toString('base64url');
    for (const wrong of [`${id}.${flipped}`, `${id}.`, `${id}.${mac.slice(0, -4)}`, id, `${other}.${mac}`, newId(), `${token}.x`]) {
      const path = `/unsubscribe/${encodeURIComponent(wrong)}`;
      expect([wrong, (await app.get(anonymous, path)).status, (await press(path)).status]).toEqual([wrong, 404, 404]);
    }
    await app.post(bank, `/v1/message-recipients/${recipientId}/removal`).expect(200);
    await app.get(anonymous, link).expect(404);
  });
});
