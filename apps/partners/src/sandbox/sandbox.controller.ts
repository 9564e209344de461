import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AdvanceClockInput, SandboxClockAdvance, SandboxOutcomeList, SandboxReset } from './sandbox.inputs.js';
import { SandboxService } from './sandbox.service.js';

/** There in a sandbox alone: docs/sandbox.md. */
@ApiTags('sandbox')
@Controller('v1/sandbox')
export class SandboxController {
  constructor(private readonly sandbox: SandboxService) {}

  @Get('outcomes')
  @ApiOperation({ summary: 'Which credit codes force which outcome', description: 'In a sandbox only. Submit a demand or push a list with such a code, and it happens.' })
  @ApiOkResponse({ type: SandboxOutcomeList })
  outcomes(): SandboxOutcomeList {
    return this.sandbox.outcomes();
  }

  @Post('clock')
  @ApiOperation({
    summary: 'Move the test clock forward',
    description: 'In a sandbox only. Whatever is due to the organisation now is due so much sooner: clocks run out, and webhooks are tried again. It takes a few seconds.',
  })
  @ApiCreatedResponse({ type: SandboxClockAdvance })
  advance(@CurrentCaller() caller: Caller, @Body() input: AdvanceClockInput): Promise<SandboxClockAdvance> {
    return this.sandbox.advance(caller, input);
  }

  @Post('reset')
  @ApiOperation({
    summary: 'Close what is open',
    description: 'In a sandbox only. Open demands and referrals of the bank are rejected (OTHER), as it could do itself; nothing is deleted. It takes a few seconds.',
  })
  @ApiCreatedResponse({ type: SandboxReset })
  reset(@CurrentCaller() caller: Caller): Promise<SandboxReset> {
    return this.sandbox.reset(caller);
  }
}
