import { cloudEventType } from '@finharbor/contracts/public-events/body';
import { endpointEvents, publicEvents } from '@finharbor/contracts/public-events/public-events';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { EventTypeList, FeedQuery, PublicEventPage } from './feed.inputs.js';
import { FeedService } from './feed.service.js';

const types: EventTypeList = {
  items: Object.entries({ ...publicEvents, ...endpointEvents }).map(([type, { description, schema, example }]) =>
    ({ type, cloudEventType: cloudEventType(type), description, schema: z.toJSONSchema(schema), example })),
};

@ApiTags('events')
@Controller('v1')
export class FeedController {
  constructor(private readonly feed: FeedService) {}

  @Get('events')
  @ApiOperation({
    summary: 'Read the change feed',
    description: 'What the caller’s organisation is told, the oldest first, in the bytes that webhooks carry. Kept for 90 days. Ask again with `nextCursor`; with `wait` the '
      + 'answer comes as soon as there is something. An event may come again where a page was not taken: the same has the same `id`.',
  })
  @ApiOkResponse({ type: PublicEventPage })
  async list(@CurrentCaller() caller: Caller, @Query() query: FeedQuery, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const page = await this.feed.read(caller, query, gone.signal);
    void reply.header('content-type', 'application/json; charset=utf-8');
    return page;
  }

  @Get('event-types')
  @ApiOperation({ summary: 'List the types of events', description: 'What organisations are told, with the schema of the data. `webhook.*` are sent to an endpoint alone.' })
  @ApiOkResponse({ type: EventTypeList })
  types(): EventTypeList {
    return types;
  }
}
