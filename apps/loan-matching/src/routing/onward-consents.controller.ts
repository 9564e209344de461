import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Param, ParseUUIDPipe, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';
import { Application } from '../applications/application.entity.js';
import { OnwardConsentsService } from './onward-consents.service.js';

/** Whether the enterprise agrees. */
export class OnwardConsentInput {
  @ApiProperty({ description: 'true: it goes on unasked to the next fitting bank, to the pool, by the supervisor. false: no more from now on, until it is given again.' })
  @IsBoolean()
  given: boolean;
}

@ApiTags('routing')
@Controller('v1/applications')
export class OnwardConsentsController {
  constructor(private readonly consents: OnwardConsentsService) {}

  @Post(':id/onward-consent')
  @ApiOperation({ summary: 'Let an application go on unasked, or no more', description: 'For the applicant, also when its rounds are over and the supervisor may go on with it only under this consent. Nothing moves by it.' })
  @ApiCreatedResponse({ type: Application })
  state(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() { given }: OnwardConsentInput): Promise<Application> {
    return this.consents.state(caller, id, given);
  }
}
