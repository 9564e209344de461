import { Property } from '@finharbor/platform/subgraph/property';
import { Directive, ID, ObjectType } from '@nestjs/graphql';
import { Entity } from 'typeorm';

/** A service point (金融服务港湾) at an outlet of its host bank. The registry is public; counts over all banks are not. */
@ObjectType({ description: 'A harbor: a service point of the programme at a bank outlet (H-021).' })
@Directive('@key(fields: "id")')
@Entity({ schema: 'harbors', name: 'harbors' })
export class Harbor {
  @Property(() => ID, { description: 'Id of the harbor.', column: { primary: true } })
  id: string;

  @Property(() => String, { description: 'Number of the harbor, never used again (编号管理, H-082).', column: {} })
  number: string;

  @Property(() => String, { description: 'Name of the harbor.', column: {} })
  name: string;

  @Property(() => ID, { description: 'The host bank (主办行).', column: {} })
  hostBankId: string;

  @Property(() => ID, { description: 'The outlet that carries it; one outlet carries at most one harbor.', column: {} })
  outletId: string;

  @Property(() => String, { description: 'Street, town or functional zone that it serves, by its code.', column: {} })
  areaCode: string;

  @Property(() => String, { description: 'Name of that area at the time of registration.', column: {} })
  areaName: string;

  @Property(() => Date, { description: 'When it was registered.', column: {} })
  registeredAt: Date;
}

/** Counts of one harbor over all banks, kept from events. */
export interface HarborTotals {
  harborId: string;
  demandTotal: number;
  approvedTotal: number;
  openIssueTotal: number;
}
