import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { ID } from '@nestjs/graphql';
import { Entity } from 'typeorm';
import { type ClientRole, clientRoles } from './client-roles.js';

/** A program of an organisation that may call the API. Its secret is shown once and kept as a hash. */
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

  @Hidden({ type: 'text', select: false })
  secretHash: string;
}

/** What a new client authenticates with. */
export class ApiClientCredentials {
  @Property(() => ID, { description: 'The `client_id` for the token endpoint.' })
  clientId: string;

  @Property(() => String, { description: 'The secret, shown this once: whoever loses it makes a new client.' })
  clientSecret: string;

  @Property(() => ID, { description: 'The organisation in whose name the client calls.' })
  organisationId: string;

  @Property(() => String, { description: 'The role in which it calls.', enum: clientRoles, enumName: 'ClientRole' })
  role: ClientRole;
}
