import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@finharbor/testing/until';

interface Platforms {
  peers: { channel: string; args: string[] }[];
  env: Record<string, string>;
}

/** As the launcher starts platforms (tools/lib/platforms.mjs). */
const launcher = new URL('../../../tools/lib/platforms.mjs', import.meta.url).href;

/** The outside platform of a channel: a process of its own (tools/channel-peer.mjs), which behaves or does not. */
export class PlatformPeer {
  readonly home = mkdtempSync(join(tmpdir(), 'finharbor-exchange-'));
  /** Where files are exchanged with it. */
  readonly folder: string;
  /** What it took is there. */
  readonly inbox = join(this.home, 'inbox');
  /** What it said of what it did, since it was started. */
  said = '';
  private platforms!: Platforms;
  private child?: ChildProcess;

  constructor(private readonly channel: string) {
    this.folder = join(this.home, 'exchange', channel.toLowerCase());
  }

  /** Makes the keys of both sides, and gives the environment of a service that exchanges files with it. */
  async prepare(): Promise<Record<string, string>> {
    const { exchangeSettings } = await import(launcher) as { exchangeSettings: (dir: string, keys: string) => Promise<Platforms> };
    this.platforms = await exchangeSettings(join(this.home, 'exchange'), join(this.home, 'keys'));
    return { ...this.platforms.env, CHANNEL_RESEND_SECONDS: '600' };
  }

  get isThere(): boolean {
    return this.child !== undefined;
  }

  async start(misbehave = '', more: readonly string[] = []): Promise<void> {
    const { args } = this.platforms.peers.find(({ channel }) => channel === this.channel)!;
    const own = ['--every', '20', '--inbox', this.inbox, '--misbehave', misbehave, ...more];
    this.child = spawn(process.execPath, ['--conditions=default', ...args, ...own], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.said = '';
    this.child.stdout!.on('data', (text: Buffer) => { this.said += text.toString(); });
    await until('the platform is there', () => this.said.includes('ready'));
  }

  async stop(): Promise<void> {
    if (!this.child) return;
    const ended = once(this.child, 'exit');
    this.child.kill();
    await ended;
    this.child = undefined;
  }

  /** Names of what lies in a part of the folder: `in`, `out`, `refused`. */
  files(where: string): string[] {
    return existsSync(join(this.folder, where)) ? readdirSync(join(this.folder, where)) : [];
  }

  /** The key that it signs with. */
  get keyFile(): string {
    return join(this.home, 'keys', `platform-${this.channel.toLowerCase()}.json`);
  }

  remove(): void {
    rmSync(this.home, { recursive: true });
  }
}
