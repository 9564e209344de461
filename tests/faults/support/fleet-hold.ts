import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** What to look for in what one side sends on a connection, and in what comes back. */
export interface HoldRule {
  /** All of these, one after the other, and what comes back is kept from then on. */
  asked: RegExp[];
  /** What must have come back until it counts as held; anything unless given. */
  answered?: RegExp;
}

/**
 * What opens an audited transaction's commit on a connection to PostgreSQL: whatever changes a record for a caller writes its audit row.
 */
export const auditedCommit: HoldRule = { asked: [/insert into \w+\.audit \(/, /commit/], answered: /COMMIT\0/ };

/** Passes connections on, and on demand keeps what comes back: the other side has done what it was asked, and nobody is told. */
export class Hold {
  private rule?: HoldRule & { count: number; held: () => void };

  private constructor(private readonly server: Server, private readonly sockets: Set<Socket>) {}

  /** @param target as `host:port` */
  static async start(target: string): Promise<Hold> {
    const [server, sockets] = [createServer(), new Set<Socket>()];
    const hold = new Hold(server, sockets);
    server.on('connection', (client) => hold.pass(client, target)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return hold;
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  /** Keeps the next so many answers that the rule fits, and resolves when they are there. */
  next(rule: HoldRule, count: number): Promise<void> {
    return new Promise((resolve) => { this.rule = { ...rule, count, held: resolve }; });
  }

  /** Lets everything pass that begins from now on; what is held never arrives. */
  release(): void {
    this.rule = undefined;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private pass(client: Socket, target: string): void {
    const [host, port] = target.split(':');
    const server = connect({ host, port: Number(port), noDelay: true });
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.setNoDelay(true).once('close', () => this.sockets.delete(socket));
    }
    let [said, came] = ['', ''];
    let step = 0;
    let held: HoldRule | undefined;
    client.on('data', (part) => {
      server.write(part);
      const { rule } = this;
      if (!rule || held) return;
      said = said.slice(-200) + part.toString('latin1');
      for (let found; step < rule.asked.length && (found = rule.asked[step].exec(said)); step += 1) {
        said = said.slice(found.index + found[0].length);
      }
      if (step === rule.asked.length) held = rule;
    });
    server.on('data', (part) => {
      if (!held) return client.write(part);
      came += part.toString('latin1');
      const { rule } = this;
      if (rule && (held.answered ?? /./).test(came)) {
        held = { asked: [], answered: /(?!)/ }; // counts once
        if ((rule.count -= 1) === 0) rule.held();
      }
      return true;
    });
    client.on('error', () => server.destroy()).on('close', () => server.destroy());
    server.on('error', () => client.destroy()).on('close', () => client.destroy());
  }
}
