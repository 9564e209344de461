import { identityOf } from '@finharbor/platform/boot/service-identity';
import { PlatformModule } from '@finharbor/platform/boot/platform.module';
import { OrganisationCopies } from '@finharbor/platform/copies/organisation-copies';
import { ReferenceCopies } from '@finharbor/platform/copies/reference-copies';
import { subgraph } from '@finharbor/platform/subgraph/subgraph';
import { Module } from '@nestjs/common';
import { Harbor } from './harbor.entity.js';
import { HarborsConsumer } from './harbors.consumer.js';
import { HarborsController } from './harbors.controller.js';
import { HarborsResolver } from './harbors.resolver.js';
import { HarborsService } from './harbors.service.js';

/** The resolvers of this service's part of the graph, for `npm run generate`. */
export const resolvers = [HarborsResolver];

@Module({
  imports: [PlatformModule.for({ service: identityOf('harbors'), entities: [Harbor] }), subgraph()],
  controllers: [HarborsController],
  providers: [HarborsService, HarborsConsumer, OrganisationCopies, ReferenceCopies, ...resolvers],
})
export class AppModule {}
