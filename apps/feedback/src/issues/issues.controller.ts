import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { restPageOf, toRestPage } from '@finharbor/platform/http/page';
import { Contact, ReasonInput } from '@finharbor/platform/person-records/contact';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Issue, RegisteredIssue } from './issue.entity.js';
import { ConfirmationInput, IssueQuery, RegisterIssueInput, ReplyInput } from './issue.inputs.js';
import { IssueStep } from './issue-step.entity.js';
import { IssuesService } from './issues.service.js';

const accessSecret = (required: boolean): MethodDecorator =>
  ApiHeader({ name: 'Access-Secret', required, description: 'Of the registrant, instead of a token: the secret of this issue.' });

@ApiTags('issues')
@Controller('v1/issues')
export class IssuesController {
  constructor(private readonly issues: IssuesService) {}

  @Post()
  @ApiOperation({ summary: 'Register a financing issue', description: 'By the business without a token, or by the host bank of the harbor. The secret is shown this once.' })
  @ApiCreatedResponse({ type: RegisteredIssue })
  register(@CurrentCaller() caller: Caller, @Body() input: RegisterIssueInput): Promise<RegisteredIssue> {
    return this.issues.register(caller, input);
  }

  @Get()
  @ApiOperation({ summary: 'List issues', description: 'A bank’s own, of all banks for supervisors; newest first, by page.' })
  @ApiOkResponse({ type: restPageOf(Issue, 'Issue') })
  async list(@CurrentCaller() caller: Caller, @Query() query: IssueQuery): Promise<{ items: Issue[]; nextCursor: string | null }> {
    return toRestPage(await this.issues.list(caller, query));
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read an issue', description: 'For its host bank, supervisors, and the registrant with its secret.' })
  @accessSecret(false)
  @ApiOkResponse({ type: Issue })
  get(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<Issue> {
    return this.issues.get(caller, id);
  }

  @Get(':id/trail')
  @ApiOperation({ summary: 'Read an issue’s trail', description: 'Who did what when, oldest first, with every reply and comment.' })
  @accessSecret(false)
  @ApiOkResponse({ type: [IssueStep] })
  trail(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<IssueStep[]> {
    return this.issues.trail(caller, id);
  }

  @Post(':id/acknowledgement')
  @ApiOperation({ summary: 'Acknowledge an issue', description: 'Once by the host bank and once by the central-bank branch, each within one working day.' })
  @ApiCreatedResponse({ type: Issue })
  acknowledge(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<Issue> {
    return this.issues.acknowledge(caller, id);
  }

  @Post(':id/reply')
  @ApiOperation({ summary: 'Reply to an issue', description: 'By the bank that acknowledged it, within five working days; again after it was reopened.' })
  @ApiCreatedResponse({ type: Issue })
  reply(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: ReplyInput): Promise<Issue> {
    return this.issues.reply(caller, id, input.text);
  }

  @Post(':id/contact-views')
  @ApiOperation({ summary: 'See who registered an issue', description: 'In the clear, for the bank that must answer, unless the consent was withdrawn. The reason is kept.' })
  @ApiCreatedResponse({ type: Contact })
  viewContact(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: ReasonInput): Promise<Contact> {
    return this.issues.viewContact(caller, id, input.reason);
  }

  @Post(':id/confirmation')
  @ApiOperation({ summary: 'Confirm a reply', description: 'By the registrant: closes the issue, or reopens it for another reply.' })
  @accessSecret(true)
  @ApiCreatedResponse({ type: Issue })
  confirm(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: ConfirmationInput): Promise<Issue> {
    return this.issues.confirm(caller, id, input);
  }
}
