import { identityOf } from '@finharbor/platform/boot/service-identity';
import { PlatformModule } from '@finharbor/platform/boot/platform.module';
import { ReferenceCopies } from '@finharbor/platform/copies/reference-copies';
import { subgraph } from '@finharbor/platform/subgraph/subgraph';
import { Module } from '@nestjs/common';
import { CdrController } from './cdr/cdr.controller.js';
import { CdrService } from './cdr/cdr.service.js';
import { productCatalogConfig } from './config.js';
import { ImportsController } from './imports/imports.controller.js';
import { ImportsService } from './imports/imports.service.js';
import { Product, PublishedProduct } from './products/product.entity.js';
import { ProductsController } from './products/products.controller.js';
import { ProductsResolver } from './products/products.resolver.js';
import { ProductsService } from './products/products.service.js';
import { PublicationService } from './products/publication.service.js';
import { HistoryController } from './published/history.controller.js';
import { HistoryService } from './published/history.service.js';
import { PublishedProductsController } from './published/published-products.controller.js';
import { PublishedProductsService } from './published/published-products.service.js';
import { Snapshot } from './published/snapshot.js';
import { ProductReport } from './reports/product-report.entity.js';
import { ReportsController } from './reports/reports.controller.js';
import { reportReason, ReportsService } from './reports/reports.service.js';
import { ComparisonsController } from './search/comparisons.controller.js';
import { ProductSearchService } from './search/product-search.service.js';
import { RecentPages } from './search/recent-pages.js';
import { Shelf } from './search/shelf.js';
import { UpsertsController } from './upserts/upserts.controller.js';
import { UpsertsService } from './upserts/upserts.service.js';

/** The resolvers of this service's part of the graph, for `npm run generate`. */
export const resolvers = [ProductsResolver];

const service = identityOf('product-catalog', [reportReason]);

@Module({
  imports: [PlatformModule.for({ service, entities: [Product, PublishedProduct, ProductReport], config: productCatalogConfig }),
    subgraph()],
  controllers: [
    ProductsController, UpsertsController, HistoryController, PublishedProductsController, ComparisonsController, ReportsController,
    CdrController, ImportsController,
  ],
  providers: [
    ProductsService, PublicationService, UpsertsService, Snapshot, PublishedProductsService, HistoryService, ProductSearchService,
      ReportsService,
    CdrService, ImportsService, RecentPages, Shelf, ReferenceCopies, ...resolvers,
  ],
})
export class AppModule {}
