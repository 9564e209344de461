import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { restPageOf, toRestPage } from '@finharbor/platform/http/page';
import { Signable } from '@finharbor/platform/receipts/receiving';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ListRecall, ReferralRecall } from './recall.entity.js';
import { AcknowledgeRecallInput, RecallQuery } from './recall.inputs.js';
import { RecallsService } from './recalls.service.js';

interface RestPage {
  items: ReferralRecall[];
  nextCursor: string | null;
}

@ApiTags('referrals')
@Controller('v1')
export class RecallsController {
  constructor(private readonly recalls: RecallsService) {}

  @Get('referral-recalls')
  @ApiOperation({ summary: 'List recalls', description: 'Newest first, by page. A bank sees its own.' })
  @ApiOkResponse({ type: restPageOf(ReferralRecall, 'ReferralRecall') })
  async list(@CurrentCaller() caller: Caller, @Query() query: RecallQuery): Promise<RestPage> {
    return toRestPage(await this.recalls.list(caller, query));
  }

  @Get('referral-recalls/:id')
  @ApiOperation({ summary: 'Read a recall' })
  @ApiOkResponse({ type: ReferralRecall })
  get(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<ReferralRecall> {
    return this.recalls.get(caller, id);
  }

  @Post('referral-recalls/:id/acknowledgement')
  @Signable()
  @ApiOperation({
    summary: 'Confirm that a recall was processed',
    description: 'Once, by the bank. It may be signed (RFC 9421); Link in the answer names the receipt, which proves it.',
  })
  @ApiCreatedResponse({ type: ReferralRecall })
  acknowledge(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: AcknowledgeRecallInput): Promise<ReferralRecall> {
    return this.recalls.acknowledge(caller, id, input.referralCount);
  }

  @Get('push-lists/:id/recalls')
  @ApiOperation({ summary: 'Read what was withdrawn of a list', description: 'Newest first, with how many banks and platforms have confirmed it.' })
  @ApiOkResponse({ type: [ListRecall] })
  ofList(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<ListRecall[]> {
    return this.recalls.ofList(caller, id);
  }
}
