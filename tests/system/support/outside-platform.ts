import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../../tools/lib/workspace.mjs';

const keyPair = (kid: string): { own: object; published: object } => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { own: { ...privateKey.export({ format: 'jwk' }), kid }, published: { ...publicKey.export({ format: 'jwk' }), kid } };
};

/** 长江渝融通 as a process of its own: it reads signed files from a folder and puts signed receipts there (tools/channel-peer.mjs). */
export class OutsidePlatform {
  private readonly dir = mkdtempSync(join(tmpdir(), 'finharbor-channel-'));
  private readonly suite = keyPair('suite-1');
  private readonly platform = keyPair('platform-1');
  private process?: ChildProcess;

  /** What the services are told: the inclusive channel is exchanged, the green one delivers directly. */
  get environment(): Record<string, string> {
    return {
      CHANNEL_EXCHANGE_DIR: this.dir, CHANNEL_EXCHANGE_KEY: JSON.stringify(this.suite.own), CHANNEL_RESEND_SECONDS: '2',
      CHANNEL_PLATFORM_KEYS: JSON.stringify({ INCLUSIVE: { keys: [this.platform.published] } }),
    };
  }

  /** The platform wakes up and answers every file twice: what is doubled counts once. */
  async start(): Promise<void> {
    const [key, trust, inbox] = [join(this.dir, 'platform.json'), join(this.dir, 'trust.json'), join(this.dir, 'inbox')];
    writeFileSync(key, JSON.stringify(this.platform.own));
    writeFileSync(trust, JSON.stringify({ keys: [this.suite.published] }));
    mkdirSync(inbox, { recursive: true });
    this.process = spawn(process.execPath, [
      join(root, 'tools/channel-peer.mjs'), '--channel', 'INCLUSIVE', '--dir', this.dir, '--key', key, '--trust', trust, '--inbox', inbox, '--misbehave', 'double', '--every', '50',
    ], { env: { PATH: process.env.PATH }, stdio: 'ignore' });
    await once(this.process, 'spawn');
  }

  /** What it would hand to its banks. */
  get received(): string[] {
    return readdirSync(join(this.dir, 'inbox')).map((name) => readFileSync(join(this.dir, 'inbox', name), 'utf8'));
  }

  async end(): Promise<void> {
    if (this.process && this.process.exitCode === null) {
      this.process.kill('SIGTERM');
      await once(this.process, 'exit');
    }
    rmSync(this.dir, { recursive: true, force: true });
  }
}
