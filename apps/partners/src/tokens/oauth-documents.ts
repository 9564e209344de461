import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** Documents whose names and fields are OAuth's, for the OpenAPI document. */
export class TokenRequest {
  @ApiProperty({ enum: ['client_credentials'], description: 'The only grant here.' })
  grant_type: string;

  @ApiPropertyOptional({ enum: ['urn:ietf:params:oauth:client-assertion-type:jwt-bearer'], description: 'With an assertion.' })
  client_assertion_type?: string;

  @ApiPropertyOptional({ description: 'The JWT that the client signed to authenticate (RFC 7523).' })
  client_assertion?: string;
}

export class PresentedToken {
  @ApiProperty({ description: 'The access token.' })
  token: string;

  @ApiPropertyOptional({ enum: ['access_token'], description: 'What it is.' })
  token_type_hint?: string;

  @ApiPropertyOptional({ enum: ['urn:ietf:params:oauth:client-assertion-type:jwt-bearer'], description: 'With an assertion.' })
  client_assertion_type?: string;

  @ApiPropertyOptional({ description: 'The JWT that the client signed to authenticate (RFC 7523).' })
  client_assertion?: string;
}

export class IntrospectionAnswer {
  @ApiProperty({ description: 'Whether it is a token of the client’s own that is good now. If not, nothing else is said.' })
  active: boolean;

  @ApiPropertyOptional({ description: 'The client.' })
  client_id?: string;

  @ApiPropertyOptional({ description: 'DPoP or Bearer.' })
  token_type?: string;

  @ApiPropertyOptional({ type: 'integer', description: 'Until when it is good, in seconds since 1970.' })
  exp?: number;

  @ApiPropertyOptional({ type: 'object', additionalProperties: true, description: 'What it is bound to (RFC 7800).' })
  cnf?: object;
}

export class TokenAnswer {
  @ApiProperty({ description: 'The JWT, for `Authorization: DPoP …` or `Bearer …`, as `token_type` says.' })
  access_token: string;

  @ApiProperty({ enum: ['DPoP', 'Bearer'], description: 'How it is sent.' })
  token_type: string;

  @ApiProperty({ type: 'integer', description: 'Seconds until it runs out.', example: 300 })
  expires_in: number;
}

export class OauthError {
  @ApiProperty({ description: 'The error code of RFC 6749, 5.2.', example: 'invalid_client' })
  error: string;

  @ApiPropertyOptional({ description: 'What is wrong.' })
  error_description?: string;
}

export class JwksDocument {
  @ApiProperty({ type: 'array', items: { type: 'object' }, description: 'The public keys.' })
  keys: object[];
}

export class ServerMetadata {
  @ApiProperty({ description: 'The issuer, as it stands in `iss` of every token.' })
  issuer: string;

  @ApiProperty({ description: 'Where tokens are had.' })
  token_endpoint: string;

  @ApiProperty({ description: 'Where the keys are.' })
  jwks_uri: string;

  @ApiProperty({ type: [String], description: 'How a token may be had.' })
  grant_types_supported: string[];

  @ApiProperty({ type: [String], description: 'How a client may authenticate.' })
  token_endpoint_auth_methods_supported: string[];

  @ApiProperty({ type: [String], description: 'How a client may sign its assertion.' })
  token_endpoint_auth_signing_alg_values_supported: string[];

  @ApiProperty({ type: [String], description: 'How a proof of possession may be signed.' })
  dpop_signing_alg_values_supported: string[];

  @ApiProperty({ description: 'Where a token is asked about.' })
  introspection_endpoint: string;

  @ApiProperty({ description: 'Where a token is given back.' })
  revocation_endpoint: string;

  @ApiPropertyOptional({ description: 'Whether tokens may be bound to certificates.' })
  tls_client_certificate_bound_access_tokens?: boolean;
}
