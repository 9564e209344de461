import { randomBytes } from 'node:crypto';
import { type EventName, type Payload } from '@finharbor/contracts/events/catalogue';
import { newId } from '@finharbor/contracts/ids';
import { schemaOf, type ServiceName } from '@finharbor/contracts/services';
import { createApp } from '@finharbor/platform/boot/create-app';
import { Consumer } from '@finharbor/platform/delivery/consumer';
import type { WireEvent } from '@finharbor/platform/delivery/envelope';
import { Relay } from '@finharbor/platform/delivery/relay';
import { Due } from '@finharbor/platform/due/due';
import type { Caller } from '@finharbor/security/tokens/caller';
import type { Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import request, { type Test } from 'supertest';
import { auditDirOf, testAuditKey } from './audit.js';
import { bearerOf, testServiceKey } from './callers.js';
import { createTestDatabase, filesDirOf, type TestDatabase, testServers } from './database.js';

export interface GraphqlAnswer {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  data: any;
  errors?: { message: string; path?: (string | number)[]; extensions?: { code?: string } }[];
}

/** One service in this process, on a database and a queue prefix of its own. */
export class TestApp {
  constructor(
    readonly app: NestFastifyApplication,
    readonly database: TestDatabase,
    private readonly service: ServiceName,
    private readonly ownsDatabase = true,
  ) {}

  get(caller: Caller | undefined, path: string): Test {
    return this.send(caller, request(this.app.getHttpServer()).get(path));
  }

  /** A POST with an Idempotency-Key of its own. */
  post(caller: Caller | undefined, path: string, body?: object, key: string = newId()): Test {
    const test = this.send(caller, request(this.app.getHttpServer()).post(path)).set('idempotency-key', key);
    return body === undefined ? test : test.send(body);
  }

  patch(caller: Caller | undefined, path: string, body: object): Test {
    return this.send(caller, request(this.app.getHttpServer()).patch(path)).send(body);
  }

  put(caller: Caller | undefined, path: string, body: object): Test {
    return this.send(caller, request(this.app.getHttpServer()).put(path)).send(body);
  }

  delete(caller: Caller | undefined, path: string): Test {
    return this.send(caller, request(this.app.getHttpServer()).delete(path));
  }

  async graphql(caller: Caller | undefined, query: string, variables: object = {}): Promise<GraphqlAnswer> {
    const answer = await this.send(caller, request(this.app.getHttpServer()).post('/graphql')).send({ query, variables });
    return answer.body as GraphqlAnswer;
  }

  /** Hands the service an event, as if its producer had published it. */
  async deliver<Name extends EventName>(
    name: Name, payload: Payload<Name>, facts: { aggregateId?: string; organisationId?: string; version?: number } = {},
  ): Promise<void> {
    const wire: WireEvent = {
      i: newId(), n: name, o: facts.organisationId ?? newId(), a: facts.aggregateId ?? newId(), v: facts.version ?? 1, p: payload,
    };
    await this.app.get(Consumer).receive({ id: `${newId()}-1`, name: this.service, data: JSON.stringify([wire]), attemptsMade: 0 });
  }

  /** Waits until everything that the service published to itself took effect. */
  async settle(): Promise<void> {
    const schema = schemaOf(this.service);
    const giveUp = Date.now() + 30_000;
    for (;;) {
      this.app.get(Relay).poke();
      const [{ open }] = await this.database.query<{ open: number }>(
        `select (select count(*) from ${schema}.outbox)::int
              + (select count(*) from ${schema}.delivery where acked_at is null and consumer = $1)::int as open`, [this.service],
      );
      if (open === 0) return;
      if (Date.now() > giveUp) throw new Error(`${open} events of ${this.service} did not settle.`);
    }
  }

  /** Handles every clock that ran out, or waits for the service's own timer that is just doing so. */
  async handleDue(): Promise<void> {
    const { length } = await this.database.query(`select 1 from ${schemaOf(this.service)}.due where due_at <= now()`);
    if (length === 0) return;
    await this.app.get(Due).handleNext();
    return this.handleDue();
  }

  async close(): Promise<void> {
    await this.app.close();
    if (this.ownsDatabase) await this.database.drop();
  }

  private send(caller: Caller | undefined, test: Test): Test {
    if (!caller) return test;
    const { accessSecret, ...party } = caller;
    const sent = test.set('authorization', bearerOf(accessSecret ? { ...party, role: 'anonymous' } : party, this.service));
    return accessSecret ? sent.set('access-secret', accessSecret) : sent;
  }
}

/**
 * Starts a service's own module as it runs in production, but for its database, its queues and its keys. On a database
 * that is given it is one of several: another service, or a replica, which also wants the same FIELD_KEYS.
 */
export async function startTestApp(
  module: Type, service: ServiceName, environment: Record<string, string> = {}, given?: TestDatabase,
): Promise<TestApp> {
  const database = given ?? await createTestDatabase();
  Object.assign(process.env, {
    PORT: '0',
    PUBLIC_URL: 'http://127.0.0.1:3000',
    SERVICE_KEY: testServiceKey,
    FIELD_KEYS: `k1:${randomBytes(32).toString('base64url')}`,
    AUDIT_KEY: testAuditKey,
    AUDIT_DIR: auditDirOf(database),
    FILES_DIR: filesDirOf(database),
    DATABASE_URL: database.urlOf(service),
    REDIS_URL: testServers().redisUrl,
    QUEUE_PREFIX: `{${database.name}}`,
    SANDBOX: 'true', // clients may have secrets, unless a test says otherwise
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'silent',
    ...environment,
  });
  let app: NestFastifyApplication | undefined;
  try {
    app = await createApp(module);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return new TestApp(app, database, service, !given);
  } catch (error) {
    await app?.close();
    if (!given) await database.drop();
    throw error;
  }
}
