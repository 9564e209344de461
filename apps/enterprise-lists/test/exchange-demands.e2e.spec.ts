import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Payload } from '@finharbor/contracts/events/catalogue';
import { enterpriseIdOf, newId } from '@finharbor/contracts/ids';
import { GuaranteeType, SizeClass } from '@finharbor/contracts/vocabulary';
import { until } from '@finharbor/testing/until';
import { Exchange } from '../src/dispatches/exchange/exchange.js';
import { ExchangeSigner } from '../src/dispatches/exchange/exchange-keys.js';
import { told } from './dispatch-support.js';
import { PlatformPeer } from './platform-peer.js';
import { Story } from './support.js';

/** Demands out to the inclusive platform and back. It is a process of its own (tools/channel-peer.mjs), which behaves or does not. */
describe('demands and the platform of the inclusive channel', () => {
  const peer = new PlatformPeer('INCLUSIVE');
  const { folder, inbox } = peer;
  const outbox = join(peer.home, 'outbox');
  let story: Story;

  beforeAll(async () => {
    story = await Story.begin(await peer.prepare());
    mkdirSync(outbox);
    mkdirSync(join(folder, 'in'), { recursive: true });
  });
  afterEach(() => peer.stop());
  afterAll(async () => {
    await story.app.close();
    peer.remove();
  });

  const start = (misbehave?: string): Promise<void> => peer.start(misbehave, ['--resend', '300', '--outbox', outbox]);
  const run = (): Promise<void> => story.app.app.get(Exchange).run();
  const files = (where: string): string[] => peer.files(where);
  const later = (): Promise<unknown> => story.app.database.query('update enterprise_lists.exchange_files set send_after = now() where receipted_at is null');
  const facts = (): Omit<Payload<'application.offered'>, 'offerId'> => ({
    kind: 'FIRST_LOAN', amount: '500000.00', termMonths: 12, guaranteeTypes: [GuaranteeType.CREDIT], sizeClass: SizeClass.MICRO, regionCode: '500101',
    industryCode: 'C13', source: 'LOAN_CODE', harborId: story.bank.organisationId!,
  });
  const offer = async (offerId = newId()): Promise<string> => {
    await story.app.deliver('application.offered', { offerId, ...facts() });
    return offerId;
  };
  const recall = (offerId: string): Promise<void> => story.app.deliver('application.recalled', { offerId });
  const confirmed = async (offerId: string): Promise<Payload<'platform-demands.confirmed'>[]> =>
    (await told(story, 'platform-demands.confirmed')).map(({ payload }) => payload).filter(({ offerIds }) => offerIds.includes(offerId));
  const confirmedAs = (offerId: string, kinds: string[], again?: () => Promise<unknown>): Promise<unknown> => until(`it is confirmed as ${kinds.join()}`, async () => {
    await again?.();
    await run();
    return JSON.stringify((await confirmed(offerId)).map(({ kind }) => kind)) === JSON.stringify(kinds);
  });
  const atPlatform = (offerId: string): string[] => readdirSync(inbox).map((name) => readFileSync(join(inbox, name), 'utf8')).filter((text) => text.includes(offerId));
  const refusals = async (): Promise<string[]> =>
    (await story.app.database.query<{ reason: string }>('select reason from enterprise_lists.exchange_refusals order by at, name')).map(({ reason }) => reason);

  describe('go out', () => {
    it('many in one file, and are there on its receipt alone', async () => {
      // At once: the service's own timer would put what came singly into files of its own.
      const offers = [newId(), newId(), newId()];
      await story.app.database.query('insert into enterprise_lists.exchange_demands (offer_id, facts) select unnest($1::uuid[]), $2', [offers, JSON.stringify(facts())]);
      await until('the file lies there', async () => { await run(); return files('out').some((one) => one.endsWith('.ndjson.sig')); });
      expect(await confirmed(offers[0])).toEqual([]);
      const [name, ...more] = files('out').filter((one) => one.endsWith('.ndjson'));
      expect(more).toEqual([]);
      const [head, ...rows] = readFileSync(join(folder, 'out', name), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as object);
      expect(head).toEqual({ form: 'finharbor.exchange.1', file: name.slice(0, 36), kind: 'DEMANDS', channel: 'INCLUSIVE', madeAt: expect.any(String), rows: 3 });
      expect(rows).toEqual([...offers].sort().map((demand) => ({
        demand, kind: 'FIRST_LOAN', amount: '500000.00', termMonths: 12, guaranteeTypes: ['CREDIT'], sizeClass: 'MICRO', regionCode: '500101',
        industryCode: 'C13',
      })));
      await start();
      await confirmedAs(offers[0], ['DEMANDS']);
      expect((await confirmed(offers[2]))[0].offerIds).toEqual([...offers].sort());
      expect(files('out')).toEqual([]);
    });

    it('again when the file was lost, the same bytes', async () => {
      await start('lose');
      const id = await offer();
      await until('the platform took it and lost it', async () => { await run(); return peer.said.includes('lost'); });
      expect(await confirmed(id)).toEqual([]);
      const file = (): Promise<{ id: string; sha256: string; sent: number }[]> => story.app.database.query(
        `select f.id, sha256, sent_count as sent from enterprise_lists.exchange_files f join enterprise_lists.exchange_demands d on d.file_id = f.id where offer_id = $1`, [id]);
      const [first] = await file();
      await confirmedAs(id, ['DEMANDS'], later);
      const [then] = await file();
      expect(then).toEqual({ ...first, sent: expect.any(Number) });
      expect(then.sent).toBeGreaterThan(1);
    });

    it('once, when the receipt comes twice', async () => {
      await start('double');
      const id = await offer();
      await run();
      await until('it answered twice', () => peer.said.includes('DEMANDS 1 rows'));
      await Promise.all([run(), run()]);
      await until('both are read', async () => { await run(); return files('in').length === 0; });
      expect(await confirmed(id)).toHaveLength(1);
    });

    it.each(['corrupt', 'forge'])('not by a receipt that the platform did not sign so (%s), which is kept aside', async (how) => {
      const [before, many] = [files('refused').length, (await refusals()).length];
      const id = await offer();
      await start(how);
      await run();
      await until('it is refused', async () => { await run(); return files('refused').length === before + 2; });
      expect([await confirmed(id), (await refusals()).slice(many)]).toEqual([[], ['SIGNATURE']]);
      await confirmedAs(id, ['DEMANDS'], later);
    });

    it('and are taken back: at the platform if it has them, else they never go', async () => {
      // The recall is told first here, as events may be: the service's own timer files an offer before anybody can take it back.
      const never = newId();
      await recall(never);
      await offer(never);
      const there = await offer();
      await start();
      await confirmedAs(there, ['DEMANDS']);
      await recall(there);
      await recall(there);
      await confirmedAs(there, ['DEMANDS', 'DEMAND_RECALL']);
      expect(atPlatform(there).map((text) => (JSON.parse(text.split('\n')[0]) as { kind: string }).kind).sort()).toEqual(['DEMANDS', 'DEMAND_RECALL']);
      expect([atPlatform(never), await confirmed(never)]).toEqual([[], []]);
    });

    it('are recalled only after the platform had them, so that no recall overtakes its offer', async () => {
      const id = await offer();
      await until('it lies there', async () => { await run(); return files('out').some((name) => name.endsWith('.ndjson.sig')); });
      await recall(id);
      await run();
      expect(files('out').filter((name) => name.endsWith('.ndjson'))).toHaveLength(1);
      await start();
      await confirmedAs(id, ['DEMANDS', 'DEMAND_RECALL']);
    });
  });

  describe('come back', () => {
    let number = 0;
    const application = (changed: object = {}): Record<string, unknown> => ({
      reference: `YRT-${++number}`, enterpriseName: '万州示例食品有限公司', creditCode: '91500101MA5U00011L', kind: 'FIRST_LOAN', amount: '300000.00', termMonths: 12,
      purpose: '采购原材料', guaranteeTypes: ['CREDIT'], regionCode: '500101001', industryCode: 'C1371',
      consent: { textVersion: 'yrt-2026-1', givenAt: '2026-11-22T12:00:00.000Z' }, ...changed,
    });
    const outcome = (demand: string, changed: object = {}): Record<string, unknown> =>
      ({ outcome: newId(), demand, result: 'REJECTED', reasonCode: 'INSUFFICIENT_GUARANTEE', at: '2026-11-22T12:00:00.000Z', ...changed });
    /** The platform says something of its own accord, until it has our receipt. */
    const says = async (kind: string, rows: object[], misbehave = ''): Promise<void> => {
      const name = `${++number}.json`;
      writeFileSync(join(outbox, name), JSON.stringify({ kind, rows }));
      if (!peer.isThere) await start(misbehave);
      await until('the platform has our receipt', async () => { await run(); return existsSync(join(outbox, `${name}.done`)); });
    };
    /** A file as a test writes it, signed by the platform. */
    const lays = async (name: string, head: object, rows: object[]): Promise<void> => {
      const signer = new ExchangeSigner(readFileSync(peer.keyFile, 'utf8'));
      const text = [{ form: 'finharbor.exchange.1', file: newId(), kind: 'APPLICATIONS', channel: 'INCLUSIVE', madeAt: new Date().toISOString(), rows: rows.length, ...head }, ...rows]
        .map((line) => `${JSON.stringify(line)}\n`).join('');
      writeFileSync(join(folder, 'in', name), text);
      writeFileSync(join(folder, 'in', `${name}.sig`), signer.sign(Buffer.from(text)));
      await run();
    };
    /** As it is told: events carry no credit code. */
    const asTold = ({ creditCode, ...row }: Record<string, unknown>): object =>
      ({ ...row, enterpriseId: enterpriseIdOf(creditCode as string) });
    const taken = async (reference: unknown): Promise<object[]> =>
      (await told(story, 'platform-application.received')).map(({ payload }) => payload).filter((one) => one.reference === reference);

    it('as applications made there, told once each with all that was said', async () => {
      const rows = [application(), application()];
      await says('APPLICATIONS', rows);
      for (const row of rows) expect(await taken(row.reference)).toEqual([asTold(row)]);
      // The same reference in another file is no news.
      await says('APPLICATIONS', [{ ...rows[0], amount: '900000.00' }, application()]);
      expect(await taken(rows[0].reference)).toEqual([asTold(rows[0])]);
    });

    it.each(['lose', 'double', 'corrupt', 'forge'])('whatever happens on the way (%s), once, and what is not the platform’s is kept aside', async (how) => {
      const [before, row] = [(await refusals()).length, application()];
      await says('APPLICATIONS', [row], how);
      await until('all is read', async () => { await run(); return files('in').length === 0; });
      expect(await taken(row.reference)).toEqual([asTold(row)]);
      expect((await refusals()).slice(before)).toEqual(how === 'corrupt' || how === 'forge' ? ['SIGNATURE'] : []);
    });

    it('as what its banks did with a demand that it was offered, once each', async () => {
      await start();
      const id = await offer();
      await confirmedAs(id, ['DEMANDS']);
      const rows = [outcome(id, { result: 'CONTACTED', reasonCode: null }), outcome(id)];
      await says('OUTCOMES', rows);
      await says('OUTCOMES', rows);
      const outcomes = (await told(story, 'platform-outcome.received')).map(({ payload }) => payload).filter(({ offerId }) => offerId === id);
      expect(outcomes.map(({ result, reasonCode }) => [result, reasonCode]).sort()).toEqual([['CONTACTED', null], ['REJECTED', 'INSUFFICIENT_GUARANTEE']]);
    });

    it('hold up nothing behind them where they can never be recorded', async () => {
      const [never, good] = [application({ reference: 'YRT-NEVER' }), application()];
      await story.app.database.query(`alter table enterprise_lists.exchange_incoming_rows add check (reference <> 'YRT-NEVER')`);
      await lays('a-never.ndjson', {}, [never]);
      await lays('b-good.ndjson', {}, [good]);
      expect(await story.app.database.query(`select name, reason from enterprise_lists.exchange_refusals where name ~ '^[ab]-'`)).toEqual([{ name: 'a-never.ndjson', reason: 'FORM' }]);
      expect(files('refused').some((one) => one.endsWith('a-never.ndjson'))).toBe(true);
      expect([await taken(never.reference), await taken(good.reference)]).toEqual([[], [asTold(good)]]);
    });

    it('are refused by name, whole, for anything that is wrong in them', async () => {
      const good = application();
      const wrong: [object, object[], string][] = [
        [{ channel: 'GREEN' }, [good], 'CHANNEL'], [{ rows: 2 }, [good], 'CONTENT'], [{ form: 'other' }, [good], 'FORM'], [{ kind: 'OTHER' }, [good], 'FORM'],
        [{}, [good, application({ contactPhone: '13987654321' })], 'FORM'], [{}, [good, application({ consent: undefined })], 'FORM'],
        [{}, [application({ amount: '-5' })], 'FORM'], [{}, [application({ creditCode: 'ABCDEFGHIJKLMNOPQR' })], 'FORM'],
        [{}, [application({ purpose: '请致电 13987654321' })], 'FORM'], [{}, [application({ reference: '../x' })], 'FORM'],
        ...[{ enterpriseName: '万州\u0000公司' }, { enterpriseName: '万州\ud800' }, { regionCode: '500101\u0000' }, { industryCode: '\udc00' }]
          .map((changed): [object, object[], string] => [{}, [good, application(changed)], 'FORM']),
        [{ kind: 'OUTCOMES' }, [outcome(newId())], 'DEMAND'], [{ kind: 'OUTCOMES' }, [outcome(newId(), { reasonCode: null })], 'FORM'],
        [{ kind: 'OUTCOMES' }, [outcome(newId(), { result: 'LENT' })], 'FORM'],
      ];
      for (const [at, [head, rows, reason]] of wrong.entries()) {
        const name = `wrong-${at}.ndjson`;
        await lays(name, head, rows);
        expect([at, await story.app.database.query('select reason from enterprise_lists.exchange_refusals where name = $1', [name])]).toEqual([at, [{ reason }]]);
        expect(files('refused').some((one) => one.endsWith(name))).toBe(true);
      }
      expect(await taken(good.reference)).toEqual([]);
      const file = newId();
      await lays('first.ndjson', { file }, [good]);
      await lays('other.ndjson', { file }, [application()]);
      expect(await story.app.database.query('select reason from enterprise_lists.exchange_refusals where name = $1', ['other.ndjson'])).toEqual([{ reason: 'CONTENT' }]);
      expect(await taken(good.reference)).toEqual([asTold(good)]);
    });
  });
});
