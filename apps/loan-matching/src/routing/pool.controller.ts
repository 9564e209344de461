import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { restPageOf, toRestPage } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Demand } from '../demands/demand.entity.js';
import { PoolEntry } from './pool-entry.entity.js';
import { PoolService } from './pool.service.js';
import { PoolQuery, TakePoolEntryInput } from './routing.inputs.js';

@ApiTags('routing')
@Controller('v1/pool-entries')
export class PoolController {
  constructor(private readonly pool: PoolService) {}

  @Get()
  @ApiOperation({ summary: 'List the open pool', description: 'Newest first, by page: applications that any bank may take, without who asks. A bank does not see what it had before.' })
  @ApiOkResponse({ type: restPageOf(PoolEntry, 'PoolEntry') })
  async list(@CurrentCaller() caller: Caller, @Query() query: PoolQuery): Promise<{ items: PoolEntry[]; nextCursor: string | null }> {
    return toRestPage(await this.pool.list(caller, query));
  }

  @Post(':id/acceptance')
  @ApiOperation({ summary: 'Take an entry of the pool', description: 'The first bank has it, as a demand that it accepted. For all others it is gone.' })
  @ApiCreatedResponse({ type: Demand })
  accept(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: TakePoolEntryInput): Promise<Demand> {
    return this.pool.accept(caller, id, input.productId);
  }
}
