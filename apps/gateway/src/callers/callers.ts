import { DomainError } from '@finharbor/contracts/errors';
import { CONFIG } from '@finharbor/platform/config/config';
import { AccessTokens } from '@finharbor/security/tokens/access-token';
import { anonymous, type Caller } from '@finharbor/security/tokens/caller';
import { signServiceToken } from '@finharbor/security/tokens/service-token';
import { Inject, Injectable } from '@nestjs/common';
import type { GatewayConfig } from '../config.js';

/** Finds out who calls, and vouches for them to the services. */
@Injectable()
export class Callers {
  private readonly tokens: AccessTokens;
  private readonly serviceKey: Buffer;

  constructor(@Inject(CONFIG) config: GatewayConfig) {
    this.serviceKey = Buffer.from(config.SERVICE_KEY, 'base64url');
    this.tokens = new AccessTokens({
      issuer: config.PUBLIC_URL,
      jwksUrl: new URL('/oauth/jwks', config.PARTNERS_URL),
      headers: () => ({ 'x-service-token': this.vouch(anonymous) }),
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

  /** The gateway's word to a service about who is calling. */
  vouch(caller: Caller): string {
    return signServiceToken(this.serviceKey, caller);
  }

  private async verify(token: string): Promise<Caller | undefined> {
    try {
      return await this.tokens.verify(token);
    } catch {
      throw new DomainError('SERVICE_UNAVAILABLE', 'Access tokens cannot be checked at the moment.');
    }
  }
}
