import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { PageQuery, restPageOf, toRestPage } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { LoanCodeDaysQuery, PlaceLoanCodeInput, RemovePlacementInput } from './loan-code.inputs.js';
import { LoanCodeDay, LoanCodePlacement } from './placement.entity.js';
import { PlacementsService } from './placements.service.js';

@ApiTags('loan codes')
@Controller('v1')
export class PlacementsController {
  constructor(private readonly placements: PlacementsService) {}

  @Get('loan-code-placements')
  @ApiOperation({
    summary: 'The register of where loan codes hang', description: 'All placements, the latest record first, by page. A bank sees its own.',
  })
  @ApiOkResponse({ type: restPageOf(LoanCodePlacement, 'LoanCodePlacement') })
  async register(
    @CurrentCaller() caller: Caller, @Query() page: PageQuery,
  ): Promise<{ items: LoanCodePlacement[]; nextCursor: string | null }> {
    return toRestPage(await this.placements.register(caller, page));
  }

  @Post('loan-codes/:id/placements')
  @ApiOperation({ summary: 'Record where a loan code hangs', description: 'One code may hang in several places. A revoked one hangs nowhere.' })
  @ApiCreatedResponse({ type: LoanCodePlacement })
  place(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: PlaceLoanCodeInput): Promise<LoanCodePlacement> {
    return this.placements.place(caller, id, input);
  }

  @Get('loan-codes/:id/placements')
  @ApiOperation({ summary: 'List where a loan code hangs and hung', description: 'The latest record first, by page.' })
  @ApiOkResponse({ type: restPageOf(LoanCodePlacement, 'LoanCodePlacement') })
  async list(
    @CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Query() page: PageQuery,
  ): Promise<{ items: LoanCodePlacement[]; nextCursor: string | null }> {
    return toRestPage(await this.placements.list(caller, id, page));
  }

  @Post('loan-codes/:id/placements/:placementId/removal')
  @ApiOperation({ summary: 'Record that a loan code was taken away' })
  @ApiCreatedResponse({ type: LoanCodePlacement })
  remove(
    @CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Param('placementId', ParseUUIDPipe) placementId: string,
    @Body() input: RemovePlacementInput,
  ): Promise<LoanCodePlacement> {
    return this.placements.remove(caller, id, placementId, input);
  }

  @Get('loan-codes/:id/days')
  @ApiOperation({ summary: 'How often a loan code was used, by day', description: 'Days without use are left out.' })
  @ApiOkResponse({ type: [LoanCodeDay] })
  days(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Query() query: LoanCodeDaysQuery): Promise<LoanCodeDay[]> {
    return this.placements.days(caller, id, query);
  }
}
