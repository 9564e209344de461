import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { type Connection, connectionOf, toConnection } from '@finharbor/platform/http/page';
import { loadBatched } from '@finharbor/platform/subgraph/loaders';
import type { SubgraphContext } from '@finharbor/platform/subgraph/subgraph';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Args, Context, ID, ObjectType, Parent, Query, ResolveField, ResolveReference, Resolver } from '@nestjs/graphql';
import { NamesService } from './names.service.js';
import { Organisation, OrganisationName } from './organisation.entity.js';
import { OrganisationRelation } from './organisation-relation.entity.js';
import { OrganisationsArgs } from './organisation.inputs.js';
import { OrganisationsService } from './organisations.service.js';
import { Outlet } from './outlet.entity.js';
import { OutletsService } from './outlets.service.js';
import { RelationsService } from './relations.service.js';

@ObjectType({ description: 'A page of organisations.' })
export class OrganisationConnection extends connectionOf(Organisation, 'Organisation') {}

@Resolver(() => Organisation)
export class OrganisationsResolver {
  constructor(
    private readonly service: OrganisationsService,
    private readonly namesService: NamesService,
    private readonly outletsService: OutletsService,
    private readonly relationsService: RelationsService,
  ) {}

  @Query(() => OrganisationConnection, { description: 'The organisations of the programme, newest first.' })
  async organisations(@CurrentCaller() caller: Caller, @Args() args: OrganisationsArgs): Promise<Connection<Organisation>> {
    return toConnection(await this.service.list(caller, args));
  }

  @Query(() => Organisation, { nullable: true, description: 'One organisation; null when there is none with this id.' })
  async organisation(@CurrentCaller() caller: Caller, @Args('id', { type: () => ID }) id: string): Promise<Organisation | null> {
    return (await this.service.byIds(caller, [id])).get(id) ?? null;
  }

  @ResolveReference()
  resolveReference(reference: { id: string }, context: SubgraphContext): Promise<Organisation | null> {
    return loadBatched(context.request, 'organisation', reference.id, (ids) => this.service.byIds(context.request.caller!, ids));
  }

  @ResolveField(() => [OrganisationName], { description: 'Every name, the oldest first.' })
  names(@Parent() organisation: Organisation, @Context() context: SubgraphContext): Promise<OrganisationName[] | null> {
    return loadBatched(context.request, 'names', organisation.id, (ids) => this.namesService.ofOrganisations(context.request.caller!, ids));
  }

  @ResolveField(() => [Outlet], { description: 'The outlets of a bank.' })
  outlets(@Parent() organisation: Organisation, @Context() context: SubgraphContext): Promise<Outlet[] | null> {
    return loadBatched(context.request, 'outlets', organisation.id, (ids) => this.outletsService.ofOrganisations(context.request.caller!, ids));
  }

  @ResolveField(() => [OrganisationRelation], { description: 'What it is to other organisations, the oldest first.' })
  relations(@Parent() organisation: Organisation, @Context() context: SubgraphContext): Promise<OrganisationRelation[] | null> {
    return loadBatched(context.request, 'relations', organisation.id, (ids) => this.relationsService.ofOrganisations(context.request.caller!, ids));
  }
}
