import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { restPageOf, toRestPage } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Controller, Get, Param, ParseUUIDPipe, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DemandClock } from './demand-clock.entity.js';
import { DemandClockQuery } from './demand-clock.inputs.js';
import { DemandClocksService } from './demand-clocks.service.js';

@ApiTags('clocks')
@Controller('v1')
export class DemandClocksController {
  constructor(private readonly clocks: DemandClocksService) {}

  @Get('demand-clocks')
  @ApiOperation({ summary: 'List the clocks of demands', description: 'What is to be done by when; newest first, by page. A bank sees its own.' })
  @ApiOkResponse({ type: restPageOf(DemandClock, 'DemandClock') })
  async list(
    @CurrentCaller() caller: Caller, @Query() query: DemandClockQuery,
  ): Promise<{ items: DemandClock[]; nextCursor: string | null }> {
    return toRestPage(await this.clocks.list(caller, query));
  }

  @Get('demand-clocks/:id')
  @ApiOperation({ summary: 'Read a clock of a demand' })
  @ApiOkResponse({ type: DemandClock })
  get(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<DemandClock> {
    return this.clocks.get(caller, id);
  }

  @Get('demands/:id/clocks')
  @ApiOperation({ summary: 'Read the clocks of a demand', description: 'Oldest first. The applicant sees by when its bank, and itself, has to act.' })
  @ApiOkResponse({ type: [DemandClock] })
  ofDemand(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<DemandClock[]> {
    return this.clocks.ofDemand(caller, id);
  }
}
