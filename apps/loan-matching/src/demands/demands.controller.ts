import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { restPageOf, toRestPage } from '@finharbor/platform/http/page';
import { Contact, ReasonInput } from '@finharbor/platform/person-records/contact';
import { Signable } from '@finharbor/platform/receipts/receiving';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DecideDemandInput } from '../decisions/decision.inputs.js';
import { DecisionsService } from '../decisions/decisions.service.js';
import { Match } from '../matching/match.entity.js';
import { RoutingService } from '../routing/routing.service.js';
import { TrailStep } from '../trail/trail-step.entity.js';
import { DemandConsentsService } from './demand-consents.service.js';
import { Demand } from './demand.entity.js';
import { ChooseProductInput, DemandsQuery } from './demand.inputs.js';
import { DemandsService } from './demands.service.js';

/** The applicant comes with the header Access-Secret, banks and supervisors with a token. */
@ApiTags('demands')
@Controller('v1/demands')
export class DemandsController {
  constructor(
    private readonly demands: DemandsService,
    private readonly routing: RoutingService,
    private readonly decisions: DecisionsService,
    private readonly consents: DemandConsentsService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List demands', description: 'Newest first, by page. A bank sees those routed to it, without who asks until it accepts, and those of referrals that it claimed.' })
  @ApiOkResponse({ type: restPageOf(Demand, 'Demand') })
  async list(@CurrentCaller() caller: Caller, @Query() query: DemandsQuery): Promise<{ items: Demand[]; nextCursor: string | null }> {
    return toRestPage(await this.demands.list(caller, query));
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a demand' })
  @ApiOkResponse({ type: Demand })
  get(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<Demand> {
    return this.demands.get(caller, id);
  }

  @Get(':id/matches')
  @ApiOperation({ summary: 'Read the matches of a demand', description: 'Every product on offer when it was submitted, best first, with a reason per rule.' })
  @ApiOkResponse({ type: [Match] })
  matches(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<Match[]> {
    return this.demands.matches(caller, id);
  }

  @Get(':id/trail')
  @ApiOperation({ summary: 'Read the trail of a demand', description: 'Oldest first. A bank reads what happened since it holds the demand.' })
  @ApiOkResponse({ type: [TrailStep] })
  trail(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<TrailStep[]> {
    return this.demands.trail(caller, id);
  }

  @Post(':id/choice')
  @ApiOperation({ summary: 'Choose a product', description: 'For the applicant, once. The demand goes to the bank of the product.' })
  @ApiCreatedResponse({ type: Demand })
  choose(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: ChooseProductInput): Promise<Demand> {
    return this.routing.choose(caller, id, input.productId);
  }

  @Post(':id/consent-withdrawal')
  @ApiOperation({ summary: 'Take the consent of a demand back', description: 'For the applicant: from now on no bank is told who asks. Again changes nothing.' })
  @ApiCreatedResponse({ type: Demand })
  withdrawConsent(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<Demand> {
    return this.consents.revoke(caller, id);
  }

  @Post(':id/acceptance')
  @ApiOperation({ summary: 'Accept a demand', description: 'The bank takes it on, and learns who asks.' })
  @ApiCreatedResponse({ type: Demand })
  accept(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<Demand> {
    return this.routing.accept(caller, id);
  }

  @Post(':id/decision')
  @Signable()
  @ApiOperation({ summary: 'Decide on a demand', description: 'The bank approves or rejects what it accepted, with a reason. Final. It may be signed (RFC 9421); Link in the answer names the receipt.' })
  @ApiCreatedResponse({ type: Demand })
  decide(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: DecideDemandInput): Promise<Demand> {
    return this.decisions.decide(caller, id, input);
  }

  @Post(':id/contact-views')
  @ApiOperation({ summary: 'See the contact of a demand', description: 'In the clear, after acceptance. The reason is kept.' })
  @ApiCreatedResponse({ type: Contact })
  viewContact(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: ReasonInput): Promise<Contact> {
    return this.decisions.viewContact(caller, id, input.reason);
  }
}
