import { OrganisationReference } from '@finharbor/contracts/references';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { type Connection, connectionOf, toConnection } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Args, ID, Mutation, ObjectType, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { CultivationCategory, CultivationEntry } from './cultivation-entry.js';
import { CultivationArgs, RecordCultivationArgs } from './cultivation.inputs.js';
import { CultivationLedgerService } from './cultivation-ledger.service.js';
import { CultivationWorkService } from './cultivation-work.service.js';

@ObjectType({ description: 'A page of the cultivation ledger.' })
export class CultivationEntryConnection extends connectionOf(CultivationEntry, 'CultivationEntry') {}

@Resolver(() => CultivationEntry)
export class CultivationResolver {
  constructor(private readonly ledger: CultivationLedgerService, private readonly work: CultivationWorkService) {}

  @Query(() => CultivationEntryConnection, { description: 'The cultivation ledger, newest first, today’s or as of a day. A department reads what it is responsible for.' })
  async cultivationEntries(@CurrentCaller() caller: Caller, @Args() args: CultivationArgs): Promise<Connection<CultivationEntry>> {
    return toConnection(await this.ledger.list(caller, args));
  }

  @Query(() => CultivationEntry, { nullable: true, description: 'One entry; null when there is none with this id.' })
  cultivationEntry(@CurrentCaller() caller: Caller, @Args('id', { type: () => ID }) id: string): Promise<CultivationEntry | null> {
    return this.ledger.find(caller, id);
  }

  @Query(() => [CultivationCategory], { description: 'What can be mended, by what measure and by whom.' })
  cultivationCategories(@CurrentCaller() caller: Caller): Promise<CultivationCategory[]> {
    return this.ledger.categories(caller);
  }

  @Mutation(() => CultivationEntry, { description: 'Records a measure or a result of an entry.' })
  recordCultivation(@CurrentCaller() caller: Caller, @Args() { id, ...input }: RecordCultivationArgs): Promise<CultivationEntry> {
    return this.work.record(caller, id, input);
  }

  @Mutation(() => CultivationEntry, { description: 'Has a repaired enterprise recommended again: its row goes back to its list.' })
  reRecommendCultivation(@CurrentCaller() caller: Caller, @Args('id', { type: () => ID }) id: string): Promise<CultivationEntry> {
    return this.work.reRecommend(caller, id);
  }

  @ResolveField(() => OrganisationReference, { nullable: true, description: 'The department that is responsible.' })
  department(@Parent() entry: CultivationEntry): OrganisationReference | null {
    return entry.departmentId ? { id: entry.departmentId } : null;
  }
}
