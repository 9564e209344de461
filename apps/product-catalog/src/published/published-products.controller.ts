import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { restPageOf, toRestPage } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Controller, Get, Param, ParseUUIDPipe, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Product } from '../products/product.entity.js';
import { PublishedProductQuery } from '../products/product.inputs.js';
import { PublishedProductsService } from './published-products.service.js';

@ApiTags('products')
@Controller('v1/published-products')
export class PublishedProductsController {
  constructor(private readonly products: PublishedProductsService) {}

  @Get()
  @ApiOperation({
    summary: 'Find products on offer',
    description: 'Of all banks, without a token too; newest first, by page. A product that does not state a rule serves everybody.',
  })
  @ApiOkResponse({ type: restPageOf(Product, 'PublishedProduct') })
  async list(
    @CurrentCaller() caller: Caller, @Query() query: PublishedProductQuery,
  ): Promise<{ items: Product[]; nextCursor: string | null }> {
    return toRestPage(await this.products.list(caller, query));
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a product on offer', description: 'A suspended product is not on offer.' })
  @ApiOkResponse({ type: Product })
  get(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<Product> {
    return this.products.get(caller, id);
  }
}
