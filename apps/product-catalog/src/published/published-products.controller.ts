import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { restPageOf } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Controller, Get, Param, ParseUUIDPipe, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Product } from '../products/product.entity.js';
import { ProductSearchQuery } from '../search/product-search.inputs.js';
import { ProductSearchService } from '../search/product-search.service.js';
import { AsOfQuery } from './history.inputs.js';
import { HistoryService } from './history.service.js';
import { PublishedProductsService } from './published-products.service.js';

@ApiTags('products')
@Controller('v1/published-products')
export class PublishedProductsController {
  constructor(
    private readonly products: PublishedProductsService, private readonly history: HistoryService,
      private readonly search: ProductSearchService,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Find products on offer',
    description: 'Of all banks, without a token too; newest first unless said, by page. A product that does not state a rule serves everybody.',
  })
  @ApiOkResponse({ type: restPageOf(Product, 'PublishedProduct') })
  async list(@CurrentCaller() caller: Caller, @Query() query: ProductSearchQuery,
    @Res({ passthrough: true }) reply: FastifyReply): Promise<string | Buffer> {
    void reply.header('content-type', 'application/json; charset=utf-8');
    return this.search.find(caller, query);
  }

  @Get(':id')
  @ApiOperation({
    summary: 'Read a product on offer',
    description: 'A suspended product is not on offer. With as_of or known_at: what applied then, and what was known of it then.',
  })
  @ApiOkResponse({ type: Product })
  get(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Query() query: AsOfQuery): Promise<object> {
    return query.as_of ?? query.known_at ? this.history.get(caller, id, query) : this.products.get(caller, id);
  }
}
