import { Property } from '@finharbor/platform/subgraph/property';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsObject, IsOptional } from 'class-validator';

/** The keys with which a client signs from now on. */
export class SetSignatureKeysInput {
  @ApiProperty({
    type: 'object', required: ['keys'], properties: { keys: { type: 'array', items: { type: 'object' } } },
    description: 'A JWK Set of at most ten public keys, all of them each time: Ed25519, EC P-256, or EC with the `crv` SM2. Each has its `kid`.',
  } as never)
  @IsObject()
  jwks: object;

  @ApiPropertyOptional({ description: 'Whether push lists and decisions of the client must be signed. Set by the system administrator alone; without it nothing changes.' })
  @IsOptional() @IsBoolean()
  signatureRequired?: boolean;
}

/** A key with which a client signs. */
export class SignatureKey {
  @Property(() => String, { description: 'Its name, which `keyid` of a signature gives.' })
  kid: string;

  @Property(() => String, { description: 'What it signs with: ed25519, ecdsa-p256-sha256 or sm2-sm3.' })
  algorithm: string;

  @Property(() => String, { description: 'The key itself, a JWK as JSON.' })
  jwk: string;
}

/** The keys with which a client signs, and whether it must. */
export class SignatureKeyList {
  @Property(() => [SignatureKey], { description: 'All of them.' })
  items: SignatureKey[];

  @Property(() => Boolean, { description: 'Whether its push lists and decisions must be signed.' })
  signatureRequired: boolean;
}
