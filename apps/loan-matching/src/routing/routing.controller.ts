import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, Param, ParseUUIDPipe, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Application } from '../applications/application.entity.js';
import { Demand } from '../demands/demand.entity.js';
import { CounterOffer } from './counter-offer.entity.js';
import { DemandEndsService } from './demand-ends.service.js';
import { CounterOfferInput, EndDemandInput, RouteApplicationInput } from './routing.inputs.js';
import { RoutingService } from './routing.service.js';

/** The applicant comes with the header Access-Secret, which opens each of its demands. */
@ApiTags('routing')
@Controller('v1')
export class RoutingController {
  constructor(private readonly routing: RoutingService, private readonly ends: DemandEndsService) {}

  @Post('applications/:id/routing')
  @ApiOperation({ summary: 'Route an application', description: 'To banks chosen among the matches, to one bank, or to the open pool; `instead` takes it from the banks that have it.' })
  @ApiCreatedResponse({ type: Application })
  route(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: RouteApplicationInput): Promise<Application> {
    return this.routing.route(caller, id, input);
  }

  @Get('applications/:id/demands')
  @ApiOperation({ summary: 'List the demands of an application', description: 'One for each bank that has or had it, oldest first.' })
  @ApiOkResponse({ type: [Demand] })
  demands(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<Demand[]> {
    return this.routing.demands(caller, id);
  }

  @Post('demands/:id/refusal')
  @ApiOperation({ summary: 'Refuse a demand', description: 'For the bank that it was routed to, without accepting: it never learns who asks.' })
  @ApiCreatedResponse({ type: Demand })
  refuse(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: EndDemandInput): Promise<Demand> {
    return this.ends.refuse(caller, id, input);
  }

  @Post('demands/:id/withdrawal')
  @ApiOperation({ summary: 'Take a demand back from its bank', description: 'For the applicant, before signing: declines a counter-offer or an approval, or takes the demand back. Other banks keep theirs.' })
  @ApiCreatedResponse({ type: Demand })
  withdraw(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: EndDemandInput): Promise<Demand> {
    return this.ends.withdraw(caller, id, input);
  }

  @Post('demands/:id/counter-offers')
  @ApiOperation({ summary: 'Propose other terms', description: 'For the bank. The clocks of the bank rest until the enterprise answers.' })
  @ApiCreatedResponse({ type: CounterOffer })
  counterOffer(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: CounterOfferInput): Promise<CounterOffer> {
    return this.ends.counterOffer(caller, id, input);
  }

  @Get('demands/:id/counter-offers')
  @ApiOperation({ summary: 'List counter-offers', description: 'Oldest first.' })
  @ApiOkResponse({ type: [CounterOffer] })
  counterOffers(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<CounterOffer[]> {
    return this.ends.counterOffers(caller, id);
  }

  @Post('demands/:id/counter-offer-acceptance')
  @ApiOperation({ summary: 'Take the terms of a counter-offer', description: 'For the applicant. The bank still decides.' })
  @ApiCreatedResponse({ type: Demand })
  takeOffer(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<Demand> {
    return this.ends.takeOffer(caller, id);
  }

  @Post('demands/:id/counter-offer-retraction')
  @ApiOperation({ summary: 'Take a counter-offer back', description: 'For the bank, before it is answered.' })
  @ApiCreatedResponse({ type: Demand })
  retractOffer(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<Demand> {
    return this.ends.retractOffer(caller, id);
  }
}
