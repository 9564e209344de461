import { randomUUID } from 'node:crypto';
import { problem } from '@finharbor/contracts/errors';
import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { asJson, Replayed } from '../idempotency/idempotency.js';
import { currentContext } from '../logs/context.js';
import { toDomainError } from './to-domain-error.js';

/** Answers every failure of a REST request as a problem document (RFC 9457); an unknown error is masked with a logged id. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): unknown {
    if (host.getType<string>() === 'graphql') return error;
    return this.answer(error, host.switchToHttp().getResponse<FastifyReply>());
  }

  /** The same for what fails before a handler is reached: a body that cannot be read, a caller who may not. */
  answer(error: unknown, reply: FastifyReply): FastifyReply {
    if (error instanceof Replayed) return replay(error, reply);
    const known = toDomainError(error);
    const body = known?.toProblem() ?? this.masked(error);
    if (body.status === 503) void reply.header('retry-after', '2');
    // Fastify cuts a connection whose body it did not read to the end; the gateway, still sending, would miss this answer.
    if (body.status === 413) void reply.removeHeader('connection');
    // For whoever does not read the body: HEAD, and the gateway's record of the request.
    void reply.header('x-error-code', body.code);
    return reply.status(body.status).header('content-type', 'application/problem+json; charset=utf-8').send(JSON.stringify(body));
  }

  private masked(error: unknown): ReturnType<typeof problem> {
    const errorId = randomUUID();
    this.logger.error({ err: error, errorId }, 'unexpected error');
    return problem('INTERNAL', `Tell the operator this id: ${errorId}`);
  }
}

/** The same status and text as the first time. */
function replay(answer: Replayed, reply: FastifyReply): FastifyReply {
  currentContext()!.idempotency!.body = answer.body;
  return asJson(reply.status(answer.status)).header('idempotent-replayed', 'true').send(answer.body);
}
