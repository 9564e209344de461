import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { LocalDate } from '@finharbor/platform/subgraph/scalars';
import { ID, ObjectType, registerEnumType } from '@nestjs/graphql';
import { Entity } from 'typeorm';

/** What an organisation is to another; the few that the programme needs. */
export enum RelationKind {
  /** A branch of a bank or an authority (2023: 中心支行 became 市分行 of another). */
  BRANCH_OF = 'BRANCH_OF',
  /** Supervises it; of the operator: is the third supervising party (H-072). */
  SUPERVISES = 'SUPERVISES',
  /** The lead organisation (牵头单位) above those responsible (H-022, H-070). */
  LEADS = 'LEADS',
  /** Belongs to it, as a community to its street or an incubator to its park (H-008). */
  MEMBER_OF = 'MEMBER_OF',
}

registerEnumType(RelationKind, { name: 'RelationKind', description: 'What an organisation is to another.' });

@ObjectType({ description: 'What an organisation is to another, with the days on which it holds.' })
@Entity({ schema: 'partners', name: 'organisation_relations' })
export class OrganisationRelation {
  @Property(() => ID, { description: 'Id of the relation.', column: { primary: true } })
  id: string;

  @Property(() => RelationKind, { description: 'What it is to the other.', enum: RelationKind, enumName: 'RelationKind', column: {} })
  kind: RelationKind;

  @Property(() => ID, { description: 'The other organisation.', column: {} })
  relatedId: string;

  @Property(() => LocalDate, { description: 'First day on which it holds.', column: {} })
  validFrom: string;

  @Property(() => LocalDate, { description: 'First day on which it holds no more; null while no end is known.', nullable: true, column: {} })
  validTo: string | null;

  @Hidden({ type: 'uuid' })
  organisationId: string;
}
