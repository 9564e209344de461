import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { startTestFleet, type TestFleet } from '@finharbor/testing/fleet';
import { until } from '@finharbor/testing/until';
import { judgeFleet } from './support/fleet-oracle.js';
import { effectsSince } from './support/fleet-recovery.js';
import { Load } from './support/load.js';
import { record } from './support/report.js';

/** The issue's own bound. */
const recoveryBound = 10;

describe('a gateway that may open too few files', () => {
  let fleet: TestFleet;
  let load: Load | undefined;

  beforeAll(async () => {
    fleet = await startTestFleet();
    await fleet.settle();
  }, 180_000);
  afterAll(async () => {
    load?.kill();
    await fleet?.stop();
  }, 60_000);

  it('refuses what it cannot open, says so, lives, and serves again when it can', async () => {
    load = Load.start(fleet);
    await load.more(40);
    const { pid, url } = fleet.services.gateway;
    limitDescriptors(pid!, readdirSync(`/proc/${pid}/fd`).length + 5);
    const { hostname, port } = new URL(url);
    const sockets: Socket[] = Array.from({ length: 100 }, () => connect(Number(port), hostname).on('error', () => undefined));
    // What is asked on a connection that could not be accepted ends; nobody waits for ever.
    for (const socket of sockets) socket.write('GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n');
    await Promise.race(sockets.map((socket) => new Promise((resolve) => { socket.once('close', resolve); })));
    const asked = Array.from({ length: 20 }, () => fetch(new URL('/v1/published-products', url)).then((answer) => answer.status, () => 0));
    expect((await Promise.all(asked)).filter((status) => ![0, 200, 503, 504].includes(status))).toEqual([]);
    for (const socket of sockets) socket.destroy();
    const over = Date.now();
    await until('it serves again', () => fetch(`${url}/health/ready`).then((answer) => answer.ok, () => false));
    const effects = await effectsSince(fleet, over);
    expect(fleet.services.gateway.pid).toBe(pid);
    await load.more(40);
    const ledger = await load.stop();
    load = undefined;
    const { acknowledged, lost, doubled, problems } = await judgeFleet(fleet, ledger);
    expect({ lost, doubled, problems }).toEqual({ lost: 0, doubled: 0, problems: [] });
    const recoverySeconds = Math.max(effects, ledger.recovery(over));
    expect(recoverySeconds).toBeLessThan(recoveryBound);
    record({
      rows: [18], fault: 'the gateway has too few file descriptors, under load', injected: 'five more than it has open, and 100 connections that nobody needs',
      acknowledged, lost, doubled, recoverySeconds, note: 'the process lives on',
    });
  }, 200_000);
});

/** How many files and connections a running process may have open from now on. */
function limitDescriptors(pid: number, count: number): void {
  const { status, stderr, error } = spawnSync('prlimit', ['--pid', String(pid), `--nofile=${count}:`], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`prlimit (util-linux) is needed for this: ${error?.message ?? stderr}`);
}
