import { OrganisationReference } from '@finharbor/contracts/references';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { type Connection, connectionOf, PageArgs, toConnection } from '@finharbor/platform/http/page';
import { loadBatched } from '@finharbor/platform/subgraph/loaders';
import type { SubgraphContext } from '@finharbor/platform/subgraph/subgraph';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Args, Context, ID, ObjectType, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { ListEntry } from './list-entry.entity.js';
import { ListRejection } from './list-rejection.entity.js';
import { ListEntryPageArgs, PushListArgs } from './list.inputs.js';
import { ListsService } from './lists.service.js';
import { PushList } from './push-list.entity.js';

@ObjectType({ description: 'A page of push lists.' })
export class PushListConnection extends connectionOf(PushList, 'PushList') {}

@ObjectType({ description: 'A page of entries, in the order of the file.' })
export class ListEntryConnection extends connectionOf(ListEntry, 'ListEntry') {}

@ObjectType({ description: 'A page of rejections, in the order of the file.' })
export class ListRejectionConnection extends connectionOf(ListRejection, 'ListRejection') {}

@Resolver(() => PushList)
export class ListsResolver {
  constructor(private readonly lists: ListsService) {}

  @Query(() => PushListConnection, { description: 'Push lists, newest first. A department sees its own.' })
  async pushLists(@CurrentCaller() caller: Caller, @Args() filter: PushListArgs): Promise<Connection<PushList>> {
    return toConnection(await this.lists.list(caller, filter));
  }

  @Query(() => PushList, { nullable: true, description: 'One push list; null when there is none with this id.' })
  pushList(@CurrentCaller() caller: Caller, @Args('id', { type: () => ID }) id: string): Promise<PushList | null> {
    return this.lists.find(caller, id);
  }

  @ResolveField(() => OrganisationReference, { nullable: true, description: 'The department that pushed it.' })
  department(@Parent() list: PushList): OrganisationReference {
    return { id: list.departmentId };
  }

  @ResolveField(() => ListEntryConnection, { description: 'Accepted rows, in the order of the file.' })
  async entries(
    @Parent() list: PushList, @Args() page: ListEntryPageArgs, @Context() { request }: SubgraphContext,
  ): Promise<Connection<ListEntry>> {
    const name = `entries ${page.first} ${page.after ?? ''} ${page.state ?? ''}`;
    const found = await loadBatched(request, name, list.id, (ids) => this.lists.entries(request.caller!, ids, page, page.state));
    return toConnection(found!);
  }

  @ResolveField(() => ListRejectionConnection, { description: 'Why rows were rejected, in the order of the file.' })
  async rejections(
    @Parent() list: PushList, @Args() page: PageArgs, @Context() { request }: SubgraphContext,
  ): Promise<Connection<ListRejection>> {
    const name = `rejections ${page.first} ${page.after ?? ''}`;
    const found = await loadBatched(request, name, list.id, (ids) => this.lists.rejections(request.caller!, ids, page));
    return toConnection(found!);
  }
}
