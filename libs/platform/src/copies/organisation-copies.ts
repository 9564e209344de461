import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { Injectable } from '@nestjs/common';
import { On } from '../delivery/on.js';
import type { Tx } from '../tenancy/tx.js';

export interface OrganisationCopy {
  id: string;
  kind: string;
  name: string;
}

/**
 * What a service knows of the organisations, told by partners. A service that needs it lists this class among its
 * providers and has the table `organisation_copies` (id, kind, name, version) in its schema.
 */
@Injectable()
export class OrganisationCopies {
  @On('organisation.registered')
  registered(event: EventOf<'organisation.registered'>, tx: Tx): Promise<void> {
    return this.keep(event, tx);
  }

  @On('organisation.renamed')
  renamed(event: EventOf<'organisation.renamed'>, tx: Tx): Promise<void> {
    return this.keep(event, tx);
  }

  /** The organisation, or undefined when this service has not heard of it (yet). */
  async find(tx: Tx, id: string): Promise<OrganisationCopy | undefined> {
    const [row] = await tx.query<OrganisationCopy>(`select id, kind, name from ${tx.schema}.organisation_copies where id = $1`, [id]);
    return row;
  }

  private async keep(event: EventOf<'organisation.registered' | 'organisation.renamed'>, tx: Tx): Promise<void> {
    const { organisationId, kind, name } = event.payload;
    await tx.query(
      `insert into ${tx.schema}.organisation_copies as copy (id, kind, name, version) values ($1, $2, $3, $4)
       on conflict (id) do update set kind = excluded.kind, name = excluded.name, version = excluded.version where copy.version < excluded.version`,
      [organisationId, kind, name, event.version],
    );
  }
}
