import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@finharbor/contracts/ids';
import { newWebhookKey, webhookVerifier } from '@finharbor/security/webhooks/webhook-keys';
import { verifyWebhook, type WebhookHeaders } from '@finharbor/security/webhooks/webhook-signature';
import { FileAdapter } from '../src/messages/file-adapter.js';
import type { Outcome, OutgoingMessage } from '../src/messages/outcomes.js';
import { SmsGateway } from '../src/messages/sms-gateway.js';
import { SmtpAdapter } from '../src/messages/smtp-adapter.js';
import { bodyOf, MailServer, type Mood } from './mail-server.js';
import { type SmsAnswer, TestGateway } from './sms-gateway.js';

const from = '金融服务港湾 <no-reply@harbor.example>';
const mail = (): OutgoingMessage =>
  ({ id: newId(), to: 'zhou.min@bank.example', subject: '【金融服务港湾】新的融资需求', text: '周敏您好：\n\n.\n新到1笔。\n', unsubscribeUrl: 'https://x.example/unsubscribe/t' });
const staying = new AbortController().signal;
const sms = (): OutgoingMessage => ({ id: newId(), to: '13900001234', text: '【金融服务港湾】新到1笔。' });

/** Nothing that an adapter says names anybody. */
const told = (outcome: Outcome): string[] => {
  expect(JSON.stringify(outcome)).not.toMatch(/zhou\.min|13900001234|bank\.example/);
  return [outcome.result, 'reason' in outcome ? outcome.reason : ''];
};

describe('mail by SMTP', () => {
  let server: MailServer;
  const send = (url = server.url(), message = mail()): Promise<Outcome> =>
    new SmtpAdapter({ url: new URL(url), from }).send(message, staying);

  beforeAll(async () => { server = await MailServer.start(); });
  beforeEach(() => { server.mails.length = 0; server.moods = []; });
  afterAll(() => server.stop());

  it('arrives whole, under its own id, with a way to opt out that mail programs know', async () => {
    const message = mail();
    expect(told(await send(undefined, message))).toEqual(['SENT', '']);
    const [{ raw, to, from: sender }] = server.mails;
    expect([to, sender]).toEqual([['zhou.min@bank.example'], 'no-reply@harbor.example']);
    expect(bodyOf(server.mails[0]).trimEnd().replaceAll('\r', '')).toBe(message.text.trimEnd());
    for (const line of [`Message-ID: <${message.id}@harbor.example>`, 'List-Unsubscribe: <https://x.example/unsubscribe/t>',
      'List-Unsubscribe-Post: List-Unsubscribe=One-Click', 'Auto-Submitted: auto-generated']) expect(raw).toContain(`${line}\r\n`);
    expect(raw).toMatch(/^Subject: =\?UTF-8\?/m);
  });

  it.each<[Mood, string[], number]>([
    ['busy', ['NOT_SENT', 'SMTP_451'], 0], ['no such user', ['REFUSED', 'SMTP_550'], 0], ['no sender', ['NOT_SENT', 'SMTP_553'], 0],
    ['content refused', ['REFUSED', 'SMTP_554'], 0], ['lost at the address', ['NOT_SENT', 'ECONNECTION'], 0], ['lost after the end', ['UNKNOWN', 'ECONNECTION'], 1],
  ])('%s: %j', async (mood, wanted, arrived) => {
    server.moods = [mood];
    expect([told(await send()), server.mails.length, server.moods]).toEqual([wanted, arrived, []]);
    expect(told(await send())).toEqual(['SENT', '']);
  });

  it('nobody there, no way to TLS where it must be, no such name: certainly not sent', async () => {
    expect(told(await send('smtp://127.0.0.1:1'))).toEqual(['NOT_SENT', 'ESOCKET']);
    expect((await send(`smtps://127.0.0.1:${server.port}`)).result).toBe('NOT_SENT');
    expect((await send(`smtp://nowhere.invalid:${server.port}`)).result).toBe('NOT_SENT');
    expect(server.mails).toEqual([]);
  });

  it('signs in, and a wrong password is ours to mend', async () => {
    const closed = await MailServer.start({ user: 'harbor', pass: 'p@ss' });
    expect(told(await send(closed.url('harbor:p%40ss')))).toEqual(['SENT', '']);
    expect(told(await send(closed.url('harbor:wrong')))).toEqual(['NOT_SENT', 'SMTP_535']);
    expect(told(await send(closed.url()))).toEqual(['NOT_SENT', 'SMTP_530']);
    await closed.stop();
  });
});

