import { OrganisationKind } from '@finharbor/contracts/vocabulary';
import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { LocalDate } from '@finharbor/platform/subgraph/scalars';
import { Directive, ID, ObjectType, registerEnumType } from '@nestjs/graphql';
import { Entity } from 'typeorm';

registerEnumType(OrganisationKind, { name: 'OrganisationKind', description: 'What an organisation is to the programme.' });

/** Who takes part in the programme. Permissions rest on the id and the kind, never on the name, which changes. */
@ObjectType({ description: 'An organisation of the programme: a department, a supervising party, a bank, an area organisation, an insurer and more.' })
@Directive('@key(fields: "id")')
@Entity({ schema: 'partners', name: 'organisations' })
export class Organisation {
  @Property(() => ID, { description: 'Id of the organisation, which never changes.', column: { primary: true } })
  id: string;

  @Property(() => OrganisationKind, { description: 'What it is to the programme.', enum: OrganisationKind, enumName: 'OrganisationKind', column: {} })
  kind: OrganisationKind;

  @Property(() => String, { description: 'The name that it bears today (Asia/Shanghai).' })
  name: string;
}

/** A name with the time in which the organisation bears it: ministries and branches are renamed, documents are not. */
@ObjectType({ description: 'A name of an organisation with the days on which it holds.' })
@Entity({ schema: 'partners', name: 'organisation_names' })
export class OrganisationName {
  @Hidden({ type: 'uuid', primary: true })
  id: string;

  @Hidden({ type: 'uuid' })
  organisationId: string;

  @Property(() => String, { description: 'The name.', column: {} })
  name: string;

  @Property(() => LocalDate, { description: 'First day on which it holds.', column: {} })
  validFrom: string;

  @Property(() => LocalDate, { description: 'First day on which the next name holds; null for the latest name.', nullable: true, column: {} })
  validTo: string | null;
}
