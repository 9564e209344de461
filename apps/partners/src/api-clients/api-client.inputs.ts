import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayNotEmpty, IsArray, IsBoolean, IsIn, IsObject, IsOptional, IsString, IsUUID, Length } from 'class-validator';
import { type SenderConstraint, senderConstraints } from './api-client.entity.js';
import { type ClientRole, clientRoles } from './client-roles.js';

const jwksDescription = 'Its public keys, a JWK Set (RFC 7517) of one to ten: RSA from 2048 bits (PS256), EC P-256 (ES256) or Ed25519 (EdDSA). '
  + 'The private ones never leave the organisation.';
const jwksSchema = { type: 'object', additionalProperties: true, example: { keys: [{ kty: 'EC', crv: 'P-256', kid: '2026-1', x: '…', y: '…' }] } } as const;

/** Makes a client for an organisation. */
export class CreateApiClientInput {
  @ApiProperty({ description: 'The organisation in whose name it calls.', format: 'uuid' })
  @IsUUID()
  organisationId: string;

  @ApiProperty({ enum: clientRoles, enumName: 'ClientRole', description: 'The role in which it calls; it must fit the kind of the organisation.' })
  @IsIn(clientRoles)
  role: ClientRole;

  @ApiProperty({ description: 'What it is called, for people.', example: '核心系统', minLength: 2, maxLength: 60 })
  @IsString() @Length(2, 60)
  name: string;

  @ApiPropertyOptional({ ...jwksSchema, description: `${jwksDescription} Every client but a sandbox client needs them.` })
  @IsOptional() @IsObject()
  jwks?: object;

  @ApiPropertyOptional({
    enum: senderConstraints, enumName: 'SenderConstraint', default: 'DPOP',
    description: 'What its tokens are bound to, so that nobody else can use them: DPOP, a key that it proves to have with each request '
      + '(RFC 9449), or CERTIFICATE, the one that it shows on TLS (RFC 8705).',
  })
  @IsOptional() @IsIn(senderConstraints)
  senderConstraint?: SenderConstraint;

  @ApiPropertyOptional({
    default: false,
    description: 'A client for trying things: it has a secret instead of keys, and its tokens are good for whoever holds them. Made in a sandbox alone.',
  })
  @IsOptional() @IsBoolean()
  sandbox?: boolean;
}

/** Keys that a client will use too. */
export class AddClientKeysInput {
  @ApiProperty({ ...jwksSchema, description: jwksDescription })
  @IsObject()
  jwks: object;
}

/** Keys that a client uses no more. */
export class RemoveClientKeysInput {
  @ApiProperty({ type: [String], description: 'Their names. One key must stay.', example: ['2026-1'] })
  @IsArray() @ArrayNotEmpty() @IsString({ each: true })
  kids: string[];
}
