import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { restPageOf, toRestPage } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DemandLedgerRow } from './demand-ledger-row.js';
import { DemandLedgerService } from './demand-ledger.service.js';
import { DockingEntry } from './docking-entry.entity.js';
import { DockingsService } from './dockings.service.js';
import { DemandLedgerQuery, DockingQuery, RecordDockingInput } from './ledger.inputs.js';

@ApiTags('ledgers')
@Controller('v1')
export class LedgersController {
  constructor(private readonly demands: DemandLedgerService, private readonly dockings: DockingsService) {}

  @Get('demand-ledger')
  @ApiOperation({ summary: 'Read the demand ledger', description: 'Demands as they stood at the end of a day, or now; newest first, by page. A bank reads what it held then.' })
  @ApiOkResponse({ type: restPageOf(DemandLedgerRow, 'DemandLedgerRow') })
  async demandLedger(
    @CurrentCaller() caller: Caller, @Query() query: DemandLedgerQuery,
  ): Promise<{ items: DemandLedgerRow[]; nextCursor: string | null }> {
    return toRestPage(await this.demands.list(caller, query));
  }

  @Get('docking-entries')
  @ApiOperation({ summary: 'Read the docking ledger', description: 'Attempts to reach enterprises about their demands; newest first, by page. A bank reads its own.' })
  @ApiOkResponse({ type: restPageOf(DockingEntry, 'DockingEntry') })
  async dockingEntries(
    @CurrentCaller() caller: Caller, @Query() query: DockingQuery,
  ): Promise<{ items: DockingEntry[]; nextCursor: string | null }> {
    return toRestPage(await this.dockings.list(caller, query));
  }

  @Post('docking-entries')
  @ApiOperation({ summary: 'Enter an attempt to reach an enterprise', description: 'For the bank that accepted its demand, and for whoever took the application down. Entries are never changed.' })
  @ApiCreatedResponse({ type: DockingEntry })
  recordDocking(@CurrentCaller() caller: Caller, @Body() input: RecordDockingInput): Promise<DockingEntry> {
    return this.dockings.record(caller, input);
  }
}
