import { OrganisationKind } from '@finharbor/contracts/vocabulary';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { localDate } from '@finharbor/standards/working-days';
import { type ClientRole, rolesOf } from '../api-clients/client-roles.js';
import { RelationKind } from './organisation-relation.entity.js';

/**
 * In which roles the clients of an organisation may call. Two supervising parties are named by their kinds (H-070); who the
 * third is the notice does not say, so it is what the district enters: an organisation of any kind that SUPERVISES the
 * operator. Where nobody is entered, the financial regulator is the third.
 */
export async function rolesIn(tx: Tx, organisation: { id: string; kind: OrganisationKind }): Promise<readonly ClientRole[]> {
  const { id, kind } = organisation;
  const roles = rolesOf(kind);
  const thirds = await tx.query<{ id: string }>(
    `select r.organisation_id as id from partners.organisation_relations r join partners.organisations o on o.id = r.related_id and o.kind = $1
     where r.kind = $2 and r.valid_from <= $3 and (r.valid_to is null or r.valid_to > $3)`,
    [OrganisationKind.OPERATOR, RelationKind.SUPERVISES, localDate(new Date())],
  );
  if (thirds.length === 0) return roles;
  if (thirds.some((third) => third.id === id)) return [...new Set<ClientRole>([...roles, 'supervisor', 'dashboard'])];
  return kind === OrganisationKind.FINANCIAL_REGULATOR ? [] : roles;
}
