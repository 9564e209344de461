import { PlatformModule } from '@finharbor/platform/boot/platform.module';
import { identityOf } from '@finharbor/platform/boot/service-identity';
import { Clocks } from '@finharbor/platform/clocks/clocks';
import { OrganisationCopies } from '@finharbor/platform/copies/organisation-copies';
import { ReferenceCopies } from '@finharbor/platform/copies/reference-copies';
import { SignerKeyCopies } from '@finharbor/platform/receipts/signer-key-copies';
import { SandboxClock } from '@finharbor/platform/sandbox/sandbox-clock';
import { subgraph } from '@finharbor/platform/subgraph/subgraph';
import { Module } from '@nestjs/common';
import { enterpriseListsConfig } from './config.js';
import { Clock } from './clocks/clock.entity.js';
import { ClocksConsumer } from './clocks/clocks.consumer.js';
import { ClocksController } from './clocks/clocks.controller.js';
import { ClocksResolver } from './clocks/clocks.resolver.js';
import { ClocksService } from './clocks/clocks.service.js';
import { ListClocks } from './clocks/list-clocks.js';
import { Contacts, nobody } from './enterprises/contacts.js';
import { Enterprise } from './enterprises/enterprise.entity.js';
import { EnterprisesResolver } from './enterprises/enterprises.resolver.js';
import { MasterResolver } from './enterprises/master.resolver.js';
import { Applying } from './enterprises/applying.js';
import { CodeException } from './enterprises/code-exception.entity.js';
import { CodeExceptionsService } from './enterprises/code-exceptions.service.js';
import { Contradiction } from './enterprises/contradiction.entity.js';
import { ContradictionsService } from './enterprises/contradictions.service.js';
import { EnterprisesService } from './enterprises/enterprises.service.js';
import { MasterController } from './enterprises/master.controller.js';
import { masterReason, Merging } from './enterprises/merging.service.js';
import { PrecedenceService } from './enterprises/precedence.service.js';
import { Staging } from './enterprises/staging.js';
import { BankResponsesController } from './figures/bank-responses.controller.js';
import { BankResponsesResolver } from './figures/bank-responses.resolver.js';
import { BankResponsesService } from './figures/bank-responses.service.js';
import { importReason } from './imports/direct-imports.service.js';
import { Import } from './imports/import.entity.js';
import { ImportsResolver } from './imports/imports.resolver.js';
import { importControllers, importProviders } from './imports/providers.js';
import { CopiesConsumer } from './dispatches/copies.consumer.js';
import { Dispatch } from './dispatches/dispatch.entity.js';
import { DispatchesResolver, DispatchCountsResolver, ListDispatchesResolver } from './dispatches/dispatches.resolver.js';
import { DispatchesService } from './dispatches/dispatches.service.js';
import { DispatchedConsumer } from './dispatches/dispatched.consumer.js';
import { Dispatching } from './dispatches/dispatching.js';
import { Exchange } from './dispatches/exchange/exchange.js';
import { ExchangeDemands } from './dispatches/exchange/exchange-demands.js';
import { ExchangeFiles } from './dispatches/exchange/exchange-files.js';
import { ExchangeIncoming } from './dispatches/exchange/exchange-incoming.js';
import { ExchangeReceipts } from './dispatches/exchange/exchange-receipts.js';
import { AssertionsService } from './lists/assertions.service.js';
import { CultivationsConsumer } from './lists/cultivations.consumer.js';
import { DutiesService } from './lists/duties.service.js';
import { GapsService } from './lists/gaps.service.js';
import { ListDifferencesService } from './lists/list-differences.service.js';
import { ListEntry } from './lists/list-entry.entity.js';
import { ListRejection } from './lists/list-rejection.entity.js';
import { ListsController } from './lists/lists.controller.js';
import { ListsResolver } from './lists/lists.resolver.js';
import { ListsService } from './lists/lists.service.js';
import { PushDuty } from './lists/push-duty.entity.js';
import { PushList } from './lists/push-list.entity.js';
import { QualityReportsService, qualityReason } from './lists/quality-reports.service.js';
import { ReportsController } from './lists/reports.controller.js';
import { DifferencesResolver, DutiesResolver, QualityReportsResolver } from './lists/reports.resolver.js';
import { ReviewController } from './lists/review.controller.js';
import { RecommendationResolver, ReviewResolver } from './lists/review.resolver.js';
import { ReviewService } from './lists/review.service.js';
import { EntriesResolver } from './lists/rows.resolver.js';
import { WithdrawalsService } from './lists/withdrawals.service.js';
import { DemandsConsumer } from './referrals/demands.consumer.js';
import { OnwardService } from './referrals/onward.service.js';
import { ListRecall, ReferralRecall } from './referrals/recall.entity.js';
import { RecallsConsumer } from './referrals/recalls.consumer.js';
import { RecallsController } from './referrals/recalls.controller.js';
import { ListRecallsResolver, RecallsResolver } from './referrals/recalls.resolver.js';
import { RecallsService } from './referrals/recalls.service.js';
import { ReferralDeliveries } from './referrals/referral-deliveries.js';
import { ReferralBatchesService } from './referrals/referral-batches.service.js';
import { Referral } from './referrals/referral.entity.js';
import { SandboxReferrals } from './referrals/sandbox-referrals.js';
import { ReferralsConsumer } from './referrals/referrals.consumer.js';
import { ReferralsController } from './referrals/referrals.controller.js';
import { ReferralsResolver } from './referrals/referrals.resolver.js';
import { ReferralsService } from './referrals/referrals.service.js';
import { pushListWorkflow } from './workflows/push-list.workflow.js';

