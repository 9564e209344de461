import { PlatformModule } from '@finharbor/platform/boot/platform.module';
import { identityOf } from '@finharbor/platform/boot/service-identity';
import { OrganisationCopies } from '@finharbor/platform/copies/organisation-copies';
import { SignerKeyCopies } from '@finharbor/platform/receipts/signer-key-copies';
import { SandboxClock } from '@finharbor/platform/sandbox/sandbox-clock';
import { subgraph } from '@finharbor/platform/subgraph/subgraph';
import { Module } from '@nestjs/common';
import { Contacts, nobody } from './enterprises/contacts.js';
import { EnterpriseMaster } from './enterprises/enterprise-master.js';
import { Enterprise } from './enterprises/enterprise.entity.js';
import { EnterprisesResolver } from './enterprises/enterprises.resolver.js';
import { EnterprisesService } from './enterprises/enterprises.service.js';
import { importReason, ImportsService } from './imports/imports.service.js';
import { ListWriter } from './imports/list-writer.js';
import { UploadParser } from './imports/upload-parser.js';
import { Dispatch } from './lists/dispatch.entity.js';
import { DispatchesService } from './lists/dispatches.service.js';
import { ListEntry } from './lists/list-entry.entity.js';
import { ListRejection } from './lists/list-rejection.entity.js';
import { ListsController } from './lists/lists.controller.js';
import { ListsResolver } from './lists/lists.resolver.js';
import { ListsService } from './lists/lists.service.js';
import { PushList } from './lists/push-list.entity.js';
import { DispatchesResolver, EntriesResolver } from './lists/rows.resolver.js';
import { DemandsConsumer } from './referrals/demands.consumer.js';
import { ReferralBatchesService } from './referrals/referral-batches.service.js';
import { Referral } from './referrals/referral.entity.js';
import { SandboxReferrals } from './referrals/sandbox-referrals.js';
import { ReferralsConsumer } from './referrals/referrals.consumer.js';
import { ReferralsController } from './referrals/referrals.controller.js';
import { ReferralsResolver } from './referrals/referrals.resolver.js';
import { ReferralsService } from './referrals/referrals.service.js';

/** The resolvers of this service's part of the graph, for `npm run generate`. */
export const resolvers = [ListsResolver, EntriesResolver, DispatchesResolver, EnterprisesResolver, ReferralsResolver];

@Module({
  imports: [
    PlatformModule.for({
      service: identityOf('enterprise-lists', [importReason], [{
        table: 'enterprises', columns: ['contact_name', 'contact_phone'], holds: 'PERSON', identifiers: ['contact_phone'], organisation: `'${nobody}'`,
      }]),
      entities: [PushList, ListEntry, ListRejection, Dispatch, Enterprise, Referral],
    }),
    subgraph(),
  ],
  controllers: [ListsController, ReferralsController],
  providers: [
    OrganisationCopies, SignerKeyCopies, UploadParser, ImportsService, ListWriter, ListsService, DispatchesService,
    Contacts, EnterpriseMaster, EnterprisesService, ReferralsService, ReferralBatchesService, ReferralsConsumer, DemandsConsumer,
    SandboxClock, SandboxReferrals,
    ...resolvers,
  ],
})
export class AppModule {}
