import { identityOf } from '@finharbor/platform/boot/service-identity';
import { PlatformModule } from '@finharbor/platform/boot/platform.module';
import { Clocks } from '@finharbor/platform/clocks/clocks';
import { ReferenceCopies } from '@finharbor/platform/copies/reference-copies';
import { SandboxClock } from '@finharbor/platform/sandbox/sandbox-clock';
import { subgraph } from '@finharbor/platform/subgraph/subgraph';
import { Module } from '@nestjs/common';
import { HarborIssuesResolver } from './harbors/harbor-issues.resolver.js';
import { HarborIssuesService } from './harbors/harbor-issues.service.js';
import { HarborsConsumer } from './harbors/harbors.consumer.js';
import { ConsentsConsumer } from './issues/consents.consumer.js';
import { Issue } from './issues/issue.entity.js';
import { IssueClocks } from './issues/issue-clocks.js';
import { IssueStep } from './issues/issue-step.entity.js';
import { IssueTexts } from './issues/issue-texts.js';
import { IssuesController } from './issues/issues.controller.js';
import { IssuesResolver } from './issues/issues.resolver.js';
import { IssueStepsResolver } from './issues/issue-steps.resolver.js';
import { IssuesService } from './issues/issues.service.js';
import { issueWorkflow } from './workflows/issue.workflow.js';

/** The resolvers of this service's part of the graph, for `npm run generate`. */
export const resolvers = [IssuesResolver, IssueStepsResolver, HarborIssuesResolver];

/** Who has no organisation sees nothing by itself: registrants act through these reasons (architecture.md rule 6). */
const workerReasons = ['register an issue', 'read an issue', 'confirm an issue'];

const service = identityOf('feedback', workerReasons, [
  { table: 'issues', columns: ['title', 'text', 'reply', 'registrant_name', 'registrant_phone'], holds: 'PERSON', identifiers: ['registrant_phone'] },
  { table: 'issue_trail', columns: ['note'], holds: 'PERSON', under: '(select text_encrypted from feedback.issues where id = issue_id)' },
]);

@Module({
  imports: [PlatformModule.for({ service, entities: [Issue, IssueStep], workflows: [issueWorkflow] }), subgraph()],
  controllers: [IssuesController],
  providers: [
    IssuesService, HarborIssuesService, IssueTexts, Clocks, IssueClocks, HarborsConsumer, ConsentsConsumer, ReferenceCopies, SandboxClock,
    ...resolvers,
  ],
})
export class AppModule {}
