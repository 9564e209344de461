import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { restPageOf, toRestPage } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Message, MessageKindList } from './message.entity.js';
import { MessagesQuery, MessagesService } from './messages.service.js';

@ApiTags('messages')
@Controller('v1')
export class MessagesController {
  constructor(private readonly messages: MessagesService) {}

  @Get('messages')
  @ApiOperation({ summary: 'List the messages to one’s own people', description: 'Newest first, by page, for 90 days. Names and addresses are masked.' })
  @ApiOkResponse({ type: restPageOf(Message, 'Message') })
  async list(@CurrentCaller() caller: Caller, @Query() query: MessagesQuery): Promise<{ items: Message[]; nextCursor: string | null }> {
    return toRestPage(await this.messages.list(caller, query));
  }

  @Get('message-kinds')
  @ApiOperation({ summary: 'What people of one’s organisation can be told', description: 'With the text of the SMS and how long it is.' })
  @ApiOkResponse({ type: MessageKindList })
  kinds(@CurrentCaller() caller: Caller): Promise<MessageKindList> {
    return this.messages.kinds(caller);
  }
}
