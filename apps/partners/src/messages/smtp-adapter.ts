import { Readable } from 'node:stream';
import MailComposer from 'nodemailer/lib/mail-composer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { attemptSeconds, type MessageAdapter, type Outcome, type OutgoingMessage } from './outcomes.js';

export interface SmtpSettings {
  /** `smtp://user:password@host:587`, which must come to TLS unless the host is this machine or it says `?tls=none`, or `smtps://…`. */
  url: URL;
  /** What stands in `From`, and the address of the envelope. */
  from: string;
}

type NodemailerError = NonNullable<Parameters<Parameters<SMTPConnection['send']>[2]>[0]>;

/** Sends mail by SMTP, over a connection for each message. */
export class SmtpAdapter implements MessageAdapter {
  /** Mail servers do not compare Message-IDs before they deliver. */
  readonly knowsIds = false;

  constructor(private readonly settings: SmtpSettings) {}

  async send(message: OutgoingMessage, leaving: AbortSignal): Promise<Outcome> {
    const composed = new MailComposer(mailOf(message, this.settings.from)).compile();
    const envelope = composed.getEnvelope();
    const content = Readable.from([await composed.build()]);
    // Once it is handed to the connection a server may have the whole message; what it has a part of it must forget (RFC 5321, 4.1.1.4).
    let isComplete = false;
    content.once('end', () => { isComplete = true; });
    return new Promise((resolve) => {
      const connection = new SMTPConnection(optionsOf(this.settings.url));
      const end = AbortSignal.any([leaving, AbortSignal.timeout(attemptSeconds * 1_000)]);
      const cut = (): void => fail(Object.assign(new Error('cut off'), { code: leaving.aborted ? 'LEAVING' : 'TIMEOUT' }));
      const fail = (error: NodemailerError): void => {
        end.removeEventListener('abort', cut);
        connection.close();
        resolve(outcomeOf(error, isComplete));
      };
      const succeed = (): void => {
        end.removeEventListener('abort', cut);
        connection.quit();
        resolve({ result: 'SENT' });
      };
      end.addEventListener('abort', cut);
      const send = (): void => connection.send(envelope, content, (error) => (error ? fail(error) : succeed()));
      connection.on('error', (error: NodemailerError) => fail(error));
      connection.connect((error) => {
        if (error) return fail(error);
        const { username, password } = this.settings.url;
        if (!username) return send();
        const credentials = { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
        connection.login({ credentials }, (refused) => (refused ? fail(refused) : send()));
      });
    });
  }
}

function mailOf({ id, to, subject, text, unsubscribeUrl }: OutgoingMessage, from: string): object {
  const domain = /@([^>@\s]+)>?$/.exec(from)![1];
  return {
    from, to, subject, text, textEncoding: 'base64', messageId: `<${id}@${domain}>`,
    disableFileAccess: true, disableUrlAccess: true,
    headers: {
      'Auto-Submitted': 'auto-generated',
      ...(unsubscribeUrl && { 'List-Unsubscribe': `<${unsubscribeUrl}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }), // RFC 8058
    },
  };
}

function optionsOf({ protocol, hostname, port, searchParams }: URL): object {
  const host = hostname.replace(/^\[|\]$/g, '');
  const ignoreTLS = searchParams.get('tls') === 'none';
  const isHere = /^(localhost|127\.[\d.]+|::1)$/.test(host);
  return {
    host, port: Number(port) || undefined, secure: protocol === 'smtps:', ignoreTLS, requireTLS: !isHere && !ignoreTLS, allowInternalNetworkInterfaces: true,
    connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: attemptSeconds * 1_000, socketCloseTimeout: 1_000,
  };
}

/** What an answer about the recipient or the message itself says is meant for good when it is a 5xx; any other is about us, or for now. */
function outcomeOf({ code, responseCode, permanent, command }: NodemailerError, isComplete: boolean): Outcome {
  if (!responseCode) return { result: isComplete ? 'UNKNOWN' : 'NOT_SENT', reason: /^[A-Z_]{2,40}$/.test(code ?? '') ? code! : 'ERROR' };
  const isRefused = permanent === true && (command === 'RCPT TO' || command === 'DATA');
  return { result: isRefused ? 'REFUSED' : 'NOT_SENT', reason: `SMTP_${responseCode}` };
}
