import { ApiProperty } from '@nestjs/swagger';
import { OrganisationRelation } from './organisation-relation.entity.js';
import { Organisation, OrganisationName } from './organisation.entity.js';
import { Outlet } from './outlet.entity.js';

/** What REST tells of one organisation; over GraphQL names and outlets are asked for by field. */
export class OrganisationDetails extends Organisation {
  @ApiProperty({ type: [OrganisationName], description: 'Every name, the oldest first.' })
  names: OrganisationName[];

  @ApiProperty({ type: [Outlet], description: 'The outlets of a bank.' })
  outlets: Outlet[];

  @ApiProperty({ type: [OrganisationRelation], description: 'What it is to other organisations, the oldest first.' })
  relations: OrganisationRelation[];
}
