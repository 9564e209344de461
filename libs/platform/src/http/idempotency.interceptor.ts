import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { DomainError } from '@finharbor/contracts/errors';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { catchError, map, type Observable, of, throwError } from 'rxjs';
import { currentContext } from '../logs/context.js';
import { Replayed } from './idempotency.js';

const keyShape = /^[\x21-\x7e]{1,255}$/;

/** Asks every POST under /v1 for an Idempotency-Key and answers a repeated one with the stored answer. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (execution.getType<string>() !== 'http') return next.handle();
    const request = execution.switchToHttp().getRequest<FastifyRequest>();
    if (request.method !== 'POST' || !request.url.startsWith('/v1/')) return next.handle();
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string' || !keyShape.test(key)) throw new DomainError('IDEMPOTENCY_KEY_MISSING');
    const reply = execution.switchToHttp().getResponse<FastifyReply>();
    const [path, query = ''] = request.url.split('?', 2);
    const context = currentContext()!;
    const status = (Reflect.getMetadata('__httpCode__', execution.getHandler()) as number | undefined) ?? 201;
    context.idempotency = { key, route: `POST ${path}`, status, fingerprint: fingerprintOf(request.body, query) };
    return next.handle().pipe(
      map((result) => {
        const body = context.idempotency?.body;
        if (body === undefined) throw new Error(`${request.routeOptions.url} changed something outside an idempotent transaction.`);
        return send(reply, body) ?? result;
      }),
      catchError((error: unknown) => {
        if (!(error instanceof Replayed)) return throwError(() => error);
        void reply.status(error.status).header('idempotent-replayed', 'true');
        return of(send(reply, error.body));
      }),
    );
  }
}

function fingerprintOf(body: unknown, query: string): string {
  if (body instanceof Readable) return '';
  return createHash('sha256').update(query).update('\n').update(JSON.stringify(body ?? null)).digest('base64url');
}

function send(reply: FastifyReply, body: string): string {
  void reply.header('content-type', 'application/json; charset=utf-8');
  return body;
}
