import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { until } from '@finharbor/testing/until';

export interface BalancerRoute {
  name: string;
  /** Where it listens. */
  port: number;
  /** URLs of the copies behind it. */
  copies: string[];
}

const program = fileURLToPath(new URL('balancer-process.mjs', import.meta.url));

/** How often the balancer looks which copies are ready: a platform's default is seconds, here a test waits for it. */
export const probeMs = 300;

/** Stands for the platform's own balancer, as a process of its own: by connection, among those that say they are ready. */
export class Balancer {
  private ready: Record<string, boolean[]> = {};
  /** Connections that it ended because no copy was ready, or because the copy's ended with an error; in words. */
  readonly turnedAway: string[] = [];

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (message) => {
      const { ready, turnedAway } = message as { ready?: Record<string, boolean[]>; turnedAway?: string };
      if (ready) this.ready = ready;
      if (turnedAway) this.turnedAway.push(turnedAway);
    });
  }

  static async start(routes: BalancerRoute[]): Promise<Balancer> {
    const child = fork(program, { execArgv: [], env: { PATH: process.env.PATH } });
    const balancer = new Balancer(child);
    child.send({ routes, everyMs: probeMs });
    await once(child, 'message');
    return balancer;
  }

  /** Waits until so many copies of a route take connections. */
  async takes(name: string, copies: number): Promise<void> {
    await until(`${copies} copies of ${name} are ready`, () => this.ready[name]?.filter(Boolean).length === copies, 60_000);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}
