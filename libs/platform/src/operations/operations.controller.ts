import { notFound } from '@finharbor/contracts/errors';
import type { Caller } from '@finharbor/security/tokens/caller';
import { serviceNames } from '@finharbor/contracts/services';
import { Body, Controller, Get, Inject, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { SERVICE, type ServiceIdentity } from '../boot/service-identity.js';
import { CurrentCaller } from '../http/caller.decorator.js';
import { PageQuery, restPageOf, toRestPage } from '../http/page.js';
import { DeadLetter, ParkEventInput } from './dead-letter.js';
import { DeliveryStatus, DeliveryStatusReader } from './delivery-status.js';
import { OperationsService } from './operations.service.js';

/** For routes that every service has: the service is named in the path, and the gateway goes there. */
export const ApiService = (): ClassDecorator & MethodDecorator => ApiParam({ name: 'service', enum: serviceNames, description: 'Which service.' });

@ApiTags('operations')
@ApiService()
@Controller('v1/operations/:service')
export class OperationsController {
  constructor(
    @Inject(SERVICE) private readonly service: ServiceIdentity,
    private readonly status: DeliveryStatusReader,
    private readonly operations: OperationsService,
  ) {}

  @Get('delivery')
  @ApiOperation({ summary: 'How a service’s events fare', description: 'Lag, what is on its way, what was sent again, dead letters and clocks.' })
  @ApiOkResponse({ type: DeliveryStatus })
  delivery(@Param('service') service: string): Promise<DeliveryStatus> {
    this.expect(service);
    return this.status.read();
  }

  @Get('dead-letters')
  @ApiOperation({ summary: 'List events that a service could not apply', description: 'Newest first, by page.' })
  @ApiOkResponse({ type: restPageOf(DeadLetter, 'DeadLetter') })
  async list(
    @CurrentCaller() caller: Caller, @Param('service') service: string, @Query() page: PageQuery,
  ): Promise<{ items: DeadLetter[]; nextCursor: string | null }> {
    this.expect(service);
    return toRestPage(await this.operations.list(caller, page));
  }

  @Post('dead-letters')
  @ApiOperation({
    summary: 'Park an event',
    description: 'Puts an event aside that holds up others. Events that fail by themselves are parked without this, after some 12 seconds.',
  })
  @ApiCreatedResponse({ type: DeadLetter })
  park(@CurrentCaller() caller: Caller, @Param('service') service: string, @Body() { eventId }: ParkEventInput): Promise<DeadLetter> {
    this.expect(service);
    return this.operations.park(caller, eventId);
  }

  @Post('dead-letters/:id/replay')
  @ApiOperation({ summary: 'Apply a dead letter again', description: 'After its cause was cured. It stays a dead letter if it fails again (ILLEGAL_STATE).' })
  @ApiCreatedResponse({ type: DeadLetter })
  replay(@CurrentCaller() caller: Caller, @Param('service') service: string, @Param('id', ParseUUIDPipe) id: string): Promise<DeadLetter> {
    this.expect(service);
    return this.operations.replay(caller, id);
  }

  private expect(service: string): void {
    if (service !== this.service.name) throw notFound('service');
  }
}
