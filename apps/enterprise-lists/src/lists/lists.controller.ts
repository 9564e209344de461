import { Readable } from 'node:stream';
import { DomainError, notFound } from '@finharbor/contracts/errors';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { type Page, PageQuery, restPageOf, toRestPage } from '@finharbor/platform/http/page';
import { Signable } from '@finharbor/platform/receipts/receiving';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DirectImportsService } from '../imports/direct-imports.service.js';
import { ListEntry } from './list-entry.entity.js';
import { ListRejection } from './list-rejection.entity.js';
import { ListEntryQuery, PushListQuery, SubmitPushListQuery } from './list.inputs.js';
import { ListsService } from './lists.service.js';
import { PushList } from './push-list.entity.js';

export interface RestPage<T> {
  items: T[];
  nextCursor: string | null;
}

@ApiTags('push lists')
@Controller('v1/push-lists')
export class ListsController {
  constructor(private readonly lists: ListsService, private readonly imports: DirectImportsService) {}

  @Post()
  @Signable()
  @ApiOperation({
    summary: 'Push a list of enterprises',
    description: 'For departments. The body is CSV in UTF-8 or GB18030 with a header row, in Chinese or English; at most 200 MB, 500,000 rows, '
      + '200 columns, 64 KiB to a cell. Every row is checked: accepted rows become entries, the others rejections. Amounts without a unit are 万元. '
      + 'It may be signed (RFC 9421); Link in the answer names the receipt.',
  })
  @ApiConsumes('text/csv', 'application/octet-stream')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiCreatedResponse({ type: PushList })
  submit(@CurrentCaller() caller: Caller, @Query() query: SubmitPushListQuery, @Body() body: unknown): Promise<PushList> {
    if (!(body instanceof Readable)) throw new DomainError('UNSUPPORTED_MEDIA_TYPE', 'A list is sent as text/csv or application/octet-stream.');
    return this.imports.submit(caller, query, body);
  }

  @Get()
  @ApiOperation({ summary: 'List push lists', description: 'Newest first, by page. A department sees its own.' })
  @ApiOkResponse({ type: restPageOf(PushList, 'PushList') })
  async list(@CurrentCaller() caller: Caller, @Query() query: PushListQuery): Promise<RestPage<PushList>> {
    return toRestPage(await this.lists.list(caller, query));
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a push list' })
  @ApiOkResponse({ type: PushList })
  get(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<PushList> {
    return this.lists.get(caller, id);
  }

  @Get(':id/entries')
  @ApiOperation({ summary: 'Read the accepted rows of a list', description: 'In the order of the file, with what became of each over all banks.' })
  @ApiOkResponse({ type: restPageOf(ListEntry, 'ListEntry') })
  async entries(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Query() page: ListEntryQuery): Promise<RestPage<ListEntry>> {
    return pageOf(id, await this.lists.entries(caller, [id], page, page.state));
  }

  @Get(':id/rejections')
  @ApiOperation({ summary: 'Read why rows were rejected', description: 'In the order of the file: row, field, rule, message, value.' })
  @ApiOkResponse({ type: restPageOf(ListRejection, 'ListRejection') })
  async rejections(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Query() page: PageQuery): Promise<RestPage<ListRejection>> {
    return pageOf(id, await this.lists.rejections(caller, [id], page));
  }
}

export function pageOf<T>(id: string, pages: Map<string, Page<T>>): RestPage<T> {
  const page = pages.get(id);
  if (!page) throw notFound('push list');
  return toRestPage(page);
}
