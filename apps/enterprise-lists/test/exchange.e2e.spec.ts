import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@finharbor/testing/until';
import { Exchange } from '../src/dispatches/exchange/exchange.js';
import { dispatch, moreBanks, type SeededList, seedList, stored, told } from './dispatch-support.js';
import { PlatformPeer } from './platform-peer.js';
import { Story } from './support.js';

/** The outside platform is a process of its own (tools/channel-peer.mjs), which behaves or does not. */
describe.each(['INCLUSIVE', 'GREEN'])('the exchange with the platform of %s', (channel) => {
  const peer = new PlatformPeer(channel);
  const { folder } = peer;
  let story: Story;

  beforeAll(async () => { story = await Story.begin(await peer.prepare()); });
  afterEach(() => peer.stop());
  afterAll(async () => {
    await story.app.close();
    peer.remove();
  });

  const start = (misbehave?: string): Promise<void> => peer.start(misbehave);
  const run = (): Promise<void> => story.app.app.get(Exchange).run();
  /** A list that was handed to the platform and that it has not confirmed: before it is there, as the service's own timer reads too. */
  const sent = async (rows = 2): Promise<SeededList> => {
    const list = await seedList(story, Array.from({ length: rows }, () => ({ consentRef: '授权书2026-7' })));
    await dispatch(story, { id: list.id, channel, bankIds: [story.bank.organisationId] });
    expect(await states(list)).toEqual(Array.from({ length: rows }, () => 'SENT'));
    return list;
  };
  const states = async ({ id }: SeededList): Promise<string[]> => (await stored(story, id)).map(({ state }) => state);
  const delivered = (list: SeededList): Promise<unknown> => until('the receipt is recorded', async () => {
    await run();
    return (await states(list)).every((state) => state === 'DELIVERED');
  });
  /** The time after which a file is sent again is over. */
  const later = (): Promise<unknown> => story.app.database.query('update enterprise_lists.exchange_files set send_after = now() where receipted_at is null');
  const files = (where: string): string[] => peer.files(where);
  /** Runs until a file lies there whole: the service's own timer may be just about to write it. */
  const written = (): Promise<unknown> => until('the file lies there', async () => { await run(); return files('out').some((name) => name.endsWith('.ndjson.sig')); });
  const announced = async ({ id }: SeededList): Promise<number[]> => {
    const dispatches = await story.app.database.query<{ id: string }>('select id from enterprise_lists.dispatches where push_list_id = $1', [id]);
    return (await told(story, 'referrals.dispatched')).filter(({ aggregateId }) => dispatches.some((one) => one.id === aggregateId)).map(({ payload }) => payload.count);
  };

  it('advances a row on the receipt alone, and the bank has heard nothing of it before', async () => {
    const list = await sent();
    await run();
    expect([await states(list), await announced(list)]).toEqual([['SENT', 'SENT'], []]);
    const [referral] = await stored(story, list.id);
    await story.app.get(story.bank, `/v1/referrals/${referral.id}`).expect(404);
    expect(await story.all(story.bank, '/v1/referrals?state=SENT')).toEqual([]);
    expect((await story.all(story.supervisor, '/v1/referrals?state=SENT')).map(({ id }) => id)).toContain(referral.id);
    await story.acknowledge(story.bank, [referral.id]).expect(404);
    await start();
    await delivered(list);
    expect(await announced(list)).toEqual([2]);
    expect(await story.referralIds(story.bank, list.id)).toHaveLength(2);
    await until('the folder is empty', () => files('out').length + files('in').length === 0);
  });

  it('tells the platform nothing of who the rows are about', async () => {
    const list = await sent();
    await written();
    const text = readFileSync(join(folder, 'out', files('out').find((name) => name.endsWith('.ndjson'))!), 'utf8');
    const [head, ...rows] = text.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(head).toMatchObject({ form: 'finharbor.exchange.1', kind: 'DISPATCH', channel, bank: story.bank.organisationId, rows: 2 });
    expect(rows.map(({ referral }) => referral)).toEqual((await stored(story, list.id)).map(({ id }) => id).sort());
    const about = await story.app.database.query<{ id: string; name: string }>('select id, name from enterprise_lists.enterprises where credit_code = any($1)', [list.codes]);
    for (const secret of [...list.codes, ...list.entryIds, ...about.flatMap(({ id, name }) => [id, name]), '授权书', '购买设备']) expect(text).not.toContain(secret);
    await start();
    await delivered(list);
  });

  it('sends a file again that was lost, with the same id and the same bytes', async () => {
    const list = await sent();
    await start('lose');
    const file = await until('it is sent', async () => {
      await run();
      const [found] = await story.app.database.query<{ id: string; sha256: string }>(
        'select id, sha256 from enterprise_lists.exchange_files where receipted_at is null and sent_at is not null');
      return found;
    });
    await until('the platform took it and lost it', () => peer.said.includes('lost'));
    await run();
    expect([await states(list), files('out')]).toEqual([['SENT', 'SENT'], []]);
    await later();
    await delivered(list);
    expect(await story.app.database.query('select id, sha256, sent_count from enterprise_lists.exchange_files where id = $1', [file.id])).toEqual([{ ...file, sent_count: 2 }]);
    expect(await announced(list)).toEqual([2]);
  });

  it('gives a receipt that comes twice no second effect', async () => {
    const list = await sent();
    await start('double');
    await run();
    await until('it answered twice', () => peer.said.includes('DISPATCH 2 rows'));
    await Promise.all([run(), run()]);
    await until('both are read', async () => { await run(); return files('in').length === 0; });
    expect([await states(list), await announced(list)]).toEqual([['DELIVERED', 'DELIVERED'], [2]]);
    expect(await story.app.database.query('select 1 from enterprise_lists.exchange_refusals')).toEqual([]);
  });

  it.each(['corrupt', 'forge'])('refuses a receipt that is not what the platform signed (%s), keeps it aside, and takes the right one', async (how) => {
    const before = files('refused').length;
    const list = await sent();
    await start(how);
    await run();
    await until('it is refused', async () => { await run(); return files('refused').length === before + 2; });
    expect([await states(list), await announced(list)]).toEqual([['SENT', 'SENT'], []]);
    const refusals = await story.app.database.query<{ reason: string }>('select reason from enterprise_lists.exchange_refusals order by at desc limit 1');
    expect(refusals).toEqual([{ reason: 'SIGNATURE' }]);
    const { text } = await story.app.get(undefined, '/metrics').expect(200);
    expect(text).toMatch(/finharbor_exchange_refused_receipts\{[^}]*\} [1-9]/);
    await later();
    await delivered(list);
  });

  it('refuses what is signed and says something else: another file, other rows, another channel, no form', async () => {
    const list = await sent();
    await written();
    const [{ id, sha256 }] = await story.app.database.query<{ id: string; sha256: string }>('select id, sha256 from enterprise_lists.exchange_files where receipted_at is null');
    const { ExchangeSigner } = await import('../src/dispatches/exchange/exchange-keys.js');
    const signer = new ExchangeSigner(readFileSync(peer.keyFile, 'utf8'));
    const receipt = { form: 'finharbor.exchange-receipt.1', receipt: list.id, file: id, channel, sha256, rows: 2, at: new Date().toISOString() };
    const wrong: [object, string][] = [
      [{ ...receipt, file: list.id }, 'FILE'], [{ ...receipt, rows: 1 }, 'CONTENT'], [{ ...receipt, sha256: 'x' }, 'CONTENT'],
      [{ ...receipt, channel: 'OTHER' }, 'CHANNEL'], [{ ...receipt, form: 'other' }, 'FORM'],
    ];
    for (const [at, [body, reason]] of wrong.entries()) {
      const text = JSON.stringify(body);
      writeFileSync(join(folder, 'in', `wrong-${at}.json`), text);
      writeFileSync(join(folder, 'in', `wrong-${at}.json.sig`), signer.sign(Buffer.from(text)));
      await run();
      expect(await story.app.database.query('select reason from enterprise_lists.exchange_refusals where name = $1', [`wrong-${at}.json`])).toEqual([{ reason }]);
    }
    expect(await states(list)).toEqual(['SENT', 'SENT']);
    await start();
    await later();
    await delivered(list);
  });

  it('recalls rows through the platform too, whose receipt is counted, and delivers none that was withdrawn before', async () => {
    const deliveries = async (): Promise<number> => {
      const { items } = (await story.app.get(story.supervisor, `/v1/bank-responses?bankId=${story.bank.organisationId}`).expect(200)).body;
      return (items as { deliveredCount: number }[])[0]?.deliveredCount ?? 0;
    };
    const before = await deliveries();
    const list = await sent(2);
    expect(await deliveries()).toBe(before);
    await story.app.database.query(`update enterprise_lists.list_entries set state = 'WITHDRAWN' where id = $1`, [list.entryIds[0]]);
    await story.app.deliver('list-entries.withdrawn', { pushListId: list.id, entryIds: [list.entryIds[0]], reason: '撤回' });
    await story.app.settle();
    const recall = async (): Promise<unknown> => (await story.app.get(story.supervisor, `/v1/push-lists/${list.id}/recalls`).expect(200)).body;
    expect(await recall()).toMatchObject([{ bankCount: 0, fileCount: 1, receiptCount: 0 }]);
    await start();
    await until('both receipts are recorded', async () => { await run(); return (await states(list)).includes('DELIVERED') && JSON.stringify(await recall()).includes('"receiptCount":1'); });
    expect([await states(list), await announced(list), await deliveries() - before]).toEqual([['RECALLED', 'DELIVERED'], [1], 1]);
    const inbox = readdirSync(peer.inbox).map((name) => readFileSync(join(peer.inbox, name), 'utf8')).filter((text) => text.includes('"kind":"RECALL"'));
    expect(inbox.at(-1)).toContain((await stored(story, list.id))[0].id);
  });

  it('is done by any number of replicas, each file once', async () => {
    await start();
    const banks = await moreBanks(story, 6);
    const list = await seedList(story, [{}]);
    await dispatch(story, { id: list.id, channel, bankIds: banks.map(({ organisationId }) => organisationId) });
    await until('all are recorded', async () => {
      await Promise.all([run(), run(), run()]);
      return (await states(list)).every((state) => state === 'DELIVERED');
    });
    expect(await announced(list)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(await story.app.database.query('select max(sent_count) as most from enterprise_lists.exchange_files where row_count = 1 and kind = $1', ['DISPATCH'])).toEqual([{ most: 1 }]);
  });
});
