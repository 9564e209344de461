import { loadBatched } from '@finharbor/platform/subgraph/loaders';
import type { SubgraphContext } from '@finharbor/platform/subgraph/subgraph';
import { Context, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { Enterprise } from '../enterprises/enterprise.entity.js';
import { loadEnterprise } from '../enterprises/enterprises.resolver.js';
import { EnterprisesService } from '../enterprises/enterprises.service.js';
import { AssertionsService } from './assertions.service.js';
import { ListEntry } from './list-entry.entity.js';
import { Assertion } from './review.types.js';

@Resolver(() => ListEntry)
export class EntriesResolver {
  constructor(private readonly enterprises: EnterprisesService, private readonly assertionsService: AssertionsService) {}

  @ResolveField(() => Enterprise, { nullable: true, description: 'The enterprise as the master knows it.' })
  enterprise(@Parent() entry: ListEntry, @Context() context: SubgraphContext): Promise<Enterprise | null> {
    return loadEnterprise(this.enterprises, context, entry.enterpriseId);
  }

  @ResolveField(() => [Assertion], { description: 'The eight criteria: what is vouched for, by whom, by what evidence.' })
  async assertions(@Parent() entry: ListEntry, @Context() { request }: SubgraphContext): Promise<Assertion[]> {
    return (await loadBatched(request, 'assertions', entry.id, (ids) => this.assertionsService.of(request.caller!, ids)))!;
  }
}
