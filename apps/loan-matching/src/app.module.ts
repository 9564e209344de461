import { identityOf } from '@finharbor/platform/boot/service-identity';
import { PlatformModule } from '@finharbor/platform/boot/platform.module';
import { OrganisationCopies } from '@finharbor/platform/copies/organisation-copies';
import { SignerKeyCopies } from '@finharbor/platform/receipts/signer-key-copies';
import { ReferenceCopies } from '@finharbor/platform/copies/reference-copies';
import { SandboxClock } from '@finharbor/platform/sandbox/sandbox-clock';
import { subgraph } from '@finharbor/platform/subgraph/subgraph';
import { Module } from '@nestjs/common';
import { loanMatchingConfig } from './config.js';
import { CopiesConsumer } from './copies/copies.consumer.js';
import { CultivationConsumer } from './cultivation/cultivation.consumer.js';
import { CultivationController } from './cultivation/cultivation.controller.js';
import { CultivationLedgerService } from './cultivation/cultivation-ledger.service.js';
import { CultivationResolver } from './cultivation/cultivation.resolver.js';
import { Cultivation } from './cultivation/cultivation.js';
import { CultivationWorkService } from './cultivation/cultivation-work.service.js';
import { Decision } from './decisions/decision.entity.js';
import { DecisionsService } from './decisions/decisions.service.js';
import { DemandConsentsService } from './demands/demand-consents.service.js';
import { Demand } from './demands/demand.entity.js';
import { DemandsController } from './demands/demands.controller.js';
import { DemandsResolver } from './demands/demands.resolver.js';
import { DemandsService } from './demands/demands.service.js';
import { Disclosure } from './demands/disclosure.js';
import { HarborDemandsResolver } from './demands/harbor-demands.resolver.js';
import { ReferralDemandsConsumer } from './demands/referral-demands.consumer.js';
import { RoutingService } from './demands/routing.service.js';
import { SubmissionsService } from './demands/submissions.service.js';
import { LoanCode } from './loan-codes/loan-code.entity.js';
import { LoanCodesController } from './loan-codes/loan-codes.controller.js';
import { LoanCodesResolver } from './loan-codes/loan-codes.resolver.js';
import { LoanCodesService } from './loan-codes/loan-codes.service.js';
import { ScansController } from './loan-codes/scans.controller.js';
import { Match } from './matching/match.entity.js';
import { MatchesResolver } from './matching/matches.resolver.js';
import { DemandProgress } from './progress/demand-progress.entity.js';
import { ProgressController } from './progress/progress.controller.js';
import { Progress } from './progress/progress.js';
import { ProgressService } from './progress/progress.service.js';
import { SandboxDemands } from './sandbox/sandbox-demands.js';
import { TrailStep } from './trail/trail-step.entity.js';

/** The resolvers of this service's part of the graph, for `npm run generate`. */
export const resolvers = [LoanCodesResolver, DemandsResolver, HarborDemandsResolver, MatchesResolver, CultivationResolver];

/** Who has no organisation runs as the worker: whoever scans a code, submits a demand, or holds the secret of one. */
const service = identityOf('loan-matching', ['scan', 'submission', 'applicant'], [
  { table: 'demands', columns: ['contact_name', 'contact_phone'], holds: 'PERSON', identifiers: ['contact_phone'] },
]);
const entities = [LoanCode, Demand, Match, Decision, TrailStep, DemandProgress];

@Module({
  imports: [PlatformModule.for({ service, entities, config: loanMatchingConfig }), subgraph()],
  controllers: [LoanCodesController, ScansController, DemandsController, ProgressController, CultivationController],
  providers: [
    LoanCodesService, SubmissionsService, DemandsService, RoutingService, DecisionsService, Disclosure, DemandConsentsService,
    Progress, ProgressService, ReferralDemandsConsumer, Cultivation, CultivationConsumer, CultivationLedgerService, CultivationWorkService,
    CopiesConsumer, OrganisationCopies, ReferenceCopies, SignerKeyCopies, SandboxClock, SandboxDemands,
    ...resolvers,
  ],
})
export class AppModule {}
