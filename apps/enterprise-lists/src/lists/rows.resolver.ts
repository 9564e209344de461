import { OrganisationReference } from '@finharbor/contracts/references';
import { loadBatched } from '@finharbor/platform/subgraph/loaders';
import type { SubgraphContext } from '@finharbor/platform/subgraph/subgraph';
import { Context, Int, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { Enterprise } from '../enterprises/enterprise.entity.js';
import { loadEnterprise } from '../enterprises/enterprises.resolver.js';
import { EnterprisesService } from '../enterprises/enterprises.service.js';
import { Dispatch, type DispatchCounts } from './dispatch.entity.js';
import { DispatchesService } from './dispatches.service.js';
import { ListEntry } from './list-entry.entity.js';

@Resolver(() => ListEntry)
export class EntriesResolver {
  constructor(private readonly enterprises: EnterprisesService) {}

  @ResolveField(() => Enterprise, { nullable: true, description: 'The enterprise as the master knows it.' })
  enterprise(@Parent() entry: ListEntry, @Context() context: SubgraphContext): Promise<Enterprise | null> {
    return loadEnterprise(this.enterprises, context, entry.enterpriseId);
  }
}

@Resolver(() => Dispatch)
export class DispatchesResolver {
  constructor(private readonly dispatches: DispatchesService) {}

  @ResolveField(() => OrganisationReference, { nullable: true, description: 'The bank.' })
  bank(@Parent() dispatch: Dispatch): OrganisationReference {
    return { id: dispatch.bankId };
  }

  @ResolveField(() => Int, { description: 'Referrals that it brought; a row that came through the other channel before is none of them.' })
  referralCount(@Parent() dispatch: Dispatch, @Context() context: SubgraphContext): Promise<number> {
    return this.count(dispatch, context, 'referralCount');
  }

  @ResolveField(() => Int, { description: 'Those of them that the bank acknowledged, answered ones included.' })
  acknowledgedCount(@Parent() dispatch: Dispatch, @Context() context: SubgraphContext): Promise<number> {
    return this.count(dispatch, context, 'acknowledgedCount');
  }

  @ResolveField(() => Int, { description: 'Those of them that the bank answered.' })
  answeredCount(@Parent() dispatch: Dispatch, @Context() context: SubgraphContext): Promise<number> {
    return this.count(dispatch, context, 'answeredCount');
  }

  @ResolveField(() => Int, { description: 'Those of them that the bank claims now.' })
  claimedCount(@Parent() dispatch: Dispatch, @Context() context: SubgraphContext): Promise<number> {
    return this.count(dispatch, context, 'claimedCount');
  }

  private async count(dispatch: Dispatch, { request }: SubgraphContext, name: keyof DispatchCounts): Promise<number> {
    const counts = await loadBatched(request, 'dispatch counts', dispatch.id, (ids) => this.dispatches.counts(request.caller!, ids));
    return counts![name];
  }
}
