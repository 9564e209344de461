import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Comparison } from './comparison.js';
import { ComparisonQuery } from './product-search.inputs.js';
import { ProductSearchService } from './product-search.service.js';

@ApiTags('products')
@Controller('v1/product-comparisons')
export class ComparisonsController {
  constructor(private readonly search: ProductSearchService) {}

  @Get()
  @ApiOperation({ summary: 'Compare products on offer', description: 'Two to five, field by field.' })
  @ApiOkResponse({ type: Comparison })
  compare(@CurrentCaller() caller: Caller, @Query() { ids }: ComparisonQuery): Promise<Comparison> {
    return this.search.compare(caller, ids);
  }
}
