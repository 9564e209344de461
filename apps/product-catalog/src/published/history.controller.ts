import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { restPageOf } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Controller, Get, Param, ParseUUIDPipe, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DifferencesQuery, ProductChangesQuery } from './history.inputs.js';
import { ProductDifference, ProductVersion } from './history.js';
import { HistoryService } from './history.service.js';

@ApiTags('products')
@Controller('v1')
export class HistoryController {
  constructor(private readonly history: HistoryService) {}

  @Get('published-products/:id/versions')
  @ApiOperation({ summary: 'List the versions of a product', description: 'Newest first, at most 200. Of what was published once, also when it is not on offer any more.' })
  @ApiOkResponse({ type: [ProductVersion] })
  versions(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<ProductVersion[]> {
    return this.history.versions(caller, id);
  }

  @Get('published-products/:id/differences')
  @ApiOperation({ summary: 'Compare two versions of a product', description: 'Field by field.' })
  @ApiOkResponse({ type: [ProductDifference] })
  differences(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Query() query: DifferencesQuery): Promise<ProductDifference[]> {
    return this.history.differences(caller, id, query);
  }

  @Get('product-changes')
  @ApiOperation({
    summary: 'Follow the changes of all products',
    description: 'Oldest first. `nextCursor` is always there: an empty page says that there is nothing yet; ask with it again.',
  })
  @ApiOkResponse({ type: restPageOf(ProductVersion, 'ProductChanges') })
  changes(@CurrentCaller() caller: Caller, @Query() query: ProductChangesQuery): Promise<{ items: ProductVersion[]; nextCursor: string }> {
    return this.history.changes(caller, query);
  }
}
