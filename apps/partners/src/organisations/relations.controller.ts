import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, HttpCode, Param, ParseUUIDPipe, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { OrganisationRelation } from './organisation-relation.entity.js';
import { EndRelationInput, RelateOrganisationInput } from './organisation.inputs.js';
import { RelationsService } from './relations.service.js';

@ApiTags('organisations')
@Controller('v1')
export class RelationsController {
  constructor(private readonly relations: RelationsService) {}

  @Post('organisations/:id/relations')
  @ApiOperation({
    summary: 'Say what an organisation is to another from a day on',
    description: 'One that SUPERVISES the operator is the third supervising party: its clients may call as supervisor or dashboard.',
  })
  @ApiCreatedResponse({ type: OrganisationRelation })
  relate(
    @CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: RelateOrganisationInput,
  ): Promise<OrganisationRelation> {
    return this.relations.relate(caller, id, input);
  }

  @Post('organisation-relations/:id/end')
  @HttpCode(200)
  @ApiOperation({ summary: 'End a relation with a day', description: 'Once: an end is not moved (ILLEGAL_STATE).' })
  @ApiOkResponse({ type: OrganisationRelation })
  end(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: EndRelationInput): Promise<OrganisationRelation> {
    return this.relations.end(caller, id, input);
  }
}
