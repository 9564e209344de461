import { OrganisationKind } from '@finharbor/contracts/vocabulary';
import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { ID } from '@nestjs/graphql';
import { Entity } from 'typeorm';
import type { StoredKey } from '../api-clients/client-keys.js';
import { type ClientRole, clientRoles } from '../api-clients/client-roles.js';

export enum OnboardingState {
  PROPOSED = 'PROPOSED',
  APPROVED = 'APPROVED',
  REJECTED = 'REJECTED',
  WITHDRAWN = 'WITHDRAWN',
  /** Nobody decided within its time. */
  EXPIRED = 'EXPIRED',
}

/** The organisation that comes with the onboarding. */
export interface ProposedOrganisation {
  kind: OrganisationKind;
  name: string;
  validFrom?: string;
}

/** What the client is made of when it is approved. */
export interface ProposedClient {
  role: ClientRole;
  name: string;
  jwks: { keys: object[] };
  senderConstraint: 'DPOP' | 'CERTIFICATE';
}

/**
 * A partner's way in: an organisation, new or known, and a client of it. One administrator proposes, another approves, and until
 * then there is nothing that could call.
 */
@Entity({ schema: 'partners', name: 'onboardings' })
export class Onboarding {
  @Property(() => ID, { description: 'Id of the onboarding.', column: { primary: true } })
  id: string;

  @Property(() => OnboardingState, { description: 'How far it came.', enum: OnboardingState, enumName: 'OnboardingState', column: {} })
  state: OnboardingState;

  @Property(() => ID, { description: 'The organisation; null for a new one until it is approved.', nullable: true, column: {} })
  organisationId: string | null;

  @Property(() => OrganisationKind, { description: 'What a new organisation is to the programme.', nullable: true, enum: OrganisationKind, enumName: 'OrganisationKind' })
  get organisationKind(): OrganisationKind | null {
    return this.organisation?.kind ?? null;
  }

  @Property(() => String, { description: 'Name of a new organisation.', nullable: true })
  get organisationName(): string | null {
    return this.organisation?.name ?? null;
  }

  @Property(() => String, { description: 'The role in which the client will call.', enum: clientRoles, enumName: 'ClientRole' })
  get role(): ClientRole {
    return this.client.role;
  }

  @Property(() => String, { description: 'What the client is called, for people.' })
  get clientName(): string {
    return this.client.name;
  }

  @Property(() => [String], { description: 'Names (kid, or thumbprint) of the public keys that the client will authenticate with.' })
  get keyIds(): string[] {
    return (this.client.jwks.keys as StoredKey[]).map(({ kid }) => kid);
  }

  @Property(() => String, { description: 'Why the partner is to be let in.', column: {} })
  reason: string;

  @Property(() => String, { description: 'Client or person who proposed it.', column: {} })
  proposedBy: string;

  @Property(() => Date, { description: 'When it was proposed.', column: {} })
  proposedAt: Date;

  @Property(() => Date, { description: 'When it expires, unless it is decided before.', column: {} })
  expiresAt: Date;

  @Property(() => String, { description: 'Client or person who approved, rejected or withdrew it: of the first two never who proposed it.', nullable: true, column: {} })
  decidedBy: string | null;

  @Property(() => Date, { description: 'When it was decided, withdrawn or expired.', nullable: true, column: {} })
  decidedAt: Date | null;

  @Property(() => String, { description: 'Why it was decided so.', nullable: true, column: {} })
  decisionReason: string | null;

  @Property(() => ID, { description: 'The client that was made of it.', nullable: true, column: {} })
  clientId: string | null;

  @Hidden({ type: 'jsonb', nullable: true })
  organisation: ProposedOrganisation | null;

  @Hidden({ type: 'jsonb' })
  client: ProposedClient;
}
