import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DeprecationList, RequestRecord } from './request-record.js';
import { RequestsService } from './requests.service.js';

@ApiTags('support')
@Controller()
export class RequestsController {
  constructor(private readonly requests: RequestsService) {}

  @Get('v1/requests/:id')
  @ApiOperation({
    summary: 'Look a request up',
    description: 'By the Request-Id of its answer, for 30 days, from about a second after the answer on: what of it support may know, and never '
      + 'its path, query or body. The own organisation’s requests; any for the system administrator.',
  })
  @ApiOkResponse({ type: RequestRecord })
  find(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<RequestRecord> {
    return this.requests.find(caller, id);
  }

  @Get('v1/deprecations')
  @ApiOperation({
    summary: 'What goes away, and who still uses it',
    description: 'Everything that is deprecated, with its dates and how often the own organisation used it; all organisations for the system administrator.',
  })
  @ApiOkResponse({ type: DeprecationList })
  deprecations(@CurrentCaller() caller: Caller): Promise<DeprecationList> {
    return this.requests.deprecations(caller);
  }

  /** For gateways alone: see isInternal. */
  @Post('internal/request-records')
  @ApiExcludeEndpoint()
  @HttpCode(204)
  async keep(@Body() records: { clientId: string | null }[]): Promise<void> {
    await this.requests.keep(records);
  }
}
