import { newId } from '@finharbor/contracts/ids';
import { CONFIG } from '@finharbor/platform/config/config';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { toDomainError } from '@finharbor/platform/errors/to-domain-error';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ProductCatalogConfig } from '../config.js';
import { type CdrError, cdrErrors, CdrRefusal, negotiated, refuse } from './cdr-requests.js';
import type { DetailVersion, ListVersion } from './cdr-shape.js';
import { CdrService } from './cdr.service.js';
import { isNow, isOver } from './outages.js';

type Query = Record<string, unknown>;
type Work = (query: Query, version: number) => object | Promise<object>;
const answer = { schema: { type: 'object', additionalProperties: true } as const };
const Versioned = (): MethodDecorator => (target, key, descriptor) => {
  ApiHeader({ name: 'x-v', required: true, description: 'The version of the answer that is wanted.' })(target, key, descriptor);
  ApiHeader({ name: 'x-min-v', required: false, description: 'The least version that will do.' })(target, key, descriptor);
};

/** The public part of the Australian Consumer Data Standards, so that their comparison clients and tests work with this catalogue. */
@ApiTags('Consumer Data Standards')
@Controller('cds-au/v1')
export class CdrController {
  constructor(@Inject(CONFIG) private readonly config: ProductCatalogConfig, private readonly cdr: CdrService) {}

  @Get('banking/products')
  @Versioned()
  @ApiOperation({ summary: 'Get Products (CDR)', description: 'Versions 3 to 5. page, page-size, effective, updated-since, brand, product-category as in the standard.' })
  @ApiOkResponse(answer)
  products(@CurrentCaller() caller: Caller, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answered(request, reply, [3, 4, 5], async (query, version) => {
      const { products, page, totalPages, totalRecords } = await this.cdr.list(caller, query, version as ListVersion);
      const at = (to: number): string => this.urlOf('banking/products', { ...query, page: String(to) });
      return {
        data: { products }, meta: { totalRecords, totalPages },
        links: {
          self: this.urlOf('banking/products', query),
          ...(totalPages > 0 && { first: at(1), last: at(totalPages) }),
          ...(page > 1 && { prev: at(page - 1) }), ...(page < totalPages && { next: at(page + 1) }),
        },
      };
    });
  }

  @Get('banking/products/:productId')
  @Versioned()
  @ApiOperation({ summary: 'Get Product Detail (CDR)', description: 'Versions 4 to 7.' })
  @ApiOkResponse(answer)
  product(
    @CurrentCaller() caller: Caller, @Param('productId') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.answered(request, reply, [4, 5, 6, 7], async (_, version) =>
      this.enveloped(`banking/products/${id}`, await this.cdr.get(caller, id, version as DetailVersion)));
  }

  @Get('discovery/status')
  @Versioned()
  @ApiOperation({ summary: 'Get Status (CDR)', description: 'Version 1.' })
  @ApiOkResponse(answer)
  status(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    // Who answers this is well; an outage that was announced is one all the same.
    const outage = this.config.CDR_OUTAGES.find((one) => isNow(one));
    return this.answered(request, reply, [1], () => this.enveloped('discovery/status', {
      status: outage ? 'SCHEDULED_OUTAGE' : 'OK', updateTime: new Date().toISOString(), ...(outage && { explanation: outage.explanation }),
    }));
  }

  @Get('discovery/outages')
  @Versioned()
  @ApiOperation({ summary: 'Get Outages (CDR)', description: 'Version 1. What is announced and not over.' })
  @ApiOkResponse(answer)
  outages(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const outages = this.config.CDR_OUTAGES.filter((one) => !isOver(one));
    return this.answered(request, reply, [1], () => this.enveloped('discovery/outages', { outages }));
  }

  /** Answers in the standard's way, refusals and failures too. */
  private async answered(request: FastifyRequest, reply: FastifyReply, versions: number[], work: Work): Promise<void> {
    const given = [request.headers['x-fapi-interaction-id']].flat()[0];
    void reply.header('x-fapi-interaction-id', given && isUUID(given) ? given : newId()).header('content-type', 'application/json; charset=utf-8');
    try {
      if (given !== undefined && !isUUID(given)) refuse(cdrErrors.invalidHeader('x-fapi-interaction-id must be a UUID'));
      const version = negotiated(request.headers, versions);
      void reply.header('x-v', String(version));
      await reply.send(JSON.stringify(await work(request.query as Query, version)));
    } catch (error) {
      const problem = problemOf(error);
      if (!problem) throw error;
      const { status, ...told } = problem;
      await reply.status(status).send(JSON.stringify({ errors: [told] }));
    }
  }

  private enveloped(path: string, data: object): object {
    return { data, links: { self: this.urlOf(path, {}) }, meta: {} };
  }

  private urlOf(path: string, query: Query): string {
    const url = new URL(`/cds-au/v1/${path}`, this.config.PUBLIC_URL);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    return url.href;
  }
}

/** What nobody foresaw stays masked, and is logged where all such things are. */
function problemOf(error: unknown): CdrError | undefined {
  if (error instanceof CdrRefusal) return error.problem;
  const known = toDomainError(error);
  return known && { ...cdrErrors.unexpected(known.message), status: known.status };
}
