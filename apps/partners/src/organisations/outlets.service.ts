import { DomainError, notFound } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { OrganisationKind } from '@finharbor/contracts/vocabulary';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { regionOn } from '@finharbor/standards/regions';
import { localDate } from '@finharbor/standards/working-days';
import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { In } from 'typeorm';
import { importedRegions } from '../reference-data/reference-data.service.js';
import { Organisation } from './organisation.entity.js';
import type { RegisterOutletInput } from './organisation.inputs.js';
import { Outlet } from './outlet.entity.js';

@Injectable()
export class OutletsService {
  constructor(private readonly tenancy: Tenancy, private readonly publisher: Publisher) {}

  /** Names an outlet of a bank. Refused for other kinds of organisation and for an area that is none today. */
  register(caller: Caller, organisationId: string, input: RegisterOutletInput): Promise<Outlet> {
    return this.tenancy.run(caller, async (tx) => {
      const bank = await tx.manager.findOneBy(Organisation, { id: organisationId });
      if (!bank) throw notFound('organisation');
      if (bank.kind !== OrganisationKind.BANK) {
        throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'id', rule: 'bankOnly', message: `a ${bank.kind} has no outlets, only a BANK has` }]);
      }
      if (!regionOn(input.areaCode, localDate(new Date()), await importedRegions(tx))) {
        throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'areaCode', rule: 'region', message: 'areaCode is no area of today' }]);
      }
      const outlet = tx.manager.create(Outlet, { ...input, id: newId(), organisationId });
      await tx.manager.insert(Outlet, outlet);
      await this.publisher.publish(tx, 'outlet.registered', {
        organisationId, aggregateId: outlet.id, version: 1,
        payload: { outletId: outlet.id, organisationId, name: outlet.name, areaCode: outlet.areaCode },
      });
      await audit(tx, { action: 'outlet.register', resource: 'outlet', resourceId: outlet.id, detail: { organisationId, ...input } });
      return outlet;
    });
  }

  byIds(caller: Caller, ids: readonly string[]): Promise<Map<string, Outlet>> {
    return this.tenancy.run(caller, async (tx) => {
      const rows = await tx.manager.findBy(Outlet, { id: In(ids.filter((id) => isUUID(id))) });
      return new Map(rows.map((row) => [row.id, row]));
    });
  }

  /** Every outlet of the organisations, in the order in which they were named. */
  ofOrganisations(caller: Caller, ids: readonly string[]): Promise<Map<string, Outlet[]>> {
    return this.tenancy.run(caller, async (tx) => {
      const outlets = await tx.manager.find(Outlet, { where: { organisationId: In([...ids]) }, order: { id: 'ASC' } });
      return new Map(ids.map((id) => [id, outlets.filter((outlet) => outlet.organisationId === id)]));
    });
  }
}
