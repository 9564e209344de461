import { PageQuery } from '@finharbor/platform/http/page';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsEnum, IsIn, IsObject, IsOptional, IsString, IsUUID, Length, ValidateNested } from 'class-validator';
import { type ClientRole, clientRoles } from '../api-clients/client-roles.js';
import { IsName, RegisterOrganisationInput } from '../organisations/organisation.inputs.js';
import { OnboardingState } from './onboarding.entity.js';

/** The client that a partner is to get. */
export class ProposedClientInput {
  @ApiProperty({ enum: clientRoles, enumName: 'ClientRole', description: 'The role in which it calls; it must fit the kind of the organisation.' })
  @IsIn(clientRoles)
  role: ClientRole;

  @ApiProperty({ description: 'What it is called, for people.', example: '核心系统', minLength: 2, maxLength: 60 })
  @IsString() @Length(2, 60) @IsName()
  name: string;

  @ApiProperty({ type: Object, description: 'Its public keys, a JWK Set (RFC 7517): RSA (PS256), EC P-256 (ES256) or Ed25519 (EdDSA).' })
  @IsObject()
  jwks: Record<string, unknown>;

  @ApiProperty({ enum: ['DPOP', 'CERTIFICATE'], description: 'What its tokens are bound to: a key of its own choice, or the certificate that it shows.' })
  @IsIn(['DPOP', 'CERTIFICATE'])
  senderConstraint: 'DPOP' | 'CERTIFICATE';
}

/** Proposes a partner: an organisation that is new or known, and a client of it. */
export class ProposeOnboardingInput {
  @ApiPropertyOptional({ description: 'The organisation, if it is known; else `organisation`.', format: 'uuid' })
  @IsOptional() @IsUUID()
  organisationId?: string;

  @ApiPropertyOptional({ description: 'The organisation, if it is new: it is registered when the onboarding is approved.', type: RegisterOrganisationInput })
  @IsOptional() @IsObject() @ValidateNested() @Type(() => RegisterOrganisationInput)
  organisation?: RegisterOrganisationInput;

  @ApiProperty({ description: 'Its client.', type: ProposedClientInput })
  @IsObject() @ValidateNested() @Type(() => ProposedClientInput)
  client: ProposedClientInput;

  @ApiProperty({ description: 'Why the partner is to be let in, for who approves; naming nobody.', minLength: 2, maxLength: 500 })
  @IsString() @Length(2, 500)
  reason: string;
}

/** Decides on an onboarding. */
export class DecideOnboardingInput {
  @ApiProperty({ description: 'Why it is decided so, naming nobody.', minLength: 2, maxLength: 500 })
  @IsString() @Length(2, 500)
  reason: string;
}

/** Which onboardings. */
export class OnboardingsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: OnboardingState, enumName: 'OnboardingState', description: 'In this state alone.' })
  @IsOptional() @IsEnum(OnboardingState)
  state?: OnboardingState;
}
