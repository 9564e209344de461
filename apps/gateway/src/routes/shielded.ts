import { PassThrough, type Readable } from 'node:stream';

/** How long a client may go on sending what nobody wants any more. */
const patienceMs = 30_000;

/**
 * The body of a request as a service gets it. A service may answer before it has read everything: this stream is then
 * destroyed and not the client's connection, and what the client still sends is read and dropped, so that it gets to
 * read the answer.
 */
export function shielded(body: Readable): Readable {
  const passed = new PassThrough();
  body.once('close', () => { if (!body.readableEnded) passed.destroy(); }).on('error', () => passed.destroy());
  passed.on('error', () => undefined).once('close', () => {
    if (body.readableEnded || body.destroyed) return;
    body.unpipe(passed);
    const timer = setTimeout(() => body.destroy(), patienceMs).unref();
    body.once('close', () => clearTimeout(timer)).resume();
  });
  return body.pipe(passed);
}
