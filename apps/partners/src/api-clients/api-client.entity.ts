import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { ID } from '@nestjs/graphql';
import { Entity } from 'typeorm';
import type { StoredKey } from './client-keys.js';
import { type ClientRole, clientRoles } from './client-roles.js';

/** What the tokens of a client are bound to: a key that it proves to have, or the certificate that it shows on TLS. */
export const senderConstraints = ['DPOP', 'CERTIFICATE'] as const;

export type SenderConstraint = (typeof senderConstraints)[number];

/** A program of an organisation that may call the API. It signs with its own keys; a sandbox client has a secret, kept as a hash. */
@Entity({ schema: 'partners', name: 'api_clients' })
export class ApiClient {
  @Property(() => ID, { description: 'Id of the client, its `client_id` at the token endpoint.', column: { primary: true } })
  id: string;

  @Property(() => ID, { description: 'The organisation in whose name it calls.', column: { name: 'org_id' } })
  organisationId: string;

  @Property(() => String, { description: 'What it is called, for people.', column: {} })
  name: string;

  @Property(() => String, { description: 'The role in which it calls.', enum: clientRoles, enumName: 'ClientRole', column: {} })
  role: ClientRole;

  @Property(() => Date, { description: 'When it was made.', column: {} })
  createdAt: Date;

  @Property(() => Date, { description: 'Since when it gets no more tokens; null while it does.', nullable: true, column: {} })
  lockedAt: Date | null;

  @Property(() => Boolean, { description: 'Whether it is for trying things: it has a secret, and its tokens are good for whoever holds them.', column: {} })
  sandbox: boolean;

  @Property(() => String, {
    description: 'What its tokens are bound to; null of a sandbox client.', enum: senderConstraints, enumName: 'SenderConstraint', nullable: true, column: {},
  })
  senderConstraint: SenderConstraint | null;

  @Hidden({ type: 'text', nullable: true, select: false })
  secretHash: string | null;

  @Hidden({ type: 'jsonb', nullable: true, select: false })
  keys: StoredKey[] | null;
}

/** A public key of a client. */
export class ClientKey {
  @Property(() => String, { description: 'Its name, which the header of what it signed gives.' })
  kid: string;

  @Property(() => String, { description: 'EC, RSA or OKP.' })
  kty: string;

  @Property(() => String, { description: 'Its thumbprint (RFC 7638, SHA-256), to compare with what the organisation says.' })
  thumbprint: string;
}

/** The keys that a client may sign with. */
export class ClientKeyList {
  @Property(() => [ClientKey], { description: 'The keys, the latest last.' })
  items: ClientKey[];
}

/** What a new client authenticates with. */
export class ApiClientCredentials {
  @Property(() => ID, { description: 'The `client_id` for the token endpoint.' })
  clientId: string;

  @Property(() => String, { description: 'Of a sandbox client the secret, shown this once: whoever loses it makes a new client. Null of every other.', nullable: true })
  clientSecret: string | null;

  @Property(() => ID, { description: 'The organisation in whose name the client calls.' })
  organisationId: string;

  @Property(() => String, { description: 'The role in which it calls.', enum: clientRoles, enumName: 'ClientRole' })
  role: ClientRole;
}
