import { loadBatched } from '@finharbor/platform/subgraph/loaders';
import type { SubgraphContext } from '@finharbor/platform/subgraph/subgraph';
import { Context, Parent, ResolveField, ResolveReference, Resolver } from '@nestjs/graphql';
import { EnterpriseFile } from './enterprise-file.js';
import { Enterprise } from './enterprise.entity.js';
import { EnterprisesService } from './enterprises.service.js';

/** Loads an enterprise for a field of the graph: all of a request in one query, null where the caller may not know it. */
export const loadEnterprise = (service: EnterprisesService, context: SubgraphContext, id: string): Promise<Enterprise | null> =>
  loadBatched(context.request, 'enterprise', id, (ids) => service.byIds(context.request.caller!, ids));

@Resolver(() => Enterprise)
export class EnterprisesResolver {
  constructor(private readonly service: EnterprisesService) {}

  @ResolveField(() => EnterpriseFile, { nullable: true, description: 'All that is known of it and that the caller may know (信息档案). For departments and supervisors.' })
  file(@Parent() { id }: Enterprise, @Context() { request }: SubgraphContext): Promise<EnterpriseFile | null> {
    return loadBatched(request, 'enterprise file', id, (ids) => this.service.files(request.caller!, ids));
  }

  @ResolveReference()
  resolveReference(reference: { id: string }, context: SubgraphContext): Promise<Enterprise | null> {
    return loadEnterprise(this.service, context, reference.id);
  }
}
