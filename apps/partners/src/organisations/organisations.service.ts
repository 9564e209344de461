import { DomainError, notFound } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, readPage } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { localDate } from '@finharbor/standards/working-days';
import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { In } from 'typeorm';
import { Organisation, OrganisationName } from './organisation.entity.js';
import type { OrganisationsArgs, OrganisationsQuery, RegisterOrganisationInput } from './organisation.inputs.js';

@Injectable()
export class OrganisationsService {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly publisher: Publisher,
    private readonly cursors: Cursors,
  ) {}

  /** Registers an organisation. Its first name holds at once: an organisation always bears a name. */
  register(caller: Caller, input: RegisterOrganisationInput): Promise<Organisation> {
    return this.tenancy.run(caller, (tx) => this.registerIn(tx, input));
  }

  /** The same within a transaction that does more: an approved onboarding. */
  async registerIn(tx: Tx, input: RegisterOrganisationInput): Promise<Organisation> {
    this.mustHoldToday(input);
    const { kind, name, validFrom = localDate(new Date()) } = input;
    const organisation = tx.manager.create(Organisation, { id: newId(), kind });
    organisation.name = name;
    const { id } = organisation;
    await tx.manager.insert(Organisation, organisation);
    await tx.manager.insert(OrganisationName, { id: newId(), organisationId: id, name, validFrom, validTo: null });
    await this.publisher.publish(tx, 'organisation.registered', {
      organisationId: id, aggregateId: id, version: 1, payload: { organisationId: id, kind, name },
    });
    await audit(tx, { action: 'organisation.register', resource: 'organisation', resourceId: id, detail: { kind, name, validFrom } });
    return organisation;
  }

  /** Refuses an organisation whose first name holds only later. */
  mustHoldToday({ validFrom }: RegisterOrganisationInput): void {
    if (validFrom === undefined || validFrom <= localDate(new Date())) return;
    const message = 'validFrom of the first name must not be after today; add a later name once the organisation is registered';
    throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'validFrom', rule: 'notInFuture', message }]);
  }

  list(caller: Caller, query: OrganisationsQuery | OrganisationsArgs): Promise<Page<Organisation>> {
    return this.tenancy.run(caller, async (tx) => {
      const rows = tx.manager.createQueryBuilder(Organisation, 'organisation');
      if (query.kind) rows.where('organisation.kind = :kind', { kind: query.kind });
      const scope = { list: 'organisations', organisationId: caller.organisationId, filter: query.kind };
      const page = await readPage(rows, query, this.cursors, scope);
      await this.fillNames(tx, page.items);
      return page;
    });
  }

  async get(caller: Caller, id: string): Promise<Organisation> {
    const organisation = (await this.byIds(caller, [id])).get(id);
    if (!organisation) throw notFound('organisation');
    return organisation;
  }

  byIds(caller: Caller, ids: readonly string[]): Promise<Map<string, Organisation>> {
    return this.tenancy.run(caller, async (tx) => {
      const rows = await tx.manager.findBy(Organisation, { id: In(ids.filter((id) => isUUID(id))) });
      await this.fillNames(tx, rows);
      return new Map(rows.map((row) => [row.id, row]));
    });
  }

  private async fillNames(tx: Tx, organisations: Organisation[]): Promise<void> {
    const rows = await tx.query<{ organisation_id: string; name: string }>(
      `select organisation_id, name from partners.organisation_names
       where organisation_id = any($1) and valid_from <= $2 and (valid_to is null or valid_to > $2)`,
      [organisations.map((one) => one.id), localDate(new Date())],
    );
    const names = new Map(rows.map((row) => [row.organisation_id, row.name]));
    for (const organisation of organisations) organisation.name = names.get(organisation.id)!;
  }
}
