import { identityOf } from '@finharbor/platform/boot/service-identity';
import { PlatformModule } from '@finharbor/platform/boot/platform.module';
import { OrganisationCopies } from '@finharbor/platform/copies/organisation-copies';
import { SignerKeyCopies } from '@finharbor/platform/receipts/signer-key-copies';
import { ReferenceCopies } from '@finharbor/platform/copies/reference-copies';
import { SandboxClock } from '@finharbor/platform/sandbox/sandbox-clock';
import { subgraph } from '@finharbor/platform/subgraph/subgraph';
import { Clocks } from '@finharbor/platform/clocks/clocks';
import { Module } from '@nestjs/common';
import { loanMatchingConfig } from './config.js';
import { Application } from './applications/application.entity.js';
import { ApplicationView } from './applications/application-view.js';
import { ApplicationsController } from './applications/applications.controller.js';
import { ApplicationsResolver } from './applications/applications.resolver.js';
import { ApplicationsService } from './applications/applications.service.js';
import { GreenChannelController } from './applications/green-channel.controller.js';
import { GreenChannelService } from './applications/green-channel.service.js';
import { Intake } from './applications/intake.js';
import { TakingService } from './applications/taking.service.js';
import { VerificationsService } from './applications/verifications.service.js';
import { WithdrawalsService } from './applications/withdrawals.service.js';
import { CopiesConsumer } from './copies/copies.consumer.js';
import { CreditAlert } from './credit-watch/credit-alert.entity.js';
import { CreditWatch } from './credit-watch/credit-watch.js';
import { CreditWatchController } from './credit-watch/credit-watch.controller.js';
import { CreditWatchResolver, WatchedDemandsResolver } from './credit-watch/credit-watch.resolver.js';
import { CreditWatchService } from './credit-watch/credit-watch.service.js';
import { CultivationConsumer } from './cultivation/cultivation.consumer.js';
import { CultivationController } from './cultivation/cultivation.controller.js';
import { CultivationLedgerService } from './cultivation/cultivation-ledger.service.js';
import { CultivationResolver } from './cultivation/cultivation.resolver.js';
import { Cultivation } from './cultivation/cultivation.js';
import { CultivationWorkService } from './cultivation/cultivation-work.service.js';
import { Decision } from './decisions/decision.entity.js';
import { DecisionsService } from './decisions/decisions.service.js';
import { DemandClock } from './demand-clocks/demand-clock.entity.js';
import { DemandClocks } from './demand-clocks/demand-clocks.js';
import { DemandClocksController } from './demand-clocks/demand-clocks.controller.js';
import { DemandClocksResolver } from './demand-clocks/demand-clocks.resolver.js';
import { DemandClocksService } from './demand-clocks/demand-clocks.service.js';
import { Follower } from './demand-clocks/follower.js';
import { SimulationsController } from './demand-clocks/simulations.controller.js';
import { SimulationsService } from './demand-clocks/simulations.service.js';
import { DemandConsentsService } from './demands/demand-consents.service.js';
import { Demand } from './demands/demand.entity.js';
import { DemandsController } from './demands/demands.controller.js';
import { DemandsResolver } from './demands/demands.resolver.js';
import { DemandsService } from './demands/demands.service.js';
import { Disclosure } from './demands/disclosure.js';
import { HarborDemandsResolver } from './demands/harbor-demands.resolver.js';
import { ReferralDemandsConsumer } from './demands/referral-demands.consumer.js';
import { SubmissionsService } from './demands/submissions.service.js';
import { DemandLedgerService } from './ledgers/demand-ledger.service.js';
import { DockingEntry } from './ledgers/docking-entry.entity.js';
import { Dockings } from './ledgers/dockings.js';
import { DockingsService } from './ledgers/dockings.service.js';
import { LedgersController } from './ledgers/ledgers.controller.js';
import { DemandLedgerResolver, DockingLedgerResolver } from './ledgers/ledgers.resolver.js';
import { LoanCode } from './loan-codes/loan-code.entity.js';
import { LoanCodesController } from './loan-codes/loan-codes.controller.js';
import { LoanCodesResolver } from './loan-codes/loan-codes.resolver.js';
import { LoanCodesService } from './loan-codes/loan-codes.service.js';
import { LoanCodeKeysController } from './loan-codes/loan-code-keys.controller.js';
import { LoanCodeKeysService, ROTATE_LOAN_CODE_KEYS } from './loan-codes/loan-code-keys.service.js';
import { LoanCodePlacement } from './loan-codes/placement.entity.js';
import { PlacementsController } from './loan-codes/placements.controller.js';
import { PlacedCodesResolver, PlacementsResolver } from './loan-codes/placements.resolver.js';
import { PlacementsService } from './loan-codes/placements.service.js';
import { ScansController } from './loan-codes/scans.controller.js';
import { ScansService } from './loan-codes/scans.service.js';
import { Catalogue } from './matching/catalogue.js';
import { Match } from './matching/match.entity.js';
import { MatchesController } from './matching/matches.controller.js';
import { MatchesResolver } from './matching/matches.resolver.js';
import { MatchListsService } from './matching/match-lists.service.js';
import { MatchPagesService } from './matching/match-pages.service.js';
import { Matching } from './matching/matching.service.js';
import { PlatformApplications } from './outside-platform/platform-applications.js';
import { PlatformConsentsController } from './outside-platform/platform-consents.controller.js';
import { PlatformConsentsService } from './outside-platform/platform-consents.service.js';
import { PlatformConsumer } from './outside-platform/platform.consumer.js';
import { PlatformOffers } from './outside-platform/platform-offers.js';
import { DemandProgress } from './progress/demand-progress.entity.js';
import { ProgressController } from './progress/progress.controller.js';
import { Progress } from './progress/progress.js';
import { ProgressService } from './progress/progress.service.js';
import { DemandQuestion } from './questions/demand-question.entity.js';
import { QuestionsController } from './questions/questions.controller.js';
import { DemandQuestionsResolver, QuestionsResolver } from './questions/questions.resolver.js';
import { QuestionsService } from './questions/questions.service.js';
import { BankRows } from './routing/bank-rows.js';
import { Candidates } from './routing/candidates.js';
import { CounterOffer } from './routing/counter-offer.entity.js';
import { DemandEndsService } from './routing/demand-ends.service.js';
import { Endings } from './routing/endings.js';
import { Onward } from './routing/onward.js';
import { OnwardConsentsController } from './routing/onward-consents.controller.js';
import { OnwardConsentsService } from './routing/onward-consents.service.js';
import { PoolController } from './routing/pool.controller.js';
import { PoolEntry } from './routing/pool-entry.entity.js';
import { PooledApplicationsResolver, PoolResolver } from './routing/pool.resolver.js';
import { PoolService } from './routing/pool.service.js';
import { Pooling } from './routing/pooling.js';
import { RoutingController } from './routing/routing.controller.js';
import { RoutingService } from './routing/routing.service.js';
import { SandboxDemands } from './sandbox/sandbox-demands.js';
import { TrailStep } from './trail/trail-step.entity.js';
import { ApplicationCourse } from './workflows/application-course.consumer.js';
import { applicationWorkflow } from './workflows/application.workflow.js';
import { cultivationEntryWorkflow } from './workflows/cultivation-entry.workflow.js';
import { DemandMoves } from './workflows/demand-moves.js';
import { demandWorkflow } from './workflows/demand.workflow.js';
import { ReasonCodesController } from './workflows/reason-codes.controller.js';

