import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { etagOf, versionOf } from '@finharbor/contracts/etag';
import { PageQuery, restPageOf, toRestPage } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, Headers, HttpCode, Param, ParseUUIDPipe, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ImportChange } from './import-report.js';
import { Import } from './import.entity.js';
import { CreateImportInput, ImportQuery } from './import.inputs.js';
import { ImportsService } from './imports.service.js';
import { formOf, jsonInput } from './upload-form.js';
import { UploadsService } from './uploads.service.js';

type RestPage<T> = { items: T[]; nextCursor: string | null };
const ifMatch = (header: string | undefined): number | undefined => (header === undefined ? undefined : versionOf(header));

/** Imports: docs/imports.md. */
@ApiTags('imports')
@Controller('v1/imports')
export class ImportsController {
  constructor(private readonly imports: ImportsService, private readonly uploads: UploadsService) {}

  @Post()
  @ApiOperation({
    summary: 'Begin an import',
    description: 'For departments. As JSON it announces a file, to be sent with PUT …/file or in parts; as a form (multipart/form-data) it brings it along: '
      + 'the fields first, then `file`. CSV, XLSX or NDJSON of at most 500 MB. The list is then checked and applied in the background: ask GET for its progress.',
  })
  @ApiConsumes('application/json', 'multipart/form-data')
  @ApiExtraModels(CreateImportInput)
  @ApiBody({ schema: { $ref: getSchemaPath(CreateImportInput) } })
  @ApiCreatedResponse({ type: Import })
  async create(@CurrentCaller() caller: Caller, @Req() request: FastifyRequest, @Body() body: unknown): Promise<Import> {
    const form = formOf(request);
    if (!form) return this.imports.create(caller, await jsonInput(body));
    const { input, content } = await form;
    return this.uploads.create(caller, input, content);
  }

  @Get()
  @ApiOperation({ summary: 'List imports', description: 'Newest first, by page. A department sees its own.' })
  @ApiOkResponse({ type: restPageOf(Import, 'Import') })
  async list(@CurrentCaller() caller: Caller, @Query() query: ImportQuery): Promise<RestPage<Import>> {
    return toRestPage(await this.imports.list(caller, query));
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read an import', description: 'With its progress and report. With If-None-Match, 304 as long as nothing changed.' })
  @ApiOkResponse({ type: Import })
  async get(
    @CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Headers('if-none-match') known: string | undefined, @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Import | undefined> {
    const imported = await this.imports.get(caller, id);
    void reply.header('etag', etagOf(imported));
    if (known !== etagOf(imported)) return imported;
    void reply.status(304);
    return undefined;
  }

  @Get(':id/changes')
  @ApiOperation({ summary: 'What a dry run would change', description: 'By row: fields of known enterprises with their old and new value. While the import is VALIDATED.' })
  @ApiOkResponse({ type: restPageOf(ImportChange, 'ImportChange') })
  changes(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Query() page: PageQuery): Promise<RestPage<ImportChange>> {
    return this.imports.changes(caller, id, page);
  }

  @Post(':id/apply')
  @HttpCode(200)
  @ApiOperation({ summary: 'Apply a dry run', description: 'One that is VALIDATED; in the background. With If-Match only as it was read.' })
  @ApiOkResponse({ type: Import })
  apply(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Headers('if-match') match?: string): Promise<Import> {
    return this.imports.apply(caller, id, ifMatch(match));
  }

  @Post(':id/abort')
  @HttpCode(200)
  @ApiOperation({ summary: 'Abort an import', description: 'As long as it is not applied. What was sent is deleted.' })
  @ApiOkResponse({ type: Import })
  abort(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Headers('if-match') match?: string): Promise<Import> {
    return this.imports.abort(caller, id, ifMatch(match));
  }

  @Post(':id/undo')
  @HttpCode(200)
  @ApiOperation({ summary: 'Undo an import', description: 'As long as nothing of its list was dispatched; in the background.' })
  @ApiOkResponse({ type: Import })
  undo(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Headers('if-match') match?: string): Promise<Import> {
    return this.imports.undo(caller, id, ifMatch(match));
  }
}
