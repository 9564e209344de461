import { DomainError, notFound } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { OrganisationKind } from '@finharbor/contracts/vocabulary';
import { OrganisationCopies } from '@finharbor/platform/copies/organisation-copies';
import { ReferenceCopies } from '@finharbor/platform/copies/reference-copies';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, type PageArgs, type PageQuery, readPage } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { regionOn } from '@finharbor/standards/regions';
import { localDate } from '@finharbor/standards/working-days';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Harbor, type HarborTotals } from './harbor.entity.js';
import type { RegisterHarborInput } from './harbor.inputs.js';

@Injectable()
export class HarborsService {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly publisher: Publisher,
    private readonly cursors: Cursors,
    private readonly organisations: OrganisationCopies,
    private readonly reference: ReferenceCopies,
  ) {}

  /** Registers a harbor at an outlet. Refused when the outlet is unknown or carries a harbor already, or the area is unknown. */
  register(caller: Caller, input: RegisterHarborInput): Promise<Harbor> {
    return this.tenancy.run(caller, async (tx) => {
      const area = regionOn(input.areaCode, localDate(new Date()), await this.reference.regions(tx));
      if (!area) throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'areaCode', rule: 'region', message: 'areaCode is no area of today' }]);
      const [outlet] = await tx.query<{ organisation_id: string }>('select organisation_id from harbors.outlet_copies where id = $1', [input.outletId]);
      const bank = outlet && await this.organisations.find(tx, outlet.organisation_id);
      if (bank?.kind !== OrganisationKind.BANK) throw notFound('outlet of a bank');
      const [{ number }] = await tx.query<{ number: string }>(`select 'WZ-HB-' || lpad(nextval('harbors.harbor_numbers')::text, 4, '0') as number`);
      const harbor = tx.manager.create(Harbor, {
        ...input, id: newId(), number, hostBankId: bank.id, areaName: area.name, registeredAt: new Date(),
      });
      await tx.manager.insert(Harbor, harbor);
      await this.publisher.publish(tx, 'harbor.registered', {
        organisationId: bank.id,
        aggregateId: harbor.id,
        version: 1,
        payload: { harborId: harbor.id, number, name: harbor.name, hostBankId: bank.id, areaCode: harbor.areaCode },
      });
      await audit(tx, { action: 'harbor.register', resource: 'harbor', resourceId: harbor.id, detail: { number } });
      return harbor;
    });
  }

  list(caller: Caller, page: PageQuery | PageArgs): Promise<Page<Harbor>> {
    return this.tenancy.run(caller, (tx) => readPage(tx.manager.createQueryBuilder(Harbor, 'harbor'), page, this.cursors, {
      list: 'harbors', organisationId: caller.organisationId,
    }));
  }

  async get(caller: Caller, id: string): Promise<Harbor> {
    const harbor = (await this.byIds(caller, [id])).get(id);
    if (!harbor) throw notFound('harbor');
    return harbor;
  }

  byIds(caller: Caller, ids: readonly string[]): Promise<Map<string, Harbor>> {
    return this.tenancy.run(caller, async (tx) => {
      const rows = await tx.manager.findBy(Harbor, { id: In([...ids]) });
      return new Map(rows.map((row) => [row.id, row]));
    });
  }

  /** Counts over all banks, for supervisors: a bank could subtract its own and learn another's. */
  totals(caller: Caller, ids: readonly string[]): Promise<Map<string, HarborTotals>> {
    return this.tenancy.run(caller, async (tx) => {
      const rows = await tx.query<HarborTotals>(
        `select id as "harborId", coalesce(demand_total, 0) as "demandTotal", coalesce(approved_total, 0) as "approvedTotal",
                coalesce(open_issue_total, 0) as "openIssueTotal"
         from harbors.harbors left join harbors.harbor_totals on harbor_id = id where id = any($1)`,
        [ids],
      );
      return new Map(rows.map((row) => [row.harborId, row]));
    });
  }
}
