import { Readable } from 'node:stream';
import { DomainError } from '@finharbor/contracts/errors';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, HttpCode, Param, ParseUUIDPipe, Post, Put } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ImportPart } from './import-report.js';
import { Import } from './import.entity.js';
import { CompleteImportInput } from './import.inputs.js';
import { fileTypes } from './upload-parser.js';
import { UploadsService } from './uploads.service.js';

const file = { schema: { type: 'string', format: 'binary' } } as const;

/** The files of imports: docs/imports.md. */
@ApiTags('imports')
@Controller('v1/imports/:id')
export class UploadsController {
  constructor(private readonly uploads: UploadsService) {}

  @Put('file')
  @ApiOperation({ summary: 'Send the file of an import', description: 'Whole, as a stream. The same file once more changes nothing. Checking begins at once.' })
  @ApiConsumes(...fileTypes)
  @ApiBody(file)
  @ApiOkResponse({ type: Import })
  put(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() body: unknown): Promise<Import> {
    return this.uploads.put(caller, id, streamOf(body));
  }

  @Put('parts/:number')
  @ApiOperation({
    summary: 'Send a part of the file of an import',
    description: 'Numbered from 1 on, at most 64 MB each and 1,000 of them, in any order; the same part once more changes nothing. GET tells which are there.',
  })
  @ApiConsumes(...fileTypes)
  @ApiParam({ name: 'number', type: 'integer' })
  @ApiBody(file)
  @ApiOkResponse({ type: ImportPart })
  putPart(
    @CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Param('number') number: string, @Body() body: unknown,
  ): Promise<ImportPart> {
    return this.uploads.putPart(caller, id, Number(number), streamOf(body));
  }

  @Post('complete')
  @HttpCode(200)
  @ApiOperation({ summary: 'Put the parts of an import together', description: 'When all are there. Checking begins at once.' })
  @ApiOkResponse({ type: Import })
  complete(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: CompleteImportInput): Promise<Import> {
    return this.uploads.complete(caller, id, input);
  }
}

function streamOf(body: unknown): Readable {
  if (body instanceof Readable) return body;
  throw new DomainError('UNSUPPORTED_MEDIA_TYPE', `A file is sent as ${fileTypes.join(', ')}.`);
}
