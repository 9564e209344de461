import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { PublicEvent } from '@finharbor/client/events';
import { verifyWebhook } from '@finharbor/client/webhooks';
import { verifyReceipt, type Receipt } from '@finharbor/security/receipts/receipt';
import { AuditKeys } from '@finharbor/security/audit/seal';
import { testAuditKey } from '@finharbor/testing/audit';
import { startTestFleet, type TestFleet } from '@finharbor/testing/fleet';
import { until } from '@finharbor/testing/until';
import { requirements } from '../../tools/conformance/requirements.mjs';
import { startReceiver } from '../../tools/example-bank/receiver.mjs';
import { root } from '../../tools/lib/workspace.mjs';

interface Ended { code: number; stdout: string; stderr: string }

/** What a bank's engineer runs, as processes that know the address of the suite and a client. */
describe('the tools of a bank’s engineer', () => {
  let fleet: TestFleet;
  const environment = (): NodeJS.ProcessEnv => ({ PATH: process.env.PATH, FINHARBOR_DATA_DIR: fleet.dir });
  const run = (tool: string, ...args: string[]): Promise<Ended> => new Promise((resolve) => {
    execFile(process.execPath, [join(root, `tools/${tool}.mjs`), '--base', fleet.url, ...args], { env: environment() }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }));
  });
  function start(tool: string, ...args: string[]): { output: string; end: () => Promise<number>; kill: () => void } {
    const child = spawn(process.execPath, [join(root, `tools/${tool}.mjs`), '--base', fleet.url, ...args], { env: environment() });
    const ended = once(child, 'exit') as Promise<[number]>;
    const started = {
      output: '',
      end: async () => {
        child.kill('SIGTERM');
        return (await ended)[0];
      },
      kill: () => void child.kill('SIGKILL'),
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => { started.output += text; });
    return started;
  }
  /** A business that chooses a product of the first bank. */
  async function apply(): Promise<void> {
    const [bank, anybody] = [fleet.client('bank'), fleet.client()];
    const { id: productId } = await bank.call('POST /v1/products', { body: { name: '惠企贷', eligibility: {} } });
    await bank.call('POST /v1/products/{id}/publication', { path: { id: productId } });
    await fleet.settle();
    const { items: [{ code }] } = await bank.call('GET /v1/loan-codes');
    const { demand, accessSecret } = await anybody.call('POST /v1/scans/{code}/demands', {
      path: { code },
      body: {
        enterpriseName: '万州示例酒坊', creditCode: '91500101MA5U00011L', kind: 'FIRST_LOAN', amount: '300000.00', termMonths: 12, purpose: '采购原材料',
        guaranteeTypes: ['CREDIT'], contactName: '示例联系人', contactPhone: '13900000000', consent: true,
      },
    });
    await anybody.call('POST /v1/demands/{id}/choice', { path: { id: demand.id }, body: { productId }, accessSecret });
  }
  const json = <T>(...path: string[]): T => JSON.parse(readFileSync(join(fleet.dir, ...path), 'utf8')) as T;

  beforeAll(async () => {
    fleet = await startTestFleet();
    await fleet.settle();
  }, 120_000);
  afterAll(() => fleet?.stop(), 60_000);

  describe('npm run example-bank -- --once', () => {
    const referrals = (): Promise<{ state: string; count: number }[]> => fleet.database.query(
      'select state, count(*)::int as count from enterprise_lists.referrals where org_id = $1 group by state order by state', [fleet.credentials('bank').organisationId]);

    it('does the whole job of a bank', async () => {
      const [{ count: waiting }] = await referrals();
      const { code, stdout, stderr } = await run('example-bank', '--once');
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(new RegExp([
        '^token: 三峡示范银行 .*private key example-1, bound to a key of this run \\(DPoP\\)', 'signatures: .*', 'product: .* is published already',
        'webhooks: endpoint .* is active', 'webhooks: the test event came, and its signature is that of whpk_.*',
        'business: one that we play scanned our loan code and chose .*', 'change feed: [1-9]\\d* events since the last time, [1-9]\\d* of them new', 'recalls: 0 confirmed',
        `referrals: ${waiting} acknowledged, ${waiting} answered, of which [1-9]\\d* claimed`, 'demands: 1 accepted, 1 decided', 'issues: 1 acknowledged, 1 answered', 'done\n$',
      ].join('.*\n')));
      expect((await referrals()).map(({ state }) => state)).toEqual(['CLAIMED', 'REJECTED']);
      expect(await fleet.client('bank').call('GET /v1/webhook-endpoints')).toMatchObject({ items: [] });
    }, 60_000);

    it('keeps receipts that prove what it signed', () => {
      const files = readdirSync(join(fleet.dir, 'example-bank/receipts'));
      expect(files).toHaveLength(1);
      const receipt = json<Receipt>('example-bank/receipts', files[0]);
      expect(receipt.sender?.key.kid).toMatch(/^decisions-/);
      expect(verifyReceipt(receipt, new AuditKeys(testAuditKey)).map(({ holds }) => holds)).toEqual([true, true, true]);
    });

    it('finds nothing to do the second time', async () => {
      const before = await referrals();
      const { code, stdout } = await run('example-bank', '--once');
      expect([code, stdout]).toEqual([0, expect.stringMatching(/referrals: 0 acknowledged, 0 answered.*\n.*demands: 0 accepted, 0 decided\nissues: 0 acknowledged, 0 answered\ndone\n$/)]);
      expect(await referrals()).toEqual(before);
    }, 60_000);

    it('works as events come, until it is ended', async () => {
      const bank = start('example-bank');
      try {
        await until('it waits', () => bank.output.includes('waiting for events'));
        await apply();
        await until('the demand is decided', () => /event: cn\.finharbor\.demand\.chosen\.v1 of demand\/.*\n(.*\n)*demands: 1 accepted, 1 decided\n/.test(bank.output));
        expect([await bank.end(), bank.output]).toEqual([0, expect.stringMatching(/done\n$/)]);
        expect(await fleet.client('bank').call('GET /v1/webhook-endpoints')).toMatchObject({ items: [] });
      } finally {
        bank.kill();
      }
    }, 60_000);

    it('ends with code 1 and says why it cannot', async () => {
      expect(await run('example-bank', '--twice')).toMatchObject({ code: 1, stderr: expect.stringMatching(/^Unknown option '--twice'.*\n$/) });
      expect(await run('example-bank', '--once', '--base', 'http://127.0.0.1:9')).toMatchObject({ code: 1, stderr: expect.stringMatching(/^Nothing answers at http:\/\/127\.0\.0\.1:9\. .*\n$/) });
      const stranger = join(fleet.dir, 'stranger.json');
      writeFileSync(stranger, JSON.stringify({ clientId: fleet.credentials('bank').clientId, clientSecret: 'wrong' }));
      expect(await run('example-bank', '--once', '--client', stranger)).toMatchObject({ code: 1, stderr: expect.stringMatching(/^UNAUTHENTICATED: invalid_client.*\n$/) });
    }, 60_000);
  });

  describe('npm run listen', () => {
    it('forwards what came, signed, keeps how it went, and sends one again', async () => {
      const received: { event: PublicEvent; key: string }[] = [];
      let keys: string[] = [];
      const server = createServer(async (request, response) => {
        const body = Buffer.concat(await request.toArray() as Buffer[]);
        await until('the keys were told', () => keys.length === 2);
        for (const key of keys) received.push({ event: verifyWebhook([key], { headers: request.headers, body }), key });
        response.writeHead(received.length > keys.length ? 204 : 500).end();
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const listening = start('listen', '--forward-to', target, '--since', 'start', '--types', 'demand.chosen,issue.registered');
      try {
        await until('the keys are told', () => listening.output.includes('(v1)'));
        keys = [.../signed with (whpk_\S+) \(v1a\) and (whsec_\S+) /.exec(listening.output)!.slice(1)];
        await until('the events came', () => listening.output.split('\n').filter((line) => / in \d+ ms/.test(line)).length === 3);
        expect(await listening.end()).toBe(0);
        expect([...new Set(received.map(({ event }) => event.type))].sort()).toEqual(['cn.finharbor.demand.chosen.v1', 'cn.finharbor.issue.registered.v1']);

        const [{ event: { id } }] = received;
        const lines = (await run('listen', '--history')).stdout.split('\n').filter(Boolean);
        expect(lines).toEqual([expect.stringMatching(`${id}  500 in`), expect.stringMatching('  204 in'), expect.stringMatching('  204 in')]);
        expect(await run('listen', '--replay', id, '--forward-to', target)).toMatchObject({ code: 0, stdout: expect.stringMatching(`${id}  204 in`) });
        expect(received.filter(({ event }) => event.id === id)).toHaveLength(2 * keys.length);
        expect(await run('listen', '--replay', 'f00d', '--forward-to', target)).toMatchObject({ code: 1, stderr: expect.stringContaining('no event f00d') });
      } finally {
        listening.kill();
        server.closeAllConnections();
        server.close();
      }
    }, 60_000);
  });

  describe('npm run conformance', () => {
    it('has the requirements of docs/client.md, word for word', () => {
      const rows = [...readFileSync(join(root, 'docs/client.md'), 'utf8').matchAll(/^\| ([RC]\d+) \| (.*) \|$/gm)].map(([, id, sentence]) => [id, sentence]);
      expect(Object.fromEntries(rows)).toEqual(requirements);
    });

    it('passes the example, and signs the report', async () => {
      const receiver = await startReceiver(() => undefined);
      receiver.keys.push(json<{ secret: string }>('webhook-keys.json').secret);
      const file = join(fleet.dir, 'report.json');
      try {
        const { code, stdout } = await run('conformance', '--receiver', receiver.url, '--out', file);
        expect(stdout.split('\n').filter((line) => /^(FAIL|SKIPPED)/.test(line))).toEqual([]);
        expect([code, stdout]).toEqual([0, expect.stringContaining(`${Object.keys(requirements).length} passed, 0 failed, 0 skipped; signed by example-1`)]);
      } finally {
        await receiver.close();
      }
      const [{ thumbprint }] = (await fleet.administrator().call('GET /v1/api-clients/{id}/keys', { path: { id: json<{ clientId: string }>('example-bank/client.json').clientId } })).items;
      expect(await run('conformance', '--verify', file)).toMatchObject({ code: 0, stdout: expect.stringContaining(`thumbprint ${thumbprint}`) });
      writeFileSync(file, readFileSync(file, 'utf8').replace('"passed": 23', '"passed": 24'));
      expect(await run('conformance', '--verify', file)).toMatchObject({ code: 1, stderr: expect.stringContaining('not as it was signed') });
    }, 60_000);

    it('tells a client that has but a secret', async () => {
      const { code, stdout } = await run('conformance', '--client', join(fleet.dir, 'demo-clients.json'));
      const of = (outcome: string): string[] => [...stdout.matchAll(new RegExp(`^${outcome} +(\\w+) `, 'gm'))].map(([, id]) => id);
      expect([code, of('FAIL'), of('SKIPPED')]).toEqual([1, ['C1'], ['C2', 'C3', 'C4']]);
    }, 60_000);
  });
});
