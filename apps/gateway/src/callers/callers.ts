import { DomainError } from '@finharbor/contracts/errors';
import type { ServiceName } from '@finharbor/contracts/services';
import { CONFIG } from '@finharbor/platform/config/config';
import { AccessTokens } from '@finharbor/security/tokens/access-token';
import { anonymous, type Caller } from '@finharbor/security/tokens/caller';
import { parseServiceKeys, type ServiceKeys, signServiceToken } from '@finharbor/security/tokens/service-token';
import { Inject, Injectable } from '@nestjs/common';
import { fetch, type RequestInit } from 'undici';
import type { GatewayConfig } from '../config.js';
import { Services } from '../services.js';

/** Finds out who calls, and vouches for them to the services. */
@Injectable()
export class Callers {
  private readonly tokens: AccessTokens;
  private readonly serviceKeys: ServiceKeys;

  constructor(@Inject(CONFIG) config: GatewayConfig, services: Services) {
    this.serviceKeys = parseServiceKeys(config.SERVICE_KEY);
    this.tokens = new AccessTokens({
      issuer: config.PUBLIC_URL,
      jwksUrl: new URL('/oauth/jwks', config.PARTNERS_URL),
      // On the connections of the services, which bear that a process is replaced.
      fetch: ((url: string, options: RequestInit) => fetch(url, { ...options, dispatcher: services.agent })) as never,
      headers: () => ({ 'x-service-token': this.vouch(anonymous, 'partners') }),
    });
  }

  /** Without a token nobody in particular; a token that is not good is refused and never taken for none. */
  async identify(authorization: string | undefined): Promise<Caller> {
    if (authorization === undefined) return anonymous;
    const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(authorization)?.[1];
    const caller = token === undefined ? undefined : await this.verify(token);
    if (!caller) throw new DomainError('UNAUTHENTICATED', 'The access token is malformed, expired or not one of ours.');
    return caller;
  }

  /** The gateway's word to a service about who is calling; no other service takes it. */
  vouch(caller: Caller, service: ServiceName): string {
    return signServiceToken(this.serviceKeys, caller, service);
  }

  private async verify(token: string): Promise<Caller | undefined> {
    try {
      return await this.tokens.verify(token);
    } catch {
      throw new DomainError('SERVICE_UNAVAILABLE', 'Access tokens cannot be checked at the moment.');
    }
  }
}
