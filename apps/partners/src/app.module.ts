import { PlatformModule } from '@finharbor/platform/boot/platform.module';
import { identityOf } from '@finharbor/platform/boot/service-identity';
import { subgraph } from '@finharbor/platform/subgraph/subgraph';
import { Module } from '@nestjs/common';
import { ApiClient } from './api-clients/api-client.entity.js';
import { ApiClientsController } from './api-clients/api-clients.controller.js';
import { ApiClientsService } from './api-clients/api-clients.service.js';
import { ClientKeysService } from './api-clients/client-keys.service.js';
import { Consent } from './consents/consent.entity.js';
import { ConsentsConsumer } from './consents/consents.consumer.js';
import { ConsentsController } from './consents/consents.controller.js';
import { ConsentsResolver } from './consents/consents.resolver.js';
import { ConsentsService } from './consents/consents.service.js';
import { partnersConfig } from './config.js';
import { messageControllers, messageEntities, messagePeople, messageProviders } from './messages/messages.js';
import { UNSUBSCRIBE } from './messages/unsubscribe.service.js';
import { Onboarding } from './onboarding/onboarding.entity.js';
import { OnboardingsController } from './onboarding/onboardings.controller.js';
import { OnboardingsService } from './onboarding/onboardings.service.js';
import { NamesService } from './organisations/names.service.js';
import { OrganisationRelation } from './organisations/organisation-relation.entity.js';
import { Organisation, OrganisationName } from './organisations/organisation.entity.js';
import { OrganisationsController } from './organisations/organisations.controller.js';
import { OrganisationsResolver } from './organisations/organisations.resolver.js';
import { OrganisationsService } from './organisations/organisations.service.js';
import { Outlet } from './organisations/outlet.entity.js';
import { OutletsResolver } from './organisations/outlets.resolver.js';
import { OutletsService } from './organisations/outlets.service.js';
import { RelationsController } from './organisations/relations.controller.js';
import { RelationsService } from './organisations/relations.service.js';
import { HarborPeopleController } from './people/harbor-people.controller.js';
import { HarborPeopleResolver } from './people/harbor-people.resolver.js';
import { HarborPeopleService } from './people/harbor-people.service.js';
import { HarborPerson } from './people/harbor-person.entity.js';
import { HarborsConsumer } from './people/harbors.consumer.js';
import { ReferenceDataImport, ReferenceDataRow } from './reference-data/reference-data.entity.js';
import { ReferenceDataController } from './reference-data/reference-data.controller.js';
import { ReferenceDataService } from './reference-data/reference-data.service.js';
import { RequestsController } from './requests/requests.controller.js';
import { REQUEST_LOOKUP, RequestsService } from './requests/requests.service.js';
import { SandboxController } from './sandbox/sandbox.controller.js';
import { SandboxService } from './sandbox/sandbox.service.js';
import { SignatureKeysController } from './signature-keys/signature-keys.controller.js';
import { SignatureKeysService } from './signature-keys/signature-keys.service.js';
import { ClientLookup } from './tokens/client-lookup.js';
import { Revocations } from './tokens/revocations.js';
import { RevocationsController } from './tokens/revocations.controller.js';
import { ROTATE_SIGNING_KEYS, SigningKeys } from './tokens/signing-keys.js';
import { SigningKeysController } from './tokens/signing-keys.controller.js';
import { TokenServer } from './tokens/token-server.js';
import { TokensController } from './tokens/tokens.controller.js';
import { UsedJtis } from './tokens/used-jtis.js';
import { sending } from './webhooks/sending/sending.js';
import { webhookControllers, webhookEntities, webhookProviders, webhookSecrets } from './webhooks/webhooks.js';

/** The resolvers of this service's part of the graph, for `npm run generate`. */
export const resolvers = [OrganisationsResolver, OutletsResolver, HarborPeopleResolver, ConsentsResolver];

const entities = [
  Organisation, OrganisationName, OrganisationRelation, Outlet, HarborPerson, ApiClient, Onboarding, Consent,
  ReferenceDataRow, ReferenceDataImport, ...webhookEntities, ...messageEntities,
];

const service = identityOf('partners', [ROTATE_SIGNING_KEYS, REQUEST_LOOKUP, UNSUBSCRIBE], [
  { table: 'harbor_people', columns: ['name', 'phone'], holds: 'PERSON', identifiers: ['phone'] },
  { table: 'signing_keys', columns: ['private_jwk'], holds: 'SECRET', key: 'kid', organisation: `''` },
  webhookSecrets, messagePeople,
]);

@Module({
  imports: [
    PlatformModule.for({ service, config: partnersConfig, entities }), subgraph(),
  ],
  controllers: [
    OrganisationsController, RelationsController, HarborPeopleController, OnboardingsController, ConsentsController,
    ReferenceDataController, ApiClientsController, SignatureKeysController, SigningKeysController, RevocationsController, TokensController,
    RequestsController, SandboxController, ...webhookControllers, ...messageControllers,
  ],
  providers: [
    OrganisationsService, NamesService, OutletsService, RelationsService, HarborPeopleService, HarborsConsumer, OnboardingsService,
    ConsentsService, ConsentsConsumer, ReferenceDataService, ApiClientsService,
    RequestsService, SandboxService, ...webhookProviders, ...messageProviders,
    ClientKeysService, SignatureKeysService, SigningKeys, ClientLookup, UsedJtis, Revocations, TokenServer, ...sending, ...resolvers,
  ],
})
export class AppModule {}
