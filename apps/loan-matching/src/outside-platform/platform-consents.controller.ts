import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Param, ParseUUIDPipe, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';
import { Application } from '../applications/application.entity.js';
import { PlatformConsentsService } from './platform-consents.service.js';

/** Whether the enterprise agrees. */
export class PlatformConsentInput {
  @ApiProperty({ description: 'true: the outside platform may be told what is asked for, and not who asks. false: it is taken back there, for good.' }) @IsBoolean()
  given: boolean;
}

@ApiTags('applications')
@Controller('v1/applications')
export class PlatformConsentsController {
  constructor(private readonly consents: PlatformConsentsService) {}

  @Post(':id/platform-consent')
  @ApiOperation({ summary: 'Let the outside platform know the need, or no more', description: 'For the applicant: 长江渝融通 is told what is asked for, and not who asks, so that its banks may take it up.' })
  @ApiCreatedResponse({ type: Application })
  state(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() { given }: PlatformConsentInput): Promise<Application> {
    return this.consents.state(caller, id, given);
  }
}
