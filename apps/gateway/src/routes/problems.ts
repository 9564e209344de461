import { ProblemFilter } from '@finharbor/platform/errors/problem.filter';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';

/** Answers failures of a scope's routes as the rest of the application does; Nest's own handler comes too late for a scope. */
export function answerProblems(scope: FastifyInstance, logger: Logger): void {
  const filter = new ProblemFilter(logger);
  scope.setErrorHandler((error, request, reply) => void filter.catch(error, new ExecutionContextHost([request, reply])));
}
