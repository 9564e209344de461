import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  from: string;
  to: string[];
  /** As it came over the wire. */
  raw: string;
}

/** What the server does with mail; each only as often as it is asked for, then it takes mail again. */
export type Mood = 'busy' | 'no such user' | 'no sender' | 'content refused' | 'lost at the address' | 'silent at the address' | 'lost after the end' | 'silent after the end';

/** A real SMTP server on this machine, with a mood. */
export class MailServer {
  readonly mails: ReceivedMail[] = [];
  moods: Mood[] = [];
  sessions = 0;
  private readonly sockets = new Set<Socket>();
  private waiting: (() => void)[] = [];

  private constructor(private readonly server: SMTPServer) {}

  static async start(credentials?: { user: string; pass: string }): Promise<MailServer> {
    const refusal = (responseCode: number, message: string): Error => Object.assign(new Error(message), { responseCode });
    const server = new SMTPServer({
      authOptional: !credentials, allowInsecureAuth: true, disabledCommands: credentials ? ['STARTTLS'] : ['STARTTLS', 'AUTH'],
      onAuth: ({ username, password }, _session, done) => (username === credentials?.user && password === credentials?.pass
        ? done(null, { user: username }) : done(refusal(535, `wrong password of ${username}`))),
      onMailFrom: (_address, _session, done) => (own.is('no sender') ? done(refusal(553, 'not you')) : done()),
      onRcptTo: ({ address }, _session, done) => {
        if (own.is('lost at the address')) return own.drop();
        if (own.is('silent at the address')) return void own.waiting.push(() => done());
        if (own.is('busy')) return done(refusal(451, `greylisted: ${address}`));
        return own.is('no such user') ? done(refusal(550, `no such user: ${address}`)) : done();
      },
      onData: (stream, { envelope }, done) => {
        const parts: Buffer[] = [];
        stream.on('data', (part: Buffer) => parts.push(part)).once('end', () => {
          if (own.is('content refused')) return done(refusal(554, 'spam'));
          own.mails.push({ from: envelope.mailFrom ? envelope.mailFrom.address : '', to: envelope.rcptTo.map(({ address }) => address), raw: Buffer.concat(parts).toString() });
          if (own.is('lost after the end')) return own.drop();
          if (own.is('silent after the end')) return void own.waiting.push(() => done());
          done();
        });
      },
    });
    server.on('error', () => undefined); // of connections that the tests break
    const own = new MailServer(server);
    server.server.on('connection', (socket: Socket) => {
      own.sessions += 1;
      own.sockets.add(socket.once('close', () => own.sockets.delete(socket)));
    });
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    return own;
  }

  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  url(user = ''): string {
    return `smtp://${user && `${user}@`}127.0.0.1:${this.port}`;
  }

  /** How many mails wait for the server's last word. */
  get silent(): number {
    return this.waiting.length;
  }

  /** Says it after all. */
  speak(): void {
    for (const say of this.waiting.splice(0)) say();
  }

  drop(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.drop();
    await new Promise<void>((resolve) => this.server.close(resolve));
  }

  private is(mood: Mood): boolean {
    if (this.moods[0] !== mood) return false;
    this.moods.shift();
    return true;
  }
}

/** The text of a mail whose body is base64. */
export const bodyOf = ({ raw }: ReceivedMail): string => Buffer.from(raw.slice(raw.indexOf('\r\n\r\n')).replaceAll(/\s/g, ''), 'base64').toString();
