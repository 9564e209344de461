import { OrganisationReference } from '@finharbor/contracts/references';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { type Connection, connectionOf, PageArgs, toConnection } from '@finharbor/platform/http/page';
import { loadBatched } from '@finharbor/platform/subgraph/loaders';
import type { SubgraphContext } from '@finharbor/platform/subgraph/subgraph';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Args, Context, ObjectType, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { LoanCode } from './loan-code.entity.js';
import { LoanCodesService } from './loan-codes.service.js';
import { LoanCodePlacement } from './placement.entity.js';
import { PlacementsService } from './placements.service.js';

@ObjectType({ description: 'A page of the register of where loan codes hang.' })
export class LoanCodePlacementConnection extends connectionOf(LoanCodePlacement, 'LoanCodePlacement') {}

@Resolver(() => LoanCodePlacement)
export class PlacementsResolver {
  constructor(private readonly placements: PlacementsService, private readonly codes: LoanCodesService) {}

  @Query(() => LoanCodePlacementConnection, { description: 'The register of where loan codes hang and hung, the latest record first. A bank sees its own.' })
  async loanCodePlacements(@CurrentCaller() caller: Caller, @Args() page: PageArgs): Promise<Connection<LoanCodePlacement>> {
    return toConnection(await this.placements.register(caller, page));
  }

  @ResolveField(() => LoanCode, { nullable: true, description: 'The code.' })
  loanCode(@Parent() { loanCodeId }: LoanCodePlacement, @Context() { request }: SubgraphContext): Promise<LoanCode | null> {
    return loadBatched(request, 'loan code', loanCodeId, (ids) => this.codes.byIds(request.caller!, ids));
  }

  @ResolveField(() => OrganisationReference, { nullable: true, description: 'The host bank.' })
  bank(@Parent() { bankId }: LoanCodePlacement): OrganisationReference {
    return { id: bankId };
  }
}

/** What the register adds to a loan code. */
@Resolver(() => LoanCode)
export class PlacedCodesResolver {
  constructor(private readonly service: PlacementsService) {}

  @ResolveField(() => LoanCodePlacementConnection, { nullable: true, description: 'Where it hangs and hung, the latest record first.' })
  async placements(
    @Parent() { id }: LoanCode, @Args() args: PageArgs, @Context() { request }: SubgraphContext,
  ): Promise<Connection<LoanCodePlacement> | null> {
    const page = await loadBatched(request, `placements ${args.first} ${args.after ?? ''}`, id, (ids) => this.service.byCode(request.caller!, ids, args));
    return page && toConnection(page);
  }
}
