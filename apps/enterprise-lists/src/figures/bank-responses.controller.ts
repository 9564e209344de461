import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { restPageOf, toRestPage } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { RestPage } from '../lists/lists.controller.js';
import { BankResponse, BankResponseQuery } from './bank-response.types.js';
import { BankResponsesService } from './bank-responses.service.js';

@ApiTags('referrals')
@Controller('v1/bank-responses')
export class BankResponsesController {
  constructor(private readonly responses: BankResponsesService) {}

  @Get()
  @ApiOperation({
    summary: 'Read how banks answered',
    description: 'Working days from delivery to acknowledgement and to claim or answer (median, 90th percentile), and why rows were turned down, by bank. A bank sees its own.',
  })
  @ApiOkResponse({ type: restPageOf(BankResponse, 'BankResponse') })
  async list(@CurrentCaller() caller: Caller, @Query() query: BankResponseQuery): Promise<RestPage<BankResponse>> {
    return toRestPage(await this.responses.list(caller, query));
  }
}
