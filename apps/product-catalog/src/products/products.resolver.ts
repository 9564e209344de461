import { OrganisationReference } from '@finharbor/contracts/references';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { type Connection, connectionOf, PageArgs, toConnection } from '@finharbor/platform/http/page';
import { loadBatched } from '@finharbor/platform/subgraph/loaders';
import type { SubgraphContext } from '@finharbor/platform/subgraph/subgraph';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Args, ID, Mutation, ObjectType, Parent, Query, ResolveField, ResolveReference, Resolver } from '@nestjs/graphql';
import { Product } from './product.entity.js';
import { ReviewProductArgs } from './product.inputs.js';
import { PublicationService } from './publication.service.js';
import { PublishedProductsService } from '../published/published-products.service.js';

@ObjectType({ description: 'A page of products.' })
export class ProductConnection extends connectionOf(Product, 'Product') {}

@Resolver(() => Product)
export class ProductsResolver {
  constructor(private readonly service: PublishedProductsService, private readonly publication: PublicationService) {}

  @Query(() => ProductConnection, { description: 'Products on offer, of all banks, newest first.' })
  async publishedProducts(@CurrentCaller() caller: Caller, @Args() page: PageArgs): Promise<Connection<Product>> {
    return toConnection(await this.service.list(caller, page));
  }

  @Query(() => Product, { nullable: true, description: 'One’s own product, or one that was published once; null when there is none with this id.' })
  async product(@CurrentCaller() caller: Caller, @Args('id', { type: () => ID }) id: string): Promise<Product | null> {
    return (await this.service.byIds(caller, [id])).get(id) ?? null;
  }

  @Mutation(() => Product, { description: 'Approves a product that was submitted, or returns it with a reason.' })
  reviewProduct(@CurrentCaller() caller: Caller, @Args() { id, ...input }: ReviewProductArgs): Promise<Product> {
    return this.publication.review(caller, id, input);
  }

  @ResolveReference()
  resolveReference(reference: { id: string }, context: SubgraphContext): Promise<Product | null> {
    return loadBatched(context.request, 'product', reference.id, (ids) => this.service.byIds(context.request.caller!, ids));
  }

  @ResolveField(() => OrganisationReference, { nullable: true, description: 'The bank that offers it.' })
  bank(@Parent() product: Product): OrganisationReference {
    return { id: product.bankId };
  }
}
