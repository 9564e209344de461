import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { schemaOf, serviceNames } from '@finharbor/contracts/services';
import { type TestDatabase, testServers } from '@finharbor/testing/database';
import { until } from '@finharbor/testing/until';
import { hasPackages, librariesIn, onPath, unpackPackage } from '../../../tools/lib/debian-package.mjs';
import { asDatabaseUser, databaseUser, throughPrefix } from '../../../tools/lib/postgres-binaries.mjs';
import { throwawayFolder } from '../../../tools/lib/postgres.mjs';
import { answers, freePort } from '../../../tools/lib/processes.mjs';
import type { Run } from '../../../tools/lib/run.mjs';
import { makePassable, root } from '../../../tools/lib/workspace.mjs';

interface Binary {
  command: string;
  libraries: string;
  version: string;
}

/** Beside the Redis that the launcher unpacked, shared by all runs of this checkout. */
const folder = join(root, '.data/pgbouncer-bin');

function probe(command: string, libraries: string): Binary | undefined {
  const { stdout } = spawnSync(command, ['--version'], { env: { LD_LIBRARY_PATH: libraries }, encoding: 'utf8' });
  const version = /PgBouncer (\S+)/.exec(stdout ?? '')?.[1];
  return version ? { command, libraries, version } : undefined;
}

/** The system's PgBouncer, or Debian's package unpacked as the launcher does it with Redis. Throws where neither is to be had. */
async function find(run: Run): Promise<Binary> {
  const unpacked = (): Binary | undefined => probe(join(folder, 'usr/sbin/pgbouncer'), librariesIn(folder));
  const there = ['pgbouncer', '../sbin/pgbouncer'].flatMap(onPath).map((file) => probe(file, '')).find(Boolean) ?? unpacked();
  if (there) return there;
  if (!hasPackages()) throw new Error('The test of PgBouncer needs one: install pgbouncer.');
  await unpackPackage({ names: ['pgbouncer'], folder, works: () => unpacked() !== undefined, run });
  const found = unpacked();
  if (!found) throw new Error('The unpacked PgBouncer does not run on this machine: install pgbouncer.');
  return found;
}

/** PgBouncer in transaction mode in front of a test database, with far fewer connections to it than clients. */
export class PgBouncer {
  private constructor(readonly port: number, readonly version: string) {}

  static async start(run: Run, database: TestDatabase): Promise<PgBouncer> {
    const binary = await find(run);
    const dir = throwawayFolder(run);
    const port = await freePort();
    const { hostname, port: serverPort } = new URL(database.adminUrl);
    const { appPassword } = testServers();
    const [users, settings, log] = ['users.txt', 'pgbouncer.ini', 'pgbouncer.log'].map((name) => join(dir, name));
    writeFileSync(users, serviceNames.map((service) => `"${schemaOf(service)}_app" "${appPassword}"\n`).join(''));
    writeFileSync(settings, [
      '[databases]', `${database.name} = host=${hostname} port=${serverPort} dbname=${database.name}`,
      '[pgbouncer]', 'listen_addr = 127.0.0.1', `listen_port = ${port}`, 'unix_socket_dir =', 'auth_type = scram-sha-256', `auth_file = ${users}`,
      'pool_mode = transaction', 'default_pool_size = 4', 'max_client_conn = 400', '',
    ].join('\n'));
    const user = databaseUser();
    // In a checkout that was never started nobody else may pass the folder above it.
    if (binary.command.startsWith(folder)) makePassable(dirname(folder));
    const [command, args] = throughPrefix(user, binary.command, [settings]);
    const options = asDatabaseUser(user);
    run.spawn('pgbouncer', command, args, { ...options, env: { ...options.env, LD_LIBRARY_PATH: binary.libraries }, log, store: true });
    await until('PgBouncer answers', () => answers(port));
    return new PgBouncer(port, binary.version);
  }

  /** The same URL by way of PgBouncer. */
  through(url: string): string {
    const made = new URL(url);
    made.port = String(this.port);
    return made.href;
  }
}

