import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { DomainError } from '@finharbor/contracts/errors';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { currentContext } from '@finharbor/platform/logs/context';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, type OnModuleInit, Post } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiExtraModels, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { UpsertProductsInput, UpsertReport } from './upsert.inputs.js';
import { UpsertsService } from './upserts.service.js';

const ndjson = 'application/x-ndjson';
/** Enough for 20,000 items of ordinary size; held in memory while they are checked. */
const mostBytes = 16 * 1_048_576;

@ApiTags('products')
@ApiExtraModels(UpsertProductsInput)
@Controller('v1/product-upserts')
export class UpsertsController implements OnModuleInit {
  constructor(private readonly upserts: UpsertsService, private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter?.getInstance<FastifyInstance>();
    fastify?.addContentTypeParser(ndjson, (_request, body, done) => done(null, body));
  }

  @Post()
  @ApiOperation({
    summary: 'Write many products',
    description: 'For systems of banks: JSON of at most 1 MB, or NDJSON, an item to a line, of at most 16 MB; at most 20,000 items. Each item is '
      + 'judged for itself and its result told; what is right is written together. Sending the same again changes nothing.',
  })
  @ApiConsumes('application/json', ndjson)
  @ApiBody({ schema: { $ref: getSchemaPath(UpsertProductsInput) } })
  @ApiCreatedResponse({ type: UpsertReport })
  async upsert(@CurrentCaller() caller: Caller, @Body() body: unknown): Promise<UpsertReport> {
    return this.upserts.upsert(caller, body instanceof Readable ? await linesOf(body) : itemsOf(body));
  }
}

function itemsOf(body: unknown): unknown[] {
  const { items, ...others } = (body ?? {}) as Record<string, unknown>;
  const unknown = Object.keys(others).map((field) => ({ field, rule: 'whitelistValidation', message: `property ${field} should not exist` }));
  if (unknown.length > 0) throw new DomainError('VALIDATION_FAILED', undefined, unknown);
  if (Array.isArray(items)) return items;
  throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'items', rule: 'isArray', message: 'items must be a list' }]);
}

/** A line that is no JSON is an item that is none: the others count. */
async function linesOf(body: Readable): Promise<unknown[]> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    if ((size += chunk.length) > mostBytes) throw new DomainError('PAYLOAD_TOO_LARGE', 'At most 16 MB to a request.');
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  const idempotency = currentContext()?.idempotency;
  if (idempotency) idempotency.fingerprint = createHash('sha256').update(bytes).digest('base64url');
  return bytes.toString('utf8').split(/\r?\n/).filter((line) => line.trim() !== '').map((line): unknown => {
    try {
      return JSON.parse(line);
    } catch {
      return undefined;
    }
  });
}
