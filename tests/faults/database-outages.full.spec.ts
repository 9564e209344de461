import { until } from '@finharbor/testing/until';
import { Client } from 'pg';
import { OwnFleet } from './support/database-fleet.js';

describe('an outage of PostgreSQL', () => {
  let own: OwnFleet;

  beforeAll(async () => { own = await OwnFleet.start(['max_connections=60']); }, 240_000);
  afterAll(async () => { await own?.stop(); }, 60_000);

  it('that is killed and started again', () => own.survives({
    rows: [7], fault: 'PostgreSQL is killed under load', injected: 'kill -9 of the postmaster and all its backends, the whole suite working',
    inject: () => own.server.kill(),
    end: () => own.server.start(),
  }), 240_000);

  it('that is stopped at once', () => own.survives({
    rows: [7], fault: 'PostgreSQL is stopped without a checkpoint', injected: 'SIGQUIT of the postmaster',
    inject: () => own.server.stop('SIGQUIT'),
    end: () => own.server.start(),
  }), 240_000);

  it('that is restarted in order', () => own.survives({
    rows: [7], fault: 'PostgreSQL is restarted', injected: 'SIGINT of the postmaster, and a start',
    inject: async () => {
      await own.server.stop('SIGINT');
      await own.server.start();
    },
    isFelt: false, // it may be over before anybody asks
  }), 240_000);

  it('one of whose backends is killed, which takes all the others along', () => own.survives({
    rows: [7], fault: 'a backend of PostgreSQL is killed', injected: 'kill -9 of one backend: the postmaster ends all and recovers',
    inject: async () => {
      const [pid] = await own.server.backends();
      process.kill(pid, 'SIGKILL');
    },
    end: () => until('PostgreSQL has recovered', () => own.server.query('select 1').then(() => own.server.isReady, () => false)),
    isFelt: false,
  }), 240_000);

  it('all of whose backends freeze, while new ones can be had', () => {
    let frozen: number[] = [];
    return own.survives({
      rows: [8], fault: 'every connection of the suite stalls', injected: 'SIGSTOP of all backends for 15 s; the postmaster lives',
      inject: async () => {
        frozen = await own.server.backends();
        for (const pid of frozen) process.kill(pid, 'SIGSTOP');
      },
      lastsMs: 15_000,
      end: async () => {
        for (const pid of frozen) process.kill(pid, 'SIGCONT');
      },
    });
  }, 240_000);

  it('that freezes altogether', () => own.survives({
    rows: [8], fault: 'PostgreSQL freezes', injected: 'SIGSTOP of the postmaster and everything it forked, for 15 s',
    inject: async () => own.server.freeze(),
    lastsMs: 15_000,
    end: async () => own.server.thaw(),
  }), 240_000);

  it('that ends all connections', () => own.survives({
    rows: [8], fault: 'all connections are ended', injected: 'pg_terminate_backend of every connection, three times',
    inject: async () => {
      for (let times = 0; times < 3; times += 1) {
        await own.server.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'finharbor %'`);
      }
    },
    isFelt: false,
  }), 240_000);

  it('that does not give back a lock', async () => {
    let holder: Client;
    await own.survives({
      rows: [8], fault: 'somebody holds locks', injected: 'another session locks the products and the demands for 12 s',
      inject: async () => {
        holder = await own.server.connect('faults');
        await holder.query('begin');
        await holder.query('lock table product_catalog.products, loan_matching.demands in access exclusive mode');
      },
      lastsMs: 12_000,
      end: () => holder.end(),
    });
  }, 240_000);

  it('that takes no further connection', async () => {
    const held: Client[] = [];
    await own.survives({
      rows: [9], fault: 'PostgreSQL has no connection left', injected: 'others take all of max_connections, those of the suite are ended',
      inject: async () => {
        const { adminUrl, urlOf } = own.fleet.database;
        expect(adminUrl).toContain(`:${own.server.port}/`);
        for (let full = false; !full;) {
          const client = new Client({ connectionString: urlOf('harbors') });
          client.on('error', () => undefined);
          full = await client.connect().then(() => { held.push(client); return false; }, () => true);
          if (!full) continue;
          await own.server.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'finharbor %'`);
          full = held.length >= 50;
        }
      },
      lastsMs: 5_000,
      end: () => Promise.all(held.map((client) => client.end())),
    });
  }, 240_000);
});
