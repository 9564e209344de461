import { DomainError } from '@finharbor/contracts/errors';
import { mayCall } from '@finharbor/security/authorisation/policy';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { currentContext } from '../logs/context.js';

/** `METHOD /path/{parameter}` of a request, as the authorisation table writes it. */
export const routeOf = (method: string, url: string): string => `${method} ${url.replaceAll(/:(\w+)/g, '{$1}')}`;

/** Refuses every route that the authorisation table does not give to the caller's role. GraphQL is checked by field. */
@Injectable()
export class AuthorisationGuard implements CanActivate {
  canActivate(execution: ExecutionContext): boolean {
    if (execution.getType<string>() !== 'http') return true;
    const request = execution.switchToHttp().getRequest<FastifyRequest>();
    const url = request.routeOptions.url ?? '';
    if (isOperational(url)) return true;
    const caller = currentContext()?.caller;
    if (!caller) throw new DomainError('UNAUTHENTICATED');
    if (mayCall(caller.role, routeOf(request.method, url))) return true;
    throw new DomainError(caller.role === 'anonymous' || caller.role === 'applicant' ? 'UNAUTHENTICATED' : 'FORBIDDEN');
  }
}

/** Health and metrics are for the machines beside the service; the gateway does not pass them on. */
const isOperational = (url: string): boolean => url.startsWith('/health/') || url === '/metrics';
