import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { restPageOf, toRestPage } from '@finharbor/platform/http/page';
import { Contact, ReasonInput } from '@finharbor/platform/person-records/contact';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { HarborPeopleService } from './harbor-people.service.js';
import { HarborPerson } from './harbor-person.entity.js';
import { EnterHarborPersonInput, HarborPeopleQuery, LeaveHarborInput } from './harbor-person.inputs.js';

@ApiTags('harbor-people')
@Controller('v1/harbor-people')
export class HarborPeopleController {
  constructor(private readonly people: HarborPeopleService) {}

  @Post()
  @ApiOperation({ summary: 'Enter somebody who works at a harbor', description: 'A bank at its own harbors; an area organisation its liaison (H-106).' })
  @ApiCreatedResponse({ type: HarborPerson })
  enter(@CurrentCaller() caller: Caller, @Body() input: EnterHarborPersonInput): Promise<HarborPerson> {
    return this.people.enter(caller, input);
  }

  @Get()
  @ApiOperation({ summary: 'List the people of harbors', description: 'Newest first, by page: one’s own, of all organisations for supervisors. Masked.' })
  @ApiOkResponse({ type: restPageOf(HarborPerson, 'HarborPerson') })
  async list(
    @CurrentCaller() caller: Caller, @Query() query: HarborPeopleQuery,
  ): Promise<{ items: HarborPerson[]; nextCursor: string | null }> {
    return toRestPage(await this.people.list(caller, query));
  }

  @Post(':id/contact-views')
  @ApiOperation({ summary: 'See how to reach somebody who works at a harbor', description: 'In the clear: one’s own people, all for supervisors. The reason is kept.' })
  @ApiCreatedResponse({ type: Contact })
  viewContact(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() { reason }: ReasonInput): Promise<Contact> {
    return this.people.viewContact(caller, id, reason);
  }

  @Post(':id/departure')
  @HttpCode(200)
  @ApiOperation({ summary: 'Say from when somebody is no more at the post', description: 'Once; the entry stays.' })
  @ApiOkResponse({ type: HarborPerson })
  leave(
    @CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: LeaveHarborInput,
  ): Promise<HarborPerson> {
    return this.people.leave(caller, id, input);
  }
}
