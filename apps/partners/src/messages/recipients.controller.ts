import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { restPageOf, toRestPage } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { MessageRecipient } from './recipient.entity.js';
import { EnterRecipientInput, OptOutInput, RecipientsQuery, SubscribeInput } from './recipient.inputs.js';
import { RecipientsService } from './recipients.service.js';

@ApiTags('messages')
@Controller('v1/message-recipients')
export class RecipientsController {
  constructor(private readonly recipients: RecipientsService) {}

  @Post()
  @ApiOperation({ summary: 'Enter somebody of one’s own who is told things', description: 'By mail or SMS. Addresses are encrypted, and masked in every answer.' })
  @ApiCreatedResponse({ type: MessageRecipient })
  enter(@CurrentCaller() caller: Caller, @Body() input: EnterRecipientInput): Promise<MessageRecipient> {
    return this.recipients.enter(caller, input);
  }

  @Get()
  @ApiOperation({ summary: 'List one’s own recipients', description: 'Newest first, by page.' })
  @ApiOkResponse({ type: restPageOf(MessageRecipient, 'MessageRecipient') })
  async list(
    @CurrentCaller() caller: Caller, @Query() query: RecipientsQuery,
  ): Promise<{ items: MessageRecipient[]; nextCursor: string | null }> {
    return toRestPage(await this.recipients.list(caller, query));
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a recipient' })
  @ApiOkResponse({ type: MessageRecipient })
  get(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<MessageRecipient> {
    return this.recipients.get(caller, id);
  }

  @Post(':id/subscriptions')
  @HttpCode(200)
  @ApiOperation({ summary: 'Say what a recipient is told, and how', description: 'All of it: what is not named is told no more.' })
  @ApiOkResponse({ type: MessageRecipient })
  subscribe(
    @CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() { subscriptions }: SubscribeInput,
  ): Promise<MessageRecipient> {
    return this.recipients.subscribe(caller, id, subscriptions);
  }

  @Post(':id/opt-outs')
  @HttpCode(200)
  @ApiOperation({ summary: 'Send a recipient nothing more on a channel', description: 'On the recipient’s word; what waits is not sent either. Again changes nothing.' })
  @ApiOkResponse({ type: MessageRecipient })
  optOut(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() { channel }: OptOutInput): Promise<MessageRecipient> {
    return this.recipients.setOptOut(caller, id, channel, true);
  }

  @Post(':id/opt-ins')
  @HttpCode(200)
  @ApiOperation({ summary: 'Take up a channel again', description: 'Not where the recipient ended it by the link in a mail: that is the recipient’s to take back.' })
  @ApiOkResponse({ type: MessageRecipient })
  optIn(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() { channel }: OptOutInput): Promise<MessageRecipient> {
    return this.recipients.setOptOut(caller, id, channel, false);
  }

  @Post(':id/removal')
  @HttpCode(200)
  @ApiOperation({ summary: 'Take a recipient out', description: 'Again changes nothing. Name and addresses are erased within the hour.' })
  @ApiOkResponse({ type: MessageRecipient })
  remove(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<MessageRecipient> {
    return this.recipients.remove(caller, id);
  }
}
