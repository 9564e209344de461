import { DomainError, notFound } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { In, IsNull } from 'typeorm';
import { OrganisationRelation } from './organisation-relation.entity.js';
import { Organisation } from './organisation.entity.js';
import type { EndRelationInput, RelateOrganisationInput } from './organisation.inputs.js';

/** What organisations are to each other, with days. Nothing is removed: a relation ends. */
@Injectable()
export class RelationsService {
  constructor(private readonly tenancy: Tenancy) {}

  /** Says what one is to another from a day on. Refused for itself, for one that is unknown, and while the same holds already. */
  relate(caller: Caller, organisationId: string, input: RelateOrganisationInput): Promise<OrganisationRelation> {
    return this.tenancy.run(caller, async (tx) => {
      if (!await tx.manager.findOneBy(Organisation, { id: organisationId })) throw notFound('organisation');
      if (!await tx.manager.findOneBy(Organisation, { id: input.relatedId })) throw invalid('relatedId', 'organisation', 'relatedId is no organisation');
      if (organisationId === input.relatedId) throw invalid('relatedId', 'another', 'an organisation is nothing to itself');
      const { kind, relatedId } = input;
      if (await tx.manager.findOneBy(OrganisationRelation, { organisationId, kind, relatedId, validTo: IsNull() })) {
        throw new DomainError('ALREADY_EXISTS', 'The organisation is that already; end the relation first.');
      }
      const relation = tx.manager.create(OrganisationRelation, { ...input, id: newId(), organisationId, validTo: null });
      await tx.manager.insert(OrganisationRelation, relation);
      await audit(tx, { action: 'organisation.relate', resource: 'organisation', resourceId: organisationId, detail: { ...input } });
      return relation;
    });
  }

  /** Ends a relation with a day, once. */
  end(caller: Caller, id: string, { validTo }: EndRelationInput): Promise<OrganisationRelation> {
    return this.tenancy.run(caller, async (tx) => {
      await tx.query('select 1 from partners.organisation_relations where id = $1 for no key update', [id]);
      const relation = await tx.manager.findOneBy(OrganisationRelation, { id });
      if (!relation) throw notFound('relation');
      if (relation.validTo) throw new DomainError('ILLEGAL_STATE', `The relation ends on ${relation.validTo}.`);
      if (validTo <= relation.validFrom) throw invalid('validTo', 'afterStart', `validTo must be after ${relation.validFrom}, the first day of the relation`);
      await tx.manager.update(OrganisationRelation, { id }, { validTo });
      await audit(tx, { action: 'organisation.unrelate', resource: 'organisation', resourceId: relation.organisationId, detail: { relationId: id, validTo } });
      return Object.assign(relation, { validTo });
    });
  }

  /** Every relation of the organisations to others, the oldest first. */
  ofOrganisations(caller: Caller, ids: readonly string[]): Promise<Map<string, OrganisationRelation[]>> {
    return this.tenancy.run(caller, async (tx) => {
      const relations = await tx.manager.find(OrganisationRelation, { where: { organisationId: In([...ids]) }, order: { validFrom: 'ASC', id: 'ASC' } });
      return new Map(ids.map((id) => [id, relations.filter((relation) => relation.organisationId === id)]));
    });
  }
}

const invalid = (field: string, rule: string, message: string): DomainError => new DomainError('VALIDATION_FAILED', undefined, [{ field, rule, message }]);
