import { identityOf } from '@finharbor/platform/boot/service-identity';
import { PlatformModule } from '@finharbor/platform/boot/platform.module';
import { ReferenceCopies } from '@finharbor/platform/copies/reference-copies';
import { subgraph } from '@finharbor/platform/subgraph/subgraph';
import { Module } from '@nestjs/common';
import { Product, PublishedProduct } from './products/product.entity.js';
import { ProductsController } from './products/products.controller.js';
import { ProductsResolver } from './products/products.resolver.js';
import { ProductsService } from './products/products.service.js';
import { PublishedProductsController } from './published/published-products.controller.js';
import { PublishedProductsService } from './published/published-products.service.js';

/** The resolvers of this service's part of the graph, for `npm run generate`. */
export const resolvers = [ProductsResolver];

@Module({
  imports: [PlatformModule.for({ service: identityOf('product-catalog'), entities: [Product, PublishedProduct] }), subgraph()],
  controllers: [ProductsController, PublishedProductsController],
  providers: [ProductsService, PublishedProductsService, ReferenceCopies, ...resolvers],
})
export class AppModule {}
