import { OrganisationReference } from '@finharbor/contracts/references';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { type Connection, connectionOf, toConnection } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Args, ID, ObjectType, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Import } from './import.entity.js';
import { ImportArgs } from './import.inputs.js';
import { ImportsService } from './imports.service.js';

@ObjectType({ description: 'A page of imports.' })
export class ImportConnection extends connectionOf(Import, 'Import') {}

@Resolver(() => Import)
export class ImportsResolver {
  constructor(private readonly service: ImportsService) {}

  @Query(() => ImportConnection, { description: 'Imports, newest first. A department sees its own.' })
  async imports(@CurrentCaller() caller: Caller, @Args() filter: ImportArgs): Promise<Connection<Import>> {
    return toConnection(await this.service.list(caller, filter));
  }

  @Query(() => Import, { nullable: true, description: 'One import; null when there is none with this id.' })
  import(@CurrentCaller() caller: Caller, @Args('id', { type: () => ID }) id: string): Promise<Import | null> {
    return this.service.find(caller, id);
  }

  @ResolveField(() => OrganisationReference, { nullable: true, description: 'The department that imports.' })
  department(@Parent() imported: Import): OrganisationReference {
    return { id: imported.departmentId };
  }
}
