import { PassThrough, Readable } from 'node:stream';
import { DomainError } from '@finharbor/contracts/errors';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, type OnModuleInit, Param, ParseUUIDPipe, Post, Query, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { ImportsService } from './imports.service.js';
import { ImportProductsQuery, ProductImport, ProductTemplateParameters, ProductTemplateQuery } from './product-import.js';

const workbook = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
/** What a file is sent as. What it is, its content tells. NDJSON is let through for the bulk upsert. */
const fileTypes = ['text/csv', 'application/octet-stream', 'application/vnd.ms-excel', workbook];
const binary = { schema: { type: 'string', format: 'binary' } } as const;

/** Products from spreadsheets: docs/products.md. */
@ApiTags('products')
@Controller('v1')
export class ImportsController implements OnModuleInit {
  constructor(private readonly imports: ImportsService, private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    this.host.httpAdapter?.getInstance<FastifyInstance>().addContentTypeParser(fileTypes, (_request, body, done) => done(null, body));
  }

  @Get('product-templates/:line')
  @ApiOperation({ summary: 'Download the template of products', description: 'Of loans, insurance, guarantees or combined offers; as xlsx with lists to choose from.' })
  @ApiProduces(workbook, 'text/csv')
  @ApiOkResponse(binary)
  async template(
    @Param() { line }: ProductTemplateParameters, @Query() { format }: ProductTemplateQuery, @Res() reply: FastifyReply,
  ): Promise<void> {
    const { writeProductTemplate } = await import('./product-workbooks.js');
    const content = new PassThrough();
    const written = writeProductTemplate(line, format, content).catch((error: Error) => content.destroy(error));
    send(reply, `${line.toLowerCase()}-products.${format}`, format === 'xlsx' ? workbook : 'text/csv; charset=utf-8', content);
    await written;
  }

  @Post('product-imports')
  @ApiOperation({
    summary: 'Import products from a spreadsheet',
    description: 'CSV, XLSX or NDJSON with the columns of the template, at most 5 MB and 5,000 rows. Rows are found again by the number of the product '
      + '(externalId) and judged each for itself; what is right is written together. With dryRun nothing is.',
  })
  @ApiConsumes(...fileTypes, 'application/x-ndjson')
  @ApiBody(binary)
  @ApiCreatedResponse({ type: ProductImport })
  import(@CurrentCaller() caller: Caller, @Query() query: ImportProductsQuery, @Body() body: unknown): Promise<ProductImport> {
    if (!(body instanceof Readable)) throw new DomainError('UNSUPPORTED_MEDIA_TYPE', `A file is sent as ${fileTypes.join(', ')} or application/x-ndjson.`);
    return this.imports.import(caller, body, query);
  }

  @Get('product-imports/:id')
  @ApiOperation({ summary: 'Read what became of a file of products' })
  @ApiOkResponse({ type: ProductImport })
  get(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<ProductImport> {
    return this.imports.get(caller, id);
  }

  @Get('product-imports/:id/workbook')
  @ApiOperation({
    summary: 'Download a file of products with its errors',
    description: 'The whole file again, failing cells marked and explained: correct it and import it as it is. For 30 days.',
  })
  @ApiProduces(workbook)
  @ApiOkResponse(binary)
  async errors(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Res() reply: FastifyReply): Promise<void> {
    send(reply, `${id}.errors.xlsx`, workbook, await this.imports.workbook(caller, id));
  }
}

function send(reply: FastifyReply, name: string, type: string, content: Readable): void {
  void reply.header('content-type', type).header('content-disposition', `attachment; filename="${name}"`).send(content);
}
