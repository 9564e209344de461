import { ApiProperty } from '@nestjs/swagger';
import { Organisation, OrganisationName } from './organisation.entity.js';
import { Outlet } from './outlet.entity.js';

/** What REST tells of one organisation; over GraphQL names and outlets are asked for by field. */
export class OrganisationDetails extends Organisation {
  @ApiProperty({ type: [OrganisationName], description: 'Every name, the oldest first.' })
  names: OrganisationName[];

  @ApiProperty({ type: [Outlet], description: 'The outlets of a bank.' })
  outlets: Outlet[];
}
