import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../../tools/lib/processes.mjs';

type Way = 'both' | 'up' | 'down';
interface Order {
  what: 'open' | 'mode' | 'refuse' | 'reset';
  mode?: 'pass' | 'delay' | 'stall' | 'drop' | 'trap';
  /** up: from the client to the server. */
  way?: Way;
  of?: 'all' | 'old';
  ms?: number;
  text?: string;
}
interface Answer {
  id: number;
  lines: number;
}

const program = fileURLToPath(new URL('proxy-process.mjs', import.meta.url));

/** The network between the suite and a server, as a process of its own: it loses, delays, holds up, refuses and breaks. */
export class Proxy {
  private orders = 0;

  private constructor(private readonly child: ChildProcess, private readonly target: URL, private readonly port: number) {}

  static async start(target: string): Promise<Proxy> {
    const url = new URL(target);
    const port = await freePort();
    const child = fork(program, [String(port), url.hostname, url.port], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [], env: {} });
    const proxy = new Proxy(child, url, port);
    await proxy.order({ what: 'open' });
    return proxy;
  }

  /** The target's URL, through here. */
  get url(): string {
    return this.through(this.target.href);
  }

  /** Another URL of the same server, through here. */
  through(url: string): string {
    const made = new URL(url);
    made.port = String(this.port);
    return made.href;
  }

  /** Lets new connections through, and old ones that have lost nothing. */
  async pass(): Promise<void> {
    await this.order({ what: 'open' });
    await this.order({ what: 'mode', mode: 'pass' });
  }

  /** What is sent vanishes, no end of a connection is heard of, and new connections are answered by nobody: a machine that is gone. */
  drop(way: Way = 'both'): Promise<number> {
    return this.order({ what: 'mode', mode: 'drop', way });
  }

  /** The same for the connections there are; new ones get through: a firewall that forgot them. */
  dropOld(): Promise<number> {
    return this.order({ what: 'mode', mode: 'drop', of: 'old' });
  }

  delay(ms: number): Promise<number> {
    return this.order({ what: 'mode', mode: 'delay', ms });
  }

  /** Holds back what is sent until `pass`; nothing is lost. */
  stall(way: Way = 'both'): Promise<number> {
    return this.order({ what: 'mode', mode: 'stall', way });
  }

  /** Passes everything until a client has sent the text; what the server then answers is lost. */
  trap(text: string): Promise<number> {
    return this.order({ what: 'mode', mode: 'trap', text });
  }

  /** New connections are refused; those there are go on. */
  refuse(): Promise<number> {
    return this.order({ what: 'refuse' });
  }

  /** Breaks the connections there are, with a reset on both sides. */
  reset(): Promise<number> {
    return this.order({ what: 'reset' });
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  /** How many connections there are when it is done. */
  private async order(order: Order): Promise<number> {
    this.orders += 1;
    const id = this.orders;
    const answered = new Promise<Answer>((resolve, reject) => {
      const fail = (): void => reject(new Error('The proxy has ended.'));
      const hear = (answer: Answer): void => {
        if (answer.id !== id) return;
        this.child.off('message', hear).off('exit', fail);
        resolve(answer);
      };
      this.child.on('message', hear).once('exit', fail);
    });
    this.child.send({ id, ...order });
    return (await answered).lines;
  }
}
