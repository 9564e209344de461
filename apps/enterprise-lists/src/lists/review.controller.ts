import { notFound } from '@finharbor/contracts/errors';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { PageQuery, restPageOf } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AssertionsService } from './assertions.service.js';
import { GapsService } from './gaps.service.js';
import { pageOf, type RestPage } from './lists.controller.js';
import { AssertCriteriaInput, WithdrawListInput } from './review.inputs.js';
import { ListEntryAssertions, ListEntryBatch, ListEntryGap } from './review.types.js';
import { WithdrawalsService } from './withdrawals.service.js';

@ApiTags('push lists')
@Controller('v1')
export class ReviewController {
  constructor(
    private readonly assertions: AssertionsService, private readonly gaps: GapsService, private readonly withdrawals: WithdrawalsService,
  ) {}

  @Get('push-lists/:id/gaps')
  @ApiOperation({ summary: 'Read what rows lack', description: 'Rows that may not be recommended, in the order of the file: criteria that lack something, or why the enterprise is outside the programme.' })
  @ApiOkResponse({ type: restPageOf(ListEntryGap, 'ListEntryGap') })
  async lacking(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Query() page: PageQuery): Promise<RestPage<ListEntryGap>> {
    return pageOf(id, await this.gaps.of(caller, [id], page));
  }

  @Post('push-lists/:id/assertions')
  @ApiOperation({
    summary: 'Vouch for criteria of rows',
    description: 'Of rows by id, by filter, or of all that are not recommended yet; `dryRun` counts them alone. A later assertion of a criterion takes the place of an earlier one.',
  })
  @ApiCreatedResponse({ type: ListEntryBatch })
  assert(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() { assertions, dryRun, ...selection }: AssertCriteriaInput): Promise<ListEntryBatch> {
    return this.assertions.assert(caller, id, selection, assertions, dryRun ?? false);
  }

  @Get('list-entries/:id/assertions')
  @ApiOperation({ summary: 'Read the criteria of a row', description: 'All eight: whether each is met, by what that is known, who says so and when.' })
  @ApiOkResponse({ type: ListEntryAssertions })
  async of(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<ListEntryAssertions> {
    const items = (await this.assertions.of(caller, [id])).get(id);
    if (!items) throw notFound('list entry');
    return Object.assign(new ListEntryAssertions(), { items });
  }

  @Post('push-lists/:id/withdrawal')
  @ApiOperation({ summary: 'Withdraw a list or rows of it', description: 'At any time, with a reason. What banks hold of it is recalled; the recalls of the list show how many of them processed it.' })
  @ApiCreatedResponse({ type: ListEntryBatch })
  withdraw(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: WithdrawListInput): Promise<ListEntryBatch> {
    return this.withdrawals.withdraw(caller, id, input);
  }
}
