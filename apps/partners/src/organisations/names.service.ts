import { DomainError, notFound } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import type { OrganisationKind } from '@finharbor/contracts/vocabulary';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Due } from '@finharbor/platform/due/due';
import { type DueClock, OnDue } from '@finharbor/platform/due/on-due';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { localDate } from '@finharbor/standards/working-days';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { OrganisationName } from './organisation.entity.js';
import type { RenameOrganisationInput } from './organisation.inputs.js';

/** Names with days. A name given for a later day is told to the other services on that day, by a clock. */
@Injectable()
export class NamesService {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly publisher: Publisher,
    private readonly due: Due,
  ) {}

  /** Gives the organisation another name from a day on. Names are only added at the end: documents already bear the former ones. */
  rename(caller: Caller, organisationId: string, input: RenameOrganisationInput): Promise<OrganisationName> {
    return this.tenancy.run(caller, async (tx) => {
      // The row lock puts two renamings of one organisation in order.
      const [organisation] = await tx.query('select 1 from partners.organisations where id = $1 for update', [organisationId]);
      if (!organisation) throw notFound('organisation');
      const [latest] = await tx.query<{ id: string; valid_from: string }>(
        'select id, valid_from::text from partners.organisation_names where organisation_id = $1 and valid_to is null', [organisationId],
      );
      if (input.validFrom <= latest.valid_from) {
        const message = `validFrom must be after ${latest.valid_from}, the first day of the latest name`;
        throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'validFrom', rule: 'afterLatestName', message }]);
      }
      const name = tx.manager.create(OrganisationName, { ...input, id: newId(), organisationId, validTo: null });
      await tx.query('update partners.organisation_names set valid_to = $2 where id = $1', [latest.id, input.validFrom]);
      await tx.manager.insert(OrganisationName, name);
      if (input.validFrom <= localDate(new Date())) await this.publishRenamed(tx, name);
      else await this.due.set(tx, { kind: 'organisation-name', aggregateId: name.id, organisationId, dueAt: new Date(`${input.validFrom}T00:00:00+08:00`) });
      await audit(tx, { action: 'organisation.rename', resource: 'organisation', resourceId: organisationId, detail: { ...input } });
      return name;
    });
  }

  /** The day has come on which a name holds. */
  @OnDue('organisation-name')
  async nameBegins(clock: DueClock, tx: Tx): Promise<void> {
    await this.publishRenamed(tx, await tx.manager.findOneByOrFail(OrganisationName, { id: clock.aggregateId }));
  }

  /** Every name of the organisations, the oldest first. */
  ofOrganisations(caller: Caller, ids: readonly string[]): Promise<Map<string, OrganisationName[]>> {
    return this.tenancy.run(caller, async (tx) => {
      const names = await tx.manager.find(OrganisationName, { where: { organisationId: In([...ids]) }, order: { validFrom: 'ASC' } });
      return new Map(ids.map((id) => [id, names.filter((name) => name.organisationId === id)]));
    });
  }

  private async publishRenamed(tx: Tx, { organisationId, name, validFrom }: OrganisationName): Promise<void> {
    const [{ kind, version }] = await tx.query<{ kind: OrganisationKind; version: number }>(
      'update partners.organisations set version = version + 1 where id = $1 returning kind, version', [organisationId],
    );
    await this.publisher.publish(tx, 'organisation.renamed', {
      organisationId, aggregateId: organisationId, version, payload: { organisationId, kind, name, validFrom },
    });
  }
}
