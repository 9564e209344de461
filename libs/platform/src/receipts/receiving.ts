import { type Readable, Transform } from 'node:stream';
import { ContentDigest } from '@finharbor/security/signatures/content-digest';
import type { VerifiedSignature } from '@finharbor/security/signatures/signature';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { contextOf } from '../http/request-context.js';
import type { SignedRequests } from './signed-requests.js';

/** What a receipt says of how something came in. */
export interface Receiving {
  method: string;
  targetUri: string;
  /** Once the body was read; a stream is hashed on its way only when its sender says what its digest is. */
  contentDigest?: string;
  sender?: VerifiedSignature;
}

/** A route whose body a client may sign (RFC 9421), and whose use case issues a receipt. */
export const Signable = (): MethodDecorator => RouteConfig({ signable: true });

const header = (request: FastifyRequest, name: string): string | undefined => [request.headers[name]].flat().join(', ') || undefined;

/**
 * Checks what is signed on the routes that may be. The signature is verified before anything is done; the digest that it covers
 * is compared with the body when the body's last byte came, and whoever reads a body of another digest gets an error and no end.
 */
export function registerSignatures(server: FastifyInstance, requests: SignedRequests, publicUrl: string, service: string): void {
  const origin = publicUrl.replace(/\/$/, '');
  const preParsing = (
    request: FastifyRequest, _reply: FastifyReply, payload: Readable, done: (error: Error | null, body?: Readable) => void,
  ): void => {
    const receiving: Receiving = { method: request.method, targetUri: origin + request.url };
    contextOf(request).receiving = receiving;
    const field = header(request, 'content-digest');
    if (field === undefined && !request.headers['content-type']?.startsWith('application/json')) return done(null, payload);
    let digest: ContentDigest;
    try {
      digest = new ContentDigest(field);
    } catch (error) {
      return done(error as Error);
    }
    done(null, hashed(payload, digest, receiving));
  };
  const preHandler = async (request: FastifyRequest): Promise<void> => {
    const { caller, receiving } = contextOf(request);
    receiving!.sender = await requests.verify(caller!, { ...receiving!, headers: request.headers });
  };
  const onSend = (request: FastifyRequest, reply: FastifyReply, payload: unknown, done: (error: null, payload: unknown) => void): void => {
    const { idempotency } = contextOf(request);
    if (idempotency?.receiptId && reply.statusCode < 300) {
      void reply.header('link', `<${origin}/v1/receipts/${service}/${idempotency.receiptId}>; rel="receipt"`);
    }
    done(null, payload);
  };
  server.addHook('onRoute', (route: RouteOptions) => {
    if (!(route.config as { signable?: boolean } | undefined)?.signable) return;
    Object.assign(route, {
      preParsing: [route.preParsing ?? [], preParsing].flat(),
      preHandler: [route.preHandler ?? [], preHandler].flat(),
      onSend: [route.onSend ?? [], onSend].flat(),
    });
  });
}

/** The body as it passes; it ends only when it is what its sender said. Whichever side breaks off ends the other one. */
function hashed(body: Readable, digest: ContentDigest, receiving: Receiving): Readable {
  const passed = new Transform({
    transform: (part: Buffer, _encoding, done) => {
      digest.update(part);
      done(null, part);
    },
    flush: (done) => {
      try {
        receiving.contentDigest = digest.end();
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
  body.on('error', (error) => passed.destroy(error))
    .once('close', () => { if (!body.readableEnded) passed.destroy(new Error('The body broke off.')); });
  // A short body may be found wrong before anybody reads it; whoever then reads gets the error.
  passed.on('error', () => undefined).once('close', () => { if (!body.readableEnded) body.destroy(); });
  return body.pipe(passed);
}
