import { Webhook } from 'standardwebhooks';
import { newWebhookKey, webhookSigner, webhookVerifier } from './webhook-keys.js';
import { signWebhook, verifyWebhook, type WebhookHeaders } from './webhook-signature.js';

/** The published example; scanners for leaked secrets know the whole text of its secret. */
const published = {
  secret: ['whsec', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'].join('_'),
  privateKey: ['whsk', '6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=='].join('_'),
  publicKey: 'whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=',
  webhook: { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330, body: '{"test": 2432232314}' },
  v1: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  v1a: 'v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==',
};
const { webhook } = published;
const now = (): number => Math.floor(Date.now() / 1_000);

const headersOf = (signature: string, { id = webhook.id, timestamp = webhook.timestamp } = {}): WebhookHeaders =>
  ({ 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature });

describe('the published example', () => {
  it('is signed as published, with the secret and with the private key in both its forms', () => {
    const seed = `whsk_${Buffer.from(published.privateKey.slice('whsk_'.length), 'base64').subarray(0, 32).toString('base64')}`;
    expect(signWebhook(webhook, [webhookSigner(published.secret)])).toBe(published.v1);
    expect(signWebhook(webhook, [webhookSigner(published.privateKey)])).toBe(published.v1a);
    expect(signWebhook({ ...webhook, body: Buffer.from(webhook.body) }, [webhookSigner(seed)])).toBe(published.v1a);
  });

  it('is verified with the secret and with the public key', () => {
    for (const [key, signature] of [[published.secret, published.v1], [published.publicKey, published.v1a]]) {
      const verifiers = [webhookVerifier(key)];
      expect(verifyWebhook(headersOf(signature), webhook.body, verifiers, webhook.timestamp)).toBe(true);
      expect(verifyWebhook(headersOf(signature), Buffer.from(`${webhook.body} `), verifiers, webhook.timestamp)).toBe(false);
      expect(verifyWebhook(headersOf(signature, { id: 'msg_other' }), webhook.body, verifiers, webhook.timestamp)).toBe(false);
      const later = headersOf(signature, { timestamp: webhook.timestamp + 1 });
      expect(verifyWebhook(later, webhook.body, verifiers, webhook.timestamp)).toBe(false);
    }
  });
});

describe('the reference library', () => {
  const { secret } = newWebhookKey('HMAC');
  const reference = new Webhook(secret);

  it('verifies what we sign, beside other signatures, and refuses what we sign with another secret', () => {
    const sent = { id: 'a', timestamp: now(), body: '{"名":"称"}' };
    const signers = [newWebhookKey('ED25519'), newWebhookKey('HMAC'), { secret }].map((key) => webhookSigner(key.secret));
    const headers = { ...headersOf(signWebhook(sent, signers), sent) };
    expect(reference.verify(sent.body, headers)).toEqual({ 名: '称' });
    expect(() => reference.verify(sent.body, { ...headersOf(signWebhook(sent, signers.slice(0, 2)), sent) })).toThrow('No matching signature');
  });

  it('signs what we verify', () => {
    const timestamp = now();
    const signature = reference.sign('b', new Date(timestamp * 1_000), '{}');
    expect(verifyWebhook(headersOf(signature, { id: 'b', timestamp }), '{}', [webhookVerifier(secret)])).toBe(true);
  });

  it('takes the same times for too old and too new', () => {
    for (const [seconds, isFine] of [[-301, false], [-299, true], [0, true], [299, true], [302, false]] as const) {
      const sent = { id: 'c', timestamp: now() + seconds, body: '{}' };
      const headers = headersOf(signWebhook(sent, [webhookSigner(secret)]), sent);
      const theirs = (): unknown => reference.verify('{}', { ...headers });
      if (isFine) expect(theirs).not.toThrow();
      else expect(theirs).toThrow('timestamp too');
      expect(verifyWebhook(headers, '{}', [webhookVerifier(secret)])).toBe(isFine);
    }
  });
});

describe('a webhook', () => {
  it('is verified with any of several keys, against any of several signatures', () => {
    const [old, next, other] = [newWebhookKey('ED25519'), newWebhookKey('ED25519'), newWebhookKey('ED25519')];
    const sent = { id: 'd', timestamp: now(), body: '{}' };
    const headers = headersOf(signWebhook(sent, [webhookSigner(next.secret), webhookSigner(old.secret)]), sent);
    const isVerifiedBy = (...keys: typeof old[]): boolean => verifyWebhook(headers, '{}', keys.map((key) => webhookVerifier(key.publicKey!)));
    expect([isVerifiedBy(old), isVerifiedBy(next), isVerifiedBy(other, next), isVerifiedBy(other)]).toEqual([true, true, true, false]);
  });

  it('is not verified under the name of another kind of signature, nor by half of one', () => {
    const verifiers = [webhookVerifier(published.publicKey), webhookVerifier(published.secret)];
    const value = published.v1.slice('v1,'.length);
    for (const signature of [`v1a,${value}`, `v2,${value}`, value, 'v1', 'v1,', '', ` ,${value}`, published.v1.slice(0, -4), `v1,${published.v1a.slice('v1a,'.length)}`]) {
      expect(verifyWebhook(headersOf(signature), webhook.body, verifiers, webhook.timestamp)).toBe(false);
    }
    expect(verifyWebhook(headersOf(`v1,AAAA v9 ${published.v1}`), webhook.body, verifiers, webhook.timestamp)).toBe(true);
  });

  it('has a time that is a number', () => {
    const verifiers = [webhookVerifier(published.secret)];
    for (const timestamp of ['', 'now', '1614265330.0', '-1', '+1614265330', '0x6037d472']) {
      expect(verifyWebhook({ ...headersOf(published.v1), 'webhook-timestamp': timestamp }, webhook.body, verifiers, webhook.timestamp)).toBe(false);
    }
  });

  it('has an id without dots and spaces', () => {
    for (const id of ['', 'a.b', 'a b']) expect(() => signWebhook({ ...webhook, id }, [])).toThrow('neither dots nor spaces');
  });
});

describe('keys', () => {
  it('are made in the forms of the standard', () => {
    const [pair, shared] = [newWebhookKey('ED25519'), newWebhookKey('HMAC')];
    expect(pair.secret).toMatch(/^whsk_[A-Za-z0-9+/]{86}==$/);
    expect(pair.publicKey).toMatch(/^whpk_[A-Za-z0-9+/]{43}=$/);
    expect(shared.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(shared.publicKey).toBeNull();
    expect([webhookSigner(pair.secret).version, webhookSigner(shared.secret).version]).toEqual(['v1a', 'v1']);
  });

  it('that are none, too short, too long or half another are refused', () => {
    const halves = [newWebhookKey('ED25519'), newWebhookKey('ED25519')].map(({ secret }) => Buffer.from(secret.slice('whsk_'.length), 'base64'));
    const mixed = Buffer.concat([halves[0].subarray(0, 32), halves[1].subarray(32)]);
    const of = (prefix: string, bytes: number): string => prefix + Buffer.alloc(bytes, 7).toString('base64');
    for (const text of ['', 'whsec_', 'whsec_%', of('whsec_', 23), of('whsec_', 65), of('whsk_', 31), of('whsk_', 33), of('hwsec_', 32), `whsk_${mixed.toString('base64')}`]) {
      expect(() => webhookSigner(text)).toThrow('webhook');
    }
    for (const text of [of('whpk_', 31), of('whpk_', 33), `whpk_${Buffer.alloc(32).toString('base64')}`, newWebhookKey('ED25519').secret]) {
      expect(() => webhookVerifier(text)).toThrow('webhook');
    }
  });
});
