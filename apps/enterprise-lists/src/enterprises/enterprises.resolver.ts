import { loadBatched } from '@finharbor/platform/subgraph/loaders';
import type { SubgraphContext } from '@finharbor/platform/subgraph/subgraph';
import { Parent, ResolveField, ResolveReference, Resolver } from '@nestjs/graphql';
import { Contacts } from './contacts.js';
import { Enterprise } from './enterprise.entity.js';
import { EnterprisesService } from './enterprises.service.js';

/** Loads an enterprise for a field of the graph: all of a request in one query, null where the caller may not know it. */
export const loadEnterprise = (service: EnterprisesService, context: SubgraphContext, id: string): Promise<Enterprise | null> =>
  loadBatched(context.request, 'enterprise', id, (ids) => service.byIds(context.request.caller!, ids));

@Resolver(() => Enterprise)
export class EnterprisesResolver {
  constructor(private readonly service: EnterprisesService, private readonly contacts: Contacts) {}

  @ResolveReference()
  resolveReference(reference: { id: string }, context: SubgraphContext): Promise<Enterprise | null> {
    return loadEnterprise(this.service, context, reference.id);
  }

  @ResolveField(() => String, { nullable: true, description: 'Name of the contact, masked.' })
  contactName(@Parent() enterprise: Enterprise): string | null {
    return this.contacts.maskedName(enterprise);
  }

  @ResolveField(() => String, { nullable: true, description: 'Phone number of the contact, masked.' })
  contactPhone(@Parent() enterprise: Enterprise): string | null {
    return this.contacts.maskedPhone(enterprise);
  }
}
