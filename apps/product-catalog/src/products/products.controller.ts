import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { restPageOf, toRestPage } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Product } from './product.entity.js';
import { CreateProductInput, ProductQuery } from './product.inputs.js';
import { ProductsService } from './products.service.js';

@ApiTags('products')
@Controller('v1/products')
export class ProductsController {
  constructor(private readonly products: ProductsService) {}

  @Post()
  @ApiOperation({ summary: 'Draft a loan product', description: 'For banks. Nobody else sees it until it is published.' })
  @ApiCreatedResponse({ type: Product })
  create(@CurrentCaller() caller: Caller, @Body() input: CreateProductInput): Promise<Product> {
    return this.products.create(caller, input);
  }

  @Get()
  @ApiOperation({ summary: 'List products', description: 'A bank’s own, of all banks for supervisors; newest first, by page.' })
  @ApiOkResponse({ type: restPageOf(Product, 'Product') })
  async list(@CurrentCaller() caller: Caller, @Query() query: ProductQuery): Promise<{ items: Product[]; nextCursor: string | null }> {
    return toRestPage(await this.products.list(caller, query));
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a product', description: 'One’s own; any for supervisors.' })
  @ApiOkResponse({ type: Product })
  get(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<Product> {
    return this.products.get(caller, id);
  }

  @Post(':id/publication')
  @ApiOperation({ summary: 'Publish a product', description: 'Puts a draft or suspended product on offer; its version rises.' })
  @ApiCreatedResponse({ type: Product })
  publish(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<Product> {
    return this.products.publish(caller, id);
  }

  @Post(':id/suspension')
  @ApiOperation({ summary: 'Suspend a product', description: 'Takes it off offer; its version rises. Demands already routed to it go on.' })
  @ApiCreatedResponse({ type: Product })
  suspend(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<Product> {
    return this.products.suspend(caller, id);
  }
}
