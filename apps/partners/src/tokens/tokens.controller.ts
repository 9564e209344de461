import { Controller, Get, HttpCode, type OnModuleInit, Post, Req, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import {
  ApiBadRequestResponse, ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags, ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { IntrospectionAnswer, JwksDocument, OauthError, PresentedToken, ServerMetadata, TokenAnswer, TokenRequest } from './oauth-documents.js';
import { TokenServer } from './token-server.js';

const form = 'application/x-www-form-urlencoded';

/**
 * OAuth as its standards put it: these routes, their bodies and their errors are not ours. The gateway passes the
 * client's Authorization on and says who it is itself in `x-service-token`.
 */
@ApiTags('oauth')
@Controller()
export class TokensController implements OnModuleInit {
  constructor(private readonly server: TokenServer, private readonly host: HttpAdapterHost) {}

  /** Leaves forms unread, for oidc-provider reads them itself; no other route of this service takes one. */
  onModuleInit(): void {
    const fastify = this.host.httpAdapter?.getInstance<FastifyInstance>();
    fastify?.removeContentTypeParser(form);
    fastify?.addContentTypeParser(form, (_request, payload, done) => done(null, payload));
  }

  @Post('oauth/token')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Get an access token',
    description: 'Client credentials (RFC 6749, 4.4) after FAPI 2.0: the client authenticates with an assertion that it signs (`private_key_jwt`: aud is '
      + 'the issuer, jti is used once, exp lies within five minutes), and its token is bound to a DPoP key or a certificate. A sandbox client authenticates by '
      + 'HTTP Basic, and its token is bound to nothing. The token is a JWT and holds for as long as it says, five minutes unless configured.',
  })
  @ApiConsumes(form)
  @ApiBody({ type: TokenRequest })
  @ApiOkResponse({ type: TokenAnswer })
  @ApiBadRequestResponse({ type: OauthError, description: 'The request cannot be understood or granted.' })
  @ApiUnauthorizedResponse({ type: OauthError, description: 'The client is unknown or locked, or its assertion or secret is not good.' })
  token(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply);
  }

  @Post('oauth/introspection')
  @HttpCode(200)
  @ApiOperation({ summary: 'Ask whether a token is good', description: 'Token introspection (RFC 7662), for the client’s own tokens; it authenticates as for a token.' })
  @ApiConsumes(form)
  @ApiBody({ type: PresentedToken })
  @ApiOkResponse({ type: IntrospectionAnswer })
  @ApiUnauthorizedResponse({ type: OauthError, description: 'The client is unknown or locked, or its assertion or secret is not good.' })
  introspect(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply);
  }

  @Post('oauth/revocation')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Give a token back',
    description: 'Token revocation (RFC 7009), of the client’s own tokens; it authenticates as for a token. Within a second the token is refused. '
      + 'The answer is 200 and empty whatever the token was.',
  })
  @ApiConsumes(form)
  @ApiBody({ type: PresentedToken })
  @ApiOkResponse({ description: 'The token is good no more.' })
  @ApiUnauthorizedResponse({ type: OauthError, description: 'The client is unknown or locked, or its assertion or secret is not good.' })
  revoke(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply);
  }

  @Get('oauth/jwks')
  @ApiOperation({ summary: 'The keys that verify access tokens', description: 'A JSON Web Key Set (RFC 7517).' })
  @ApiOkResponse({ type: JwksDocument })
  jwks(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply);
  }

  @Get('.well-known/oauth-authorization-server')
  @ApiOperation({ summary: 'Where to get a token and how', description: 'Authorization server metadata (RFC 8414).' })
  @ApiOkResponse({ type: ServerMetadata })
  metadata(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply);
  }

  @Get('.well-known/openid-configuration')
  @ApiOperation({ summary: 'The same, where OpenID Connect looks for it' })
  @ApiOkResponse({ type: ServerMetadata })
  openidMetadata(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.pass(request, reply);
  }

  private pass(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) reply.raw.setHeader(name, value);
    reply.hijack();
    return this.server.handle(request.raw, reply.raw);
  }
}
