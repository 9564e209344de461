import type { EventOf } from '@finharbor/contracts/events/catalogue';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { On } from '@finharbor/platform/delivery/on';
import { identityOf } from '@finharbor/platform/boot/service-identity';
import { PlatformModule } from '@finharbor/platform/boot/platform.module';
import { Relay } from '@finharbor/platform/delivery/relay';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { createTestDatabase, type TestDatabase } from '@finharbor/testing/database';
import { Injectable, Module, type Provider } from '@nestjs/common';
import { createDatabase, Effects, eventually, FeedbackModule, idleHandlers } from './harness.js';

@Injectable()
class MoreEffects {
  @On('harbor.registered')
  registered(_event: EventOf<'harbor.registered'>, _tx: Tx): Promise<void> {
    return Promise.resolve();
  }
}

@Injectable()
class ForeignEffects {
  @On('demand.decided')
  decided(_event: EventOf<'demand.decided'>, _tx: Tx): Promise<void> {
    return Promise.resolve();
  }
}

function moduleWith(providers: Provider[]): typeof FeedbackModule {
  @Module({ imports: [PlatformModule.for({ service: identityOf('feedback'), entities: [] })], providers })
  class TestModule {}
  return TestModule;
}

describe('the start and the end of a service', () => {
  let database: TestDatabase;
  beforeAll(async () => { database = await createDatabase(); });
  afterAll(() => database.drop());

  const start = (module: typeof FeedbackModule, environment: Record<string, string> = {}): Promise<TestApp> => startTestApp(module, 'feedback', environment, database);
  const connections = async (): Promise<number> =>
    (await database.query(`select 1 from pg_stat_activity where datname = current_database() and usename = 'feedback_app'`)).length;
  const others = idleHandlers('feedback', ['harbor.registered']);

  it('needs a handler for every event that the catalogue sends to it', async () => {
    await expect(start(moduleWith([others]))).rejects.toThrow('feedback has no @On or @OnBatch handler for harbor.registered.');
  });

  it('refuses two handlers of one event', async () => {
    await expect(start(moduleWith([others, Effects, MoreEffects]))).rejects.toThrow('harbor.registered has two handlers: Effects.registered and MoreEffects.registered.');
  });

  it('takes a handler under two names for one', async () => {
    const app = await start(moduleWith([others, Effects, { provide: 'alias', useExisting: Effects }]));
    await app.close();
  });

  it('refuses a handler of an event that goes elsewhere', async () => {
    await expect(start(moduleWith([others, Effects, ForeignEffects]))).rejects.toThrow('feedback handles demand.decided, but the catalogue does not send it there.');
  });

  it('reports all problems of the configuration together, without its secrets', async () => {
    const failure = await start(FeedbackModule, { SERVICE_KEY: 'short-secret', REDIS_URL: 'http://x', FIELD_KEYS: 'k1:also-short', PORT: '70000' }).then(
      () => undefined, (error: Error) => error.message);
    for (const name of ['SERVICE_KEY', 'REDIS_URL', 'FIELD_KEYS', 'PORT']) expect(failure).toContain(name);
    expect(failure).not.toMatch(/short-secret|also-short/);
  });

  it('refuses a login that is not its own, and keeps no connection to the database', async () => {
    await expect(start(FeedbackModule, { DATABASE_URL: database.adminUrl })).rejects.toThrow('The database of feedback is not safe to use');
    await expect(start(FeedbackModule, { DATABASE_URL: database.urlOf('harbors') })).rejects.toThrow('the login is harbors_app, not feedback_app');
  });

  it('refuses a database without its tables', async () => {
    const empty = await createTestDatabase();
    try {
      await empty.query('drop schema feedback cascade');
      await expect(start(FeedbackModule, { DATABASE_URL: empty.urlOf('feedback') })).rejects.toThrow('run the migrations first');
    } finally {
      await empty.drop();
    }
  });

  it('leaves nothing open when it fails and when it stops, and stops within two seconds', async () => {
    await expect(start(moduleWith([others]))).rejects.toThrow();
    await eventually('the connections are closed', async () => await connections() === 0);
    const app = await start(FeedbackModule);
    expect(await connections()).toBeGreaterThan(0);
    app.app.get(Relay).poke();
    const started = performance.now();
    await app.close();
    expect(performance.now() - started).toBeLessThan(3_000);
    await eventually('the connections are closed', async () => await connections() === 0);
  });
});
