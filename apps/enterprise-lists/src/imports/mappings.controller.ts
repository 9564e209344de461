import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { etagOf, versionOf } from '@finharbor/contracts/etag';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, Headers, Put, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { SaveMappingInput } from './import.inputs.js';
import { ImportMapping, MappingsService } from './mappings.service.js';

@ApiTags('imports')
@Controller('v1/import-mappings')
export class MappingsController {
  constructor(private readonly mappings: MappingsService) {}

  @Get()
  @ApiOperation({ summary: 'Read what your own headers mean', description: 'In every import, where the import does not say otherwise. ETag is for changing it.' })
  @ApiOkResponse({ type: ImportMapping })
  async get(@CurrentCaller() caller: Caller, @Res({ passthrough: true }) reply: FastifyReply): Promise<ImportMapping> {
    return told(reply, await this.mappings.get(caller));
  }

  @Put()
  @ApiOperation({ summary: 'Say what your own headers mean', description: 'Replaces all of it. If-Match is the ETag as it was read.' })
  @ApiOkResponse({ type: ImportMapping })
  async save(
    @CurrentCaller() caller: Caller, @Headers('if-match') match: string | undefined, @Body() { mapping }: SaveMappingInput, @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportMapping> {
    return told(reply, await this.mappings.save(caller, versionOf(match), mapping));
  }
}

function told(reply: FastifyReply, mapping: ImportMapping): ImportMapping {
  void reply.header('etag', etagOf(mapping));
  return mapping;
}
