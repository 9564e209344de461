import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestFleet, type TestFleet, type TestFleetOptions } from '@finharbor/testing/fleet';
import { type Fleet, type FleetOptions, fleetUrls, type Service, startFleet } from '../../../tools/lib/fleet.mjs';
import { Balancer } from './balancer.js';
import type { Ledger } from './ledger.js';

export interface CopiesOptions extends Pick<TestFleetOptions, 'env' | 'redisUrl'> {
  copies?: number;
  /** How long a process that is told to stop goes on serving. */
  lingerMs?: number;
}

/** Several processes of every service and of the gateway, behind a balancer. */
export class FleetCopies {
  private constructor(
    readonly fleet: TestFleet, readonly copies: readonly Fleet[], readonly balancer: Balancer,
    private readonly launch: (copy: number, name: string, home?: string) => Promise<Service>,
  ) {}

  static async start({ copies: count = 2, lingerMs = 0, env, redisUrl }: CopiesOptions = {}): Promise<FleetCopies> {
    const copies: Fleet[] = [];
    let launch: ((copy: number, name: string, home?: string) => Promise<Service>) | undefined;
    let balancer: Balancer | undefined;
    const fleet = await startTestFleet({
      redisUrl, env: { SHUTDOWN_LINGER_MS: String(lingerMs), ...env },
      start: async (options, reached) => {
        const urls = await Promise.all(Array.from({ length: count }, () => fleetUrls()));
        const names = Object.keys(reached);
        balancer = await Balancer.start(names.map((name) =>
          ({ name, port: Number(new URL(reached[name]).port), copies: urls.map((one) => one[name]) })));
        // The database holds one signing key whoever comes first; starting them one after the other is what a rollout does.
        const optionsOf = (index: number): FleetOptions => ({ ...options, reached, logDir: `${options.logDir}-${index}` });
        for (const [index, own] of urls.entries()) copies.push(await startFleet(optionsOf(index), own));
        launch = async (index, name, home) => (await startFleet({ ...optionsOf(index), home, only: [name] }, urls[index])).services[name];
        for (const name of names) await balancer.takes(name, count);
        return {
          url: reached.gateway, services: copies[0].services,
          stop: async () => {
            await Promise.all(copies.map((copy) => copy.stop()));
            await balancer!.stop();
          },
        };
      },
    }).catch(async (error: unknown) => {
      await Promise.all(copies.map((copy) => copy.stop()));
      await balancer?.stop();
      throw error;
    });
    return new FleetCopies(fleet, copies, balancer!, launch!);
  }

  get names(): string[] {
    return Object.keys(this.copies[0].services);
  }

  /** Stops one process with a signal and starts it anew, the others serving on. */
  async replace(copy: number, name: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const service = this.copies[copy].services[name];
    await service.stop(signal);
    await service.start();
    await this.balancer.takes(name, this.copies.length);
  }

  /** Stops one process and starts another version of it in its place. @param home the installation; this one unless given */
  async change(copy: number, name: string, home?: string): Promise<void> {
    const { services } = this.copies[copy];
    await services[name].stop();
    services[name] = await this.launch(copy, name, home);
    await this.balancer.takes(name, this.copies.length);
  }

  /** What the processes and the balancer tell about calls that failed: for the reader of a test that does. */
  explain(ledger: Ledger): string[] {
    const keys = ledger.entries.filter(({ outcome }) => outcome !== 'done').map(({ key }) => key);
    if (keys.length === 0) return [];
    const lines = this.copies.flatMap((_, index) => {
      const dir = `${this.fleet.logDir}-${index}`;
      return readdirSync(dir).filter((name) => name.endsWith('.log')).flatMap((name) =>
        readFileSync(join(dir, name), 'utf8').split('\n').filter((line) => keys.some((key) => line.includes(`"${key}"`))).map((line) => `${name} ${index}: ${line}`));
    });
    return [...ledger.failures, ...lines, ...this.balancer.turnedAway];
  }

  stop(): Promise<void> {
    return this.fleet.stop();
  }
}
