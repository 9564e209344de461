import { loadBatched } from '@finharbor/platform/subgraph/loaders';
import type { SubgraphContext } from '@finharbor/platform/subgraph/subgraph';
import { Context, Parent, ResolveField, ResolveReference, Resolver } from '@nestjs/graphql';
import { Organisation } from './organisation.entity.js';
import { OrganisationsService } from './organisations.service.js';
import { Outlet } from './outlet.entity.js';
import { OutletsService } from './outlets.service.js';

@Resolver(() => Outlet)
export class OutletsResolver {
  constructor(private readonly outlets: OutletsService, private readonly organisations: OrganisationsService) {}

  @ResolveReference()
  resolveReference(reference: { id: string }, context: SubgraphContext): Promise<Outlet | null> {
    return loadBatched(context.request, 'outlet', reference.id, (ids) => this.outlets.byIds(context.request.caller!, ids));
  }

  @ResolveField(() => Organisation, { nullable: true, description: 'The bank that it belongs to.' })
  organisation(@Parent() outlet: Outlet, @Context() context: SubgraphContext): Promise<Organisation | null> {
    return loadBatched(context.request, 'organisation', outlet.organisationId, (ids) => this.organisations.byIds(context.request.caller!, ids));
  }
}
