import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { restPageOf, toRestPage } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, Headers, Param, ParseUUIDPipe, Post, Put, Query, Res } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ProductQuality } from '../quality/product-quality.js';
import { etagOf, revisionOf } from './etag.js';
import { Product } from './product.entity.js';
import { CreateProductInput, ProductQuery, PublishProductInput, ReviewProductInput } from './product.inputs.js';
import { ProductsService } from './products.service.js';
import { PublicationService } from './publication.service.js';

@ApiTags('products')
@Controller('v1/products')
export class ProductsController {
  constructor(private readonly products: ProductsService, private readonly publication: PublicationService) {}

  @Post()
  @ApiOperation({ summary: 'Draft a product', description: 'For banks, insurers and guarantors. Nobody else sees it until it is published.' })
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
  @ApiOperation({ summary: 'Read a product', description: 'One’s own; any for supervisors. With the ETag that a change asks for.' })
  @ApiOkResponse({ type: Product })
  async get(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<Product> {
    return tagged(reply, await this.products.get(caller, id));
  }

  @Put(':id')
  @ApiOperation({
    summary: 'Write a product anew',
    description: 'All of it, as it was read: 412 when it was changed since. What is published stays as it is until it is published again.',
  })
  @ApiHeader({ name: 'If-Match', required: true, description: 'The ETag of the product.' })
  @ApiOkResponse({ type: Product })
  async replace(
    @CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Headers('if-match') ifMatch: string | undefined,
    @Body() input: CreateProductInput, @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Product> {
    return tagged(reply, await this.products.replace(caller, id, revisionOf(ifMatch), input));
  }

  @Get(':id/quality')
  @ApiOperation({ summary: 'Judge a product before it is published', description: 'How much of it executes, and what is not told.' })
  @ApiOkResponse({ type: ProductQuality })
  quality(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<ProductQuality> {
    return this.products.quality(caller, id);
  }

  @Post(':id/submission')
  @ApiOperation({ summary: 'Submit a product for review', description: 'Where the installation asks for one before it is published.' })
  @ApiCreatedResponse({ type: Product })
  submit(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<Product> {
    return this.publication.submit(caller, id);
  }

  @Post(':id/review')
  @ApiOperation({ summary: 'Review a product', description: 'For supervisors: approve it, or return it with a reason.' })
  @ApiCreatedResponse({ type: Product })
  review(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: ReviewProductInput): Promise<Product> {
    return this.publication.review(caller, id, input);
  }

  @Post(':id/publication')
  @ApiOperation({
    summary: 'Publish a product',
    description: 'Puts a draft, a suspended product or a changed one on offer; its version rises. With validFrom and validTo it corrects the past.',
  })
  @ApiBody({ type: PublishProductInput, required: false })
  @ApiCreatedResponse({ type: Product })
  publish(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: PublishProductInput): Promise<Product> {
    return this.publication.publish(caller, id, input);
  }

  @Post(':id/suspension')
  @ApiOperation({ summary: 'Suspend a product', description: 'Takes it off offer; its version rises. Demands already routed to it go on.' })
  @ApiCreatedResponse({ type: Product })
  suspend(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<Product> {
    return this.publication.suspend(caller, id);
  }

  @Post(':id/retirement')
  @ApiOperation({ summary: 'Retire a product', description: 'Takes it off offer for good. Its versions stay.' })
  @ApiCreatedResponse({ type: Product })
  retire(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<Product> {
    return this.publication.retire(caller, id);
  }
}

function tagged(reply: FastifyReply, product: Product): Product {
  void reply.header('etag', etagOf(product));
  return product;
}