/** The resolvers of this service's part of the graph, for `npm run generate`. */
export const resolvers = [
  LoanCodesResolver, DemandsResolver, HarborDemandsResolver, MatchesResolver, CultivationResolver, ApplicationsResolver,
  DemandClocksResolver, DemandLedgerResolver, DockingLedgerResolver, CreditWatchResolver,
  PoolResolver, PooledApplicationsResolver, DemandQuestionsResolver, QuestionsResolver, PlacementsResolver, PlacedCodesResolver,
  WatchedDemandsResolver,
];

/** Who has no organisation runs as the worker: whoever scans a code, submits a demand, or holds the secret of one. */
const service = identityOf('loan-matching', [
  'scan', 'submission', 'applicant', 'routing', 'pool', 'staff', 'supervision', ROTATE_LOAN_CODE_KEYS, 'credit-band', 'exposure', 'match-list',
], [
  { table: 'demands', columns: ['contact_name', 'contact_phone'], holds: 'PERSON', identifiers: ['contact_phone'] },
  { table: 'loan_code_keys', columns: ['private_key'], holds: 'SECRET', key: 'kid', organisation: `''` },
  {
    table: 'demand_questions', columns: ['question', 'answer'], holds: 'PERSON',
    under: '(select d.contact_phone_encrypted from loan_matching.demands d where d.id = demand_questions.demand_id)',
  },
  {
    table: 'applications', columns: ['resident_id', 'personal_facts'], holds: 'PERSON',
    under: '(select d.contact_name_encrypted from loan_matching.demands d where d.id = applications.id)',
  },
]);
const entities = [
  LoanCode, LoanCodePlacement, Application, Demand, Match, Decision, TrailStep, DemandProgress, DemandQuestion, PoolEntry, CounterOffer,
  DemandClock, DockingEntry, CreditAlert,
];
const workflows = [applicationWorkflow, demandWorkflow, cultivationEntryWorkflow];

@Module({
  imports: [PlatformModule.for({ service, entities, config: loanMatchingConfig, workflows }), subgraph()],
  controllers: [
    ApplicationsController, GreenChannelController, PlatformConsentsController,
    LoanCodesController, LoanCodeKeysController, PlacementsController, ScansController,
    RoutingController, OnwardConsentsController, PoolController, MatchesController,
    DemandsController, ProgressController, CultivationController, QuestionsController, ReasonCodesController,
    DemandClocksController, SimulationsController, LedgersController, CreditWatchController,
  ],
  providers: [
    PlatformOffers, PlatformApplications, PlatformConsentsService, PlatformConsumer,
    Intake, ApplicationView, ApplicationsService, TakingService, VerificationsService, WithdrawalsService, GreenChannelService,
    Matching, MatchPagesService, MatchListsService, Catalogue,
    LoanCodesService, LoanCodeKeysService, PlacementsService, ScansService,
    SubmissionsService, DemandsService, DecisionsService, Disclosure, DemandConsentsService,
    RoutingService, Candidates, BankRows, Endings, Onward, OnwardConsentsService, Pooling, PoolService, DemandEndsService,
    Progress, ProgressService, ReferralDemandsConsumer, Cultivation, CultivationConsumer, CultivationLedgerService, CultivationWorkService,
    CopiesConsumer, OrganisationCopies, ReferenceCopies, SignerKeyCopies, SandboxClock, SandboxDemands,
    DemandMoves, ApplicationCourse, QuestionsService,
    Clocks, DemandClocks, DemandClocksService, SimulationsService, Follower, Dockings, DockingsService, DemandLedgerService, CreditWatch,
    CreditWatchService,
    ...resolvers,
  ],
})
export class AppModule {}
