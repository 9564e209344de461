import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Controller, Get, Header, HttpCode, type OnModuleInit, Param, Post } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { UnsubscribeService } from './unsubscribe.service.js';

const html = 'text/html; charset=utf-8';
const page = { description: 'A page.', content: { 'text/html': { schema: { type: 'string' as const } } } };

/** Where the link in a mail leads. A form without fields, so that mail programs that open links to look at them change nothing. */
@ApiTags('messages')
@Controller('unsubscribe/:token')
export class UnsubscribeController implements OnModuleInit {
  constructor(private readonly unsubscribe: UnsubscribeService, private readonly host: HttpAdapterHost) {}

  /** Some mail programs press the button with a form of this type. Nobody reads it; other forms are the token endpoint's business. */
  onModuleInit(): void {
    this.host.httpAdapter?.getInstance<FastifyInstance>().addContentTypeParser('multipart/form-data', (_request, payload, done) => done(null, payload));
  }

  @Get()
  @Header('content-type', html)
  @ApiOperation({ summary: 'Ask the reader of a mail whether to send no more', description: 'The page behind the link in every mail.' })
  @ApiOkResponse(page)
  ask(@CurrentCaller() caller: Caller, @Param('token') token: string): Promise<string> {
    return this.unsubscribe.ask(caller, token);
  }

  @Post()
  @HttpCode(200)
  @Header('content-type', html)
  @ApiOperation({ summary: 'Send its reader no more mail', description: 'RFC 8058: mail programs do it with one click. Again changes nothing.' })
  @ApiOkResponse(page)
  optOut(@CurrentCaller() caller: Caller, @Param('token') token: string): Promise<string> {
    return this.unsubscribe.set(caller, token, true);
  }

  @Post('withdrawal')
  @HttpCode(200)
  @Header('content-type', html)
  @ApiOperation({ summary: 'Send its reader mail again' })
  @ApiOkResponse(page)
  optIn(@CurrentCaller() caller: Caller, @Param('token') token: string): Promise<string> {
    return this.unsubscribe.set(caller, token, false);
  }
}
