import { Property } from '@finharbor/platform/subgraph/property';
import { Directive, ID, ObjectType } from '@nestjs/graphql';
import { Entity } from 'typeorm';

/** A branch of a bank (网点), which may come to carry a harbor. */
@ObjectType({ description: 'An outlet of a bank, which may come to carry a harbor.' })
@Directive('@key(fields: "id")')
@Entity({ schema: 'partners', name: 'outlets' })
export class Outlet {
  @Property(() => ID, { description: 'Id of the outlet.', column: { primary: true } })
  id: string;

  @Property(() => ID, { description: 'The bank that it belongs to.', column: {} })
  organisationId: string;

  @Property(() => String, { description: 'Name of the outlet, of which its bank has no second.', column: {} })
  name: string;

  @Property(() => String, { description: 'Street, town or functional zone in which it lies, by its code.', column: {} })
  areaCode: string;
}
