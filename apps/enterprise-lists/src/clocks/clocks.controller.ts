import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { restPageOf, toRestPage } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Controller, Get, Param, ParseUUIDPipe, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Clock } from './clock.entity.js';
import { ClockQuery } from './clock.inputs.js';
import { ClocksService } from './clocks.service.js';

@ApiTags('clocks')
@Controller('v1/clocks')
export class ClocksController {
  constructor(private readonly clocks: ClocksService) {}

  @Get()
  @ApiOperation({ summary: 'List clocks', description: 'What is to be done by when; newest first, by page. A bank sees its own.' })
  @ApiOkResponse({ type: restPageOf(Clock, 'Clock') })
  async list(@CurrentCaller() caller: Caller, @Query() query: ClockQuery): Promise<{ items: Clock[]; nextCursor: string | null }> {
    return toRestPage(await this.clocks.list(caller, query));
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a clock' })
  @ApiOkResponse({ type: Clock })
  get(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<Clock> {
    return this.clocks.get(caller, id);
  }
}
