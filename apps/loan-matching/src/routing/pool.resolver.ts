import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { type Connection, connectionOf, toConnection } from '@finharbor/platform/http/page';
import { loadBatched } from '@finharbor/platform/subgraph/loaders';
import type { SubgraphContext } from '@finharbor/platform/subgraph/subgraph';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Args, Context, ObjectType, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Application } from '../applications/application.entity.js';
import { ApplicationsService } from '../applications/applications.service.js';
import { PoolEntry } from './pool-entry.entity.js';
import { PoolService } from './pool.service.js';
import { PoolArgs } from './routing.inputs.js';

@ObjectType({ description: 'A page of the open pool.' })
export class PoolEntryConnection extends connectionOf(PoolEntry, 'PoolEntry') {}

@Resolver(() => PoolEntry)
export class PoolResolver {
  constructor(private readonly pool: PoolService, private readonly applications: ApplicationsService) {}

  @Query(() => PoolEntryConnection, { description: 'The open pool, newest first: applications that any bank may take, without who asks. A bank does not see what it had before.' })
  async poolEntries(@CurrentCaller() caller: Caller, @Args() args: PoolArgs): Promise<Connection<PoolEntry>> {
    return toConnection(await this.pool.list(caller, args));
  }

  @ResolveField(() => Application, { nullable: true, description: 'The application, for those who oversee banks.' })
  application(@Parent() { applicationId }: PoolEntry, @Context() { request }: SubgraphContext): Promise<Application | null> {
    return loadBatched(request, 'application', applicationId, (ids) => this.applications.byIds(request.caller!, ids));
  }
}

/** What the pool adds to an application. */
@Resolver(() => Application)
export class PooledApplicationsResolver {
  constructor(private readonly pool: PoolService) {}

  @ResolveField(() => PoolEntry, { nullable: true, description: 'Its entry of the open pool; null while it is not in it.' })
  poolEntry(@Parent() { id }: Application, @Context() { request }: SubgraphContext): Promise<PoolEntry | null> {
    return loadBatched(request, 'pool entry', id, (ids) => this.pool.byApplication(request.caller!, ids));
  }
}
