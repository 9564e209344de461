import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { MatchList, MatchListInput } from './match-lists.js';
import { MatchListsService } from './match-lists.service.js';
import { ExposureQuery, MatchesQuery, MatchExposure, MatchPage, MatchReproduction } from './match-pages.js';
import { MatchPagesService } from './match-pages.service.js';

@ApiTags('matching')
@Controller('v1')
export class MatchesController {
  constructor(
    private readonly service: MatchPagesService,
    private readonly lists: MatchListsService,
  ) {}

  @Get('applications/:id/matches')
  @ApiOperation({ summary: 'Match an application with the products of now', description: 'By page, best first, with the reasons of that page: further than what was kept when it was submitted, and with what is on offer since.' })
  @ApiOkResponse({ type: MatchPage })
  matches(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Query() query: MatchesQuery): Promise<MatchPage> {
    return this.service.now(caller, id, query);
  }

  @Get('applications/:id/match-reproduction')
  @ApiOperation({ summary: 'Make the matches of a submission again', description: 'From the facts, the version of the catalogue and that of the ranking that were kept; says whether it is the same answer.' })
  @ApiOkResponse({ type: MatchReproduction })
  again(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<MatchReproduction> {
    return this.service.again(caller, id);
  }

  @Get('match-exposure')
  @ApiOperation({ summary: 'Read how often products were shown', description: 'A bank reads its own part of the first ten places, supervisors every bank’s.' })
  @ApiOkResponse({ type: [MatchExposure] })
  exposure(@CurrentCaller() caller: Caller, @Query() query: ExposureQuery): Promise<MatchExposure[]> {
    return this.service.exposure(caller, query);
  }

  @Post('match-lists')
  @ApiOperation({ summary: 'Match a whole list of enterprises', description: 'By what the master tells of them: how many products fit or may fit each, and the best three. Nothing is kept but that it was asked.' })
  @ApiCreatedResponse({ type: MatchList })
  matchList(@CurrentCaller() caller: Caller, @Body() { enterpriseIds }: MatchListInput): Promise<MatchList> {
    return this.lists.match(caller, enterpriseIds);
  }
}