/** The resolvers of this service's part of the graph, for `npm run generate`. */
export const resolvers = [
  ListsResolver, ReviewResolver, RecommendationResolver, DifferencesResolver, QualityReportsResolver, DutiesResolver, EntriesResolver,
  DispatchesResolver, EnterprisesResolver, MasterResolver, ReferralsResolver, ClocksResolver, ListDispatchesResolver,
  DispatchCountsResolver, RecallsResolver, ListRecallsResolver, ImportsResolver, BankResponsesResolver,
];

@Module({
  imports: [
    PlatformModule.for({
      service: identityOf('enterprise-lists', [importReason, masterReason, qualityReason], [{
        table: 'enterprises', columns: ['contact_name', 'contact_phone'], holds: 'PERSON', identifiers: ['contact_phone'], organisation: `'${nobody}'`,
      }, { table: 'imports', columns: ['file_key'], holds: 'SECRET' }, { table: 'import_parts', columns: ['file_key'], holds: 'SECRET' }]),
      config: enterpriseListsConfig,
      entities: [
        Import, PushList, PushDuty, ListEntry, ListRejection, Dispatch, Enterprise, Contradiction, CodeException, Referral, ReferralRecall,
        ListRecall, Clock,
      ],
      workflows: [pushListWorkflow],
    }),
    subgraph(),
  ],
  controllers: [
    ...importControllers, ListsController, ReviewController, ReportsController, ReferralsController, RecallsController, ClocksController,
    MasterController, BankResponsesController,
  ],
  providers: [
    OrganisationCopies, ReferenceCopies, SignerKeyCopies, ...importProviders, ListsService, DispatchesService,
    ReviewService, AssertionsService, GapsService, WithdrawalsService, CultivationsConsumer, ListDifferencesService, QualityReportsService,
    DutiesService, BankResponsesService,
    Contacts, Staging, Merging, Applying, ContradictionsService, PrecedenceService, CodeExceptionsService,
    EnterprisesService, ReferralsService, ReferralBatchesService, ReferralsConsumer, DemandsConsumer,
    SandboxClock, SandboxReferrals,
    Dispatching, DispatchedConsumer, CopiesConsumer, ExchangeDemands, ExchangeFiles, ExchangeReceipts, ExchangeIncoming, Exchange,
    ReferralDeliveries, OnwardService, RecallsConsumer, RecallsService,
    Clocks, ListClocks, ClocksConsumer, ClocksService,
    ...resolvers,
  ],
})
export class AppModule {}
