import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { PageQuery, restPageOf, toRestPage } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Harbor } from './harbor.entity.js';
import { RegisterHarborInput } from './harbor.inputs.js';
import { HarborsService } from './harbors.service.js';

@ApiTags('harbors')
@Controller('v1/harbors')
export class HarborsController {
  constructor(private readonly harbors: HarborsService) {}

  @Post()
  @ApiOperation({ summary: 'Register a harbor', description: 'For supervisors. The outlet’s bank becomes the host bank; the number is given.' })
  @ApiCreatedResponse({ type: Harbor })
  register(@CurrentCaller() caller: Caller, @Body() input: RegisterHarborInput): Promise<Harbor> {
    return this.harbors.register(caller, input);
  }

  @Get()
  @ApiOperation({ summary: 'List harbors', description: 'Newest first, by page.' })
  @ApiOkResponse({ type: restPageOf(Harbor, 'Harbor') })
  async list(@CurrentCaller() caller: Caller, @Query() page: PageQuery): Promise<{ items: Harbor[]; nextCursor: string | null }> {
    return toRestPage(await this.harbors.list(caller, page));
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a harbor' })
  @ApiOkResponse({ type: Harbor })
  get(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<Harbor> {
    return this.harbors.get(caller, id);
  }
}