describe('SMS by a gateway', () => {
  let gateway: TestGateway;
  const send = (message = sms(), more: { token?: string; signingKey?: string } = {}): Promise<Outcome> =>
    new SmsGateway({ url: gateway.url, knowsIds: true, ...more }).send(message, staying);

  beforeAll(async () => { gateway = await TestGateway.start(); });
  beforeEach(() => { gateway.requests.length = 0; gateway.answers = []; });
  afterAll(() => gateway.stop());

  it('is a POST of JSON under the id of the message, with token and signature where there are any', async () => {
    const message = sms();
    const { secret, publicKey } = newWebhookKey('ED25519');
    expect(told(await send(message, { token: 'secret-token', signingKey: secret }))).toEqual(['SENT', '']);
    const [{ headers, body, text }] = gateway.requests;
    expect(body).toEqual({ id: message.id, mobile: message.to, text: message.text });
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'idempotency-key': message.id, authorization: 'Bearer secret-token' });
    expect(verifyWebhook(headers as never as WebhookHeaders, text, [webhookVerifier(publicKey!)])).toBe(true);
    await send();
    expect(gateway.requests[1].headers).not.toHaveProperty('authorization');
    expect(gateway.requests[1].headers).not.toHaveProperty('webhook-signature');
  });

  it.each<[SmsAnswer, string[]]>([
    [[204], ['SENT', '']], ['a gigabyte', ['SENT', '']], ['bad bytes', ['SENT', '']],
    [[302, { location: '/elsewhere' }], ['NOT_SENT', 'HTTP_302']], [[401], ['NOT_SENT', 'HTTP_401']], [[429], ['NOT_SENT', 'HTTP_429']], [[503], ['NOT_SENT', 'HTTP_503']],
    [[400], ['REFUSED', 'HTTP_400']], [[410], ['REFUSED', 'HTTP_410']], [[422], ['REFUSED', 'HTTP_422']],
    [[500], ['UNKNOWN', 'HTTP_500']], [[502], ['UNKNOWN', 'HTTP_502']], ['reset', ['UNKNOWN', 'UND_ERR_SOCKET']],
  ])('answered by %j: %j', async (answer, wanted) => {
    gateway.answers = [answer];
    expect([told(await send()), gateway.requests.length]).toEqual([wanted, 1]);
  });

  it.each([['120', 120_000], ['99999999999', undefined], ['soon', undefined], ['Thu, 01 Jan 1970 00:00:00 GMT', 0]])('asked to wait %j: %j ms', async (text, ms) => {
    gateway.answers = [[429, { 'retry-after': text }]];
    expect(await send()).toEqual({ result: 'NOT_SENT', reason: 'HTTP_429', retryAfterMs: ms });
  });

  it('nobody there, no such name, no such certificate: certainly not sent', async () => {
    const to = async (url: string): Promise<string[]> => told(await new SmsGateway({ url, knowsIds: false }).send(sms(), staying));
    expect(await to('http://127.0.0.1:1/')).toEqual(['NOT_SENT', 'ECONNREFUSED']);
    expect((await to('http://nowhere.invalid/'))[0]).toBe('NOT_SENT');
  });
});

describe('the folder', () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'finharbor-messages-')), 'new');
  afterAll(() => rmSync(join(folder, '..'), { recursive: true }));

  it('gets each message once, as a file of one line that its owner alone reads', async () => {
    const [adapter, message] = [new FileAdapter(folder), sms()];
    for (const _ of [1, 2]) expect(await adapter.send(message)).toEqual({ result: 'SENT' });
    expect(readdirSync(folder)).toEqual([`${message.id}.json`]);
    const file = join(folder, `${message.id}.json`);
    expect(readFileSync(file, 'utf8')).toBe(`${JSON.stringify(message)}\n`);
    expect([statSync(folder).mode & 0o777, statSync(file).mode & 0o777]).toEqual([0o700, 0o600]);
  });

  it('that cannot be written has not got it', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(told(await new FileAdapter(file).send(sms()))).toEqual(['NOT_SENT', 'FILE_EEXIST']);
  });
});
