import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** Documents whose names and fields are OAuth's, for the OpenAPI document. */
export class TokenRequest {
  @ApiProperty({ enum: ['client_credentials'], description: 'The only grant here.' })
  grant_type: string;
}

export class TokenAnswer {
  @ApiProperty({ description: 'The JWT, for `Authorization: Bearer …`.' })
  access_token: string;

  @ApiProperty({ enum: ['Bearer'], description: 'How it is sent.' })
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
}
