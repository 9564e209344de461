import { PlatformModule } from '@finharbor/platform/boot/platform.module';
import { identityOf } from '@finharbor/platform/boot/service-identity';
import { subgraph } from '@finharbor/platform/subgraph/subgraph';
import { Module } from '@nestjs/common';
import { ApiClient } from './api-clients/api-client.entity.js';
import { ApiClientsController } from './api-clients/api-clients.controller.js';
import { ApiClientsService } from './api-clients/api-clients.service.js';
import { partnersConfig } from './config.js';
import { NamesService } from './organisations/names.service.js';
import { Organisation, OrganisationName } from './organisations/organisation.entity.js';
import { OrganisationsController } from './organisations/organisations.controller.js';
import { OrganisationsResolver } from './organisations/organisations.resolver.js';
import { OrganisationsService } from './organisations/organisations.service.js';
import { Outlet } from './organisations/outlet.entity.js';
import { OutletsResolver } from './organisations/outlets.resolver.js';
import { OutletsService } from './organisations/outlets.service.js';
import { ClientLookup } from './tokens/client-lookup.js';
import { ROTATE_SIGNING_KEYS, SigningKeys } from './tokens/signing-keys.js';
import { SigningKeysController } from './tokens/signing-keys.controller.js';
import { TokenServer } from './tokens/token-server.js';
import { TokensController } from './tokens/tokens.controller.js';

/** The resolvers of this service's part of the graph, for `npm run generate`. */
export const resolvers = [OrganisationsResolver, OutletsResolver];

@Module({
  imports: [PlatformModule.for({ service: identityOf('partners', [ROTATE_SIGNING_KEYS]), config: partnersConfig, entities: [Organisation, OrganisationName, Outlet, ApiClient] }), subgraph()],
  controllers: [OrganisationsController, ApiClientsController, SigningKeysController, TokensController],
  providers: [
    OrganisationsService, NamesService, OutletsService, ApiClientsService,
    SigningKeys, ClientLookup, TokenServer, ...resolvers,
  ],
})
export class AppModule {}
