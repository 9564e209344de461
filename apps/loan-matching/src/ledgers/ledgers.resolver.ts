import { OrganisationReference } from '@finharbor/contracts/references';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { type Connection, connectionOf, toConnection } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Args, ObjectType, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { DemandLedgerRow } from './demand-ledger-row.js';
import { DemandLedgerService } from './demand-ledger.service.js';
import { DockingEntry } from './docking-entry.entity.js';
import { DockingsService } from './dockings.service.js';
import { DemandLedgerArgs, DockingArgs } from './ledger.inputs.js';

@ObjectType({ description: 'A page of the demand ledger.' })
export class DemandLedgerRowConnection extends connectionOf(DemandLedgerRow, 'DemandLedgerRow') {}

@ObjectType({ description: 'A page of the docking ledger.' })
export class DockingEntryConnection extends connectionOf(DockingEntry, 'DockingEntry') {}

@Resolver(() => DemandLedgerRow)
export class DemandLedgerResolver {
  constructor(private readonly ledger: DemandLedgerService) {}

  @Query(() => DemandLedgerRowConnection, { description: 'The demand ledger, newest first: demands as they stood at the end of a day, or now.' })
  async demandLedger(@CurrentCaller() caller: Caller, @Args() args: DemandLedgerArgs): Promise<Connection<DemandLedgerRow>> {
    return toConnection(await this.ledger.list(caller, args));
  }

  @ResolveField(() => OrganisationReference, { nullable: true, description: 'The bank that had it.' })
  bank(@Parent() { bankId }: DemandLedgerRow): OrganisationReference | null {
    return bankId ? { id: bankId } : null;
  }
}

@Resolver(() => DockingEntry)
export class DockingLedgerResolver {
  constructor(private readonly dockings: DockingsService) {}

  @Query(() => DockingEntryConnection, { description: 'The docking ledger, newest first.' })
  async dockingEntries(@CurrentCaller() caller: Caller, @Args() args: DockingArgs): Promise<Connection<DockingEntry>> {
    return toConnection(await this.dockings.list(caller, args));
  }

  @ResolveField(() => OrganisationReference, { nullable: true, description: 'Who made the attempt.' })
  organisation(@Parent() { organisationId }: DockingEntry): OrganisationReference {
    return { id: organisationId };
  }
}
