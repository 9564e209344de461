import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { restPageOf, toRestPage } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { NamesService } from './names.service.js';
import { OrganisationDetails } from './organisation-details.js';
import { Organisation, OrganisationName } from './organisation.entity.js';
import { OrganisationsQuery, RegisterOrganisationInput, RegisterOutletInput, RenameOrganisationInput } from './organisation.inputs.js';
import { OrganisationsService } from './organisations.service.js';
import { Outlet } from './outlet.entity.js';
import { OutletsService } from './outlets.service.js';
import { RelationsService } from './relations.service.js';

@ApiTags('organisations')
@Controller('v1/organisations')
export class OrganisationsController {
  constructor(
    private readonly organisations: OrganisationsService,
    private readonly names: NamesService,
    private readonly outlets: OutletsService,
    private readonly relations: RelationsService,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Register an organisation' })
  @ApiCreatedResponse({ type: Organisation })
  register(@CurrentCaller() caller: Caller, @Body() input: RegisterOrganisationInput): Promise<Organisation> {
    return this.organisations.register(caller, input);
  }

  @Get()
  @ApiOperation({ summary: 'List organisations', description: 'Newest first, by page, with the names that they bear today.' })
  @ApiOkResponse({ type: restPageOf(Organisation, 'Organisation') })
  async list(
    @CurrentCaller() caller: Caller, @Query() query: OrganisationsQuery,
  ): Promise<{ items: Organisation[]; nextCursor: string | null }> {
    return toRestPage(await this.organisations.list(caller, query));
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read an organisation with its names, outlets and relations' })
  @ApiOkResponse({ type: OrganisationDetails })
  async get(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<OrganisationDetails> {
    const { kind, name } = await this.organisations.get(caller, id);
    const [names, outlets, relations] = await Promise.all(
      [this.names.ofOrganisations(caller, [id]), this.outlets.ofOrganisations(caller, [id]), this.relations.ofOrganisations(caller, [id])]);
    return { id, kind, name, names: names.get(id)!, outlets: outlets.get(id)!, relations: relations.get(id)! };
  }

  @Post(':id/names')
  @ApiOperation({ summary: 'Give an organisation another name from a day on', description: 'The name before it ends with that day.' })
  @ApiCreatedResponse({ type: OrganisationName })
  rename(
    @CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: RenameOrganisationInput,
  ): Promise<OrganisationName> {
    return this.names.rename(caller, id, input);
  }

  @Post(':id/outlets')
  @ApiOperation({ summary: 'Name an outlet of a bank' })
  @ApiCreatedResponse({ type: Outlet })
  registerOutlet(
    @CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: RegisterOutletInput,
  ): Promise<Outlet> {
    return this.outlets.register(caller, id, input);
  }
}
