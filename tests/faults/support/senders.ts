import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FieldCipher } from '@finharbor/security/encryption/field-cipher';
import { testAuditKey } from '@finharbor/testing/audit';
import { type TestDatabase, testServers } from '@finharbor/testing/database';
import type { Receiver } from '@finharbor/testing/receiver';
import { type TestEndpoint, TestWebhooks } from '@finharbor/testing/webhooks';
import { fleetUrls, type Service, startFleet } from '../../../tools/lib/fleet.mjs';

const secret = (): string => randomBytes(32).toString('base64url');

/** Replicas of partners, each a process of its own, and nothing else of the suite. They may move to another database. */
export class Senders {
  readonly dir = mkdtempSync(join(tmpdir(), 'finharbor-senders-'));
  readonly replicas: Service[] = [];
  private readonly secrets = { appPassword: testServers().appPassword, serviceKey: secret(), fieldKeys: `k1:${secret()}`, auditKey: testAuditKey };

  /** Starts so many replicas more. @param databaseUrl as its administrator */
  async start(databaseUrl: string, count: number): Promise<void> {
    for (let number = 0; number < count; number += 1) {
      const options = {
        databaseUrl, redisUrl: testServers().redisUrl, queuePrefix: `{${this.dir.split('-').at(-1)}}`, secrets: this.secrets, only: ['partners'],
        logDir: join(this.dir, `logs-${this.replicas.length}`), auditDir: join(this.dir, 'audit'),
      };
      this.replicas.push((await startFleet(options, await fleetUrls())).services.partners);
    }
  }

  webhooks(database: Pick<TestDatabase, 'query'>): TestWebhooks {
    return new TestWebhooks(database, new FieldCipher(this.secrets.fieldKeys));
  }

  /** Ends the replicas. */
  async end(signal?: NodeJS.Signals): Promise<void> {
    await Promise.all(this.replicas.splice(0).map((replica) => replica.stop(signal)));
  }

  async stop(): Promise<void> {
    await this.end();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** An endpoint at a path of the receiver, and the ids of all that was ever committed for it. */
export interface Watched extends TestEndpoint {
  path: string;
  ids: string[];
}

export async function watch(webhooks: TestWebhooks, receiver: Receiver, path: string): Promise<Watched> {
  return { path, ids: [], ...await webhooks.endpoint(receiver.url(path)) };
}

/** Commits so many more events for it. */
export async function commit(webhooks: TestWebhooks, endpoint: Watched, count: number): Promise<void> {
  endpoint.ids.push(...await webhooks.deliver(endpoint, count));
}

/**
 * Compares what was committed with what the receiver took in: lost, what it was never told; foreign, ids that nobody committed;
 * again, what it was told more than once, which a receiver knows by the id.
 */
export function compare(receiver: Receiver, endpoints: Watched[]): { acknowledged: number; lost: number; foreign: number; again: number } {
  const sums = { acknowledged: 0, lost: 0, foreign: 0, again: 0 };
  for (const { path, ids } of endpoints) {
    const [committed, came] = [new Set(ids), receiver.ids(path)];
    const known = new Set(came);
    sums.acknowledged += committed.size;
    sums.lost += ids.filter((id) => !known.has(id)).length;
    sums.foreign += [...known].filter((id) => !committed.has(id)).length;
    sums.again += came.length - known.size;
  }
  return sums;
}
