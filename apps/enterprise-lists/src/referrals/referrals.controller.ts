import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { restPageOf, toRestPage } from '@finharbor/platform/http/page';
import { Contact, ReasonInput } from '@finharbor/platform/person-records/contact';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ReferralBatchesService } from './referral-batches.service.js';
import { Referral } from './referral.entity.js';
import { AcknowledgeReferralsInput, AnswerReferralsInput, ReferralBatch, ReferralQuery } from './referral.inputs.js';
import { ReferralsService } from './referrals.service.js';

@ApiTags('referrals')
@Controller('v1')
export class ReferralsController {
  constructor(private readonly referrals: ReferralsService, private readonly batches: ReferralBatchesService) {}

  @Get('referrals')
  @ApiOperation({ summary: 'List referrals', description: 'Newest first, by page. A bank sees its own, and who they are once it claimed them.' })
  @ApiOkResponse({ type: restPageOf(Referral, 'Referral') })
  async list(@CurrentCaller() caller: Caller, @Query() query: ReferralQuery): Promise<{ items: Referral[]; nextCursor: string | null }> {
    return toRestPage(await this.referrals.list(caller, query));
  }

  @Get('referrals/:id')
  @ApiOperation({ summary: 'Read a referral' })
  @ApiOkResponse({ type: Referral })
  get(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<Referral> {
    return this.referrals.get(caller, id);
  }

  @Post('referrals/:id/contact-views')
  @ApiOperation({
    summary: 'See whom to call', description: 'The contact in the clear, for the bank that claims the row, where the list names a consent. The reason is kept.',
  })
  @ApiCreatedResponse({ type: Contact })
  viewContact(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: ReasonInput): Promise<Contact> {
    return this.referrals.viewContact(caller, id, input.reason);
  }

  @Post('referral-acknowledgements')
  @ApiOperation({ summary: 'Acknowledge referrals', description: 'Up to 500, all or none. DELIVERED → ACKNOWLEDGED.' })
  @ApiCreatedResponse({ type: ReferralBatch })
  acknowledge(@CurrentCaller() caller: Caller, @Body() input: AcknowledgeReferralsInput): Promise<ReferralBatch> {
    return this.batches.acknowledge(caller, input.referralIds);
  }

  @Post('referral-answers')
  @ApiOperation({
    summary: 'Answer referrals',
    description: 'Up to 500, all or none. ACKNOWLEDGED → CLAIMED, NO_NEED, UNREACHABLE or REJECTED; what was CLAIMED may end as one of the last three.',
  })
  @ApiCreatedResponse({ type: ReferralBatch })
  answer(@CurrentCaller() caller: Caller, @Body() input: AnswerReferralsInput): Promise<ReferralBatch> {
    return this.batches.answer(caller, input.answers);
  }
}
