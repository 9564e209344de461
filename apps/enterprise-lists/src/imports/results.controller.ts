import { PassThrough, type Readable } from 'node:stream';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ResultParameters, ResultQuery, resultSets, TemplateQuery } from './import.inputs.js';
import { ResultsService } from './results/results.service.js';

const workbook = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

@ApiTags('imports')
@Controller('v1')
export class ResultsController {
  constructor(private readonly results: ResultsService) {}

  @Get('imports/:id/results/:set')
  @ApiOperation({
    summary: 'Read what became of the rows of an import',
    description: 'For its department. `rejected` and `warnings` as csv or ndjson: row, column, value (masked where personal), rule, what is wrong and how to fix it. '
      + '`accepted` and `unprocessed` as csv or ndjson: the rows themselves, contacts masked. As xlsx `rejected` is the whole list again, with the failing cells marked '
      + 'and explained: correct it and import it as it is. As long as the file is kept.',
  })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiParam({ name: 'set', enum: resultSets })
  @ApiProduces('text/csv', 'application/x-ndjson', workbook)
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async read(
    @CurrentCaller() caller: Caller, @Param() { id, set }: ResultParameters, @Query() { format }: ResultQuery, @Res() reply: FastifyReply,
  ): Promise<void> {
    const { name, type, content } = await this.results.open(caller, id, set, format);
    send(reply, name, type, content);
  }

  @Get('import-templates/push-list')
  @ApiOperation({ summary: 'Download the template of a list', description: 'With every column that is known; as xlsx with lists to choose from.' })
  @ApiProduces(workbook, 'text/csv')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async template(@Query() { format }: TemplateQuery, @Res() reply: FastifyReply): Promise<void> {
    const { writeTemplate } = await import('./workbooks/template.js');
    const content = new PassThrough();
    const written = writeTemplate(format, content).catch((error: Error) => content.destroy(error));
    send(reply, `push-list.${format}`, format === 'xlsx' ? workbook : 'text/csv; charset=utf-8', content);
    await written;
  }
}

function send(reply: FastifyReply, name: string, type: string, content: Readable): void {
  void reply.header('content-type', type).header('content-disposition', `attachment; filename="${name}"`).send(content);
}
