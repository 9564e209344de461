import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { restPageOf, toRestPage } from '@finharbor/platform/http/page';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Onboarding } from './onboarding.entity.js';
import { DecideOnboardingInput, OnboardingsQuery, ProposeOnboardingInput } from './onboarding.inputs.js';
import { OnboardingsService } from './onboardings.service.js';

@ApiTags('onboarding')
@Controller('v1/onboardings')
export class OnboardingsController {
  constructor(private readonly onboardings: OnboardingsService) {}

  @Post()
  @ApiOperation({ summary: 'Propose a partner', description: 'An organisation, new or known, and its client with its public keys. Void after 14 days.' })
  @ApiCreatedResponse({ type: Onboarding })
  propose(@CurrentCaller() caller: Caller, @Body() input: ProposeOnboardingInput): Promise<Onboarding> {
    return this.onboardings.propose(caller, input);
  }

  @Get()
  @ApiOperation({ summary: 'List onboardings', description: 'Newest first, by page.' })
  @ApiOkResponse({ type: restPageOf(Onboarding, 'Onboarding') })
  async list(
    @CurrentCaller() caller: Caller, @Query() query: OnboardingsQuery,
  ): Promise<{ items: Onboarding[]; nextCursor: string | null }> {
    return toRestPage(await this.onboardings.list(caller, query));
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read an onboarding' })
  @ApiOkResponse({ type: Onboarding })
  get(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<Onboarding> {
    return this.onboardings.get(caller, id);
  }

  @Post(':id/approval')
  @HttpCode(200)
  @ApiOperation({ summary: 'Let a partner in', description: 'Makes the organisation and its client. Never by who proposed it (FORBIDDEN).' })
  @ApiOkResponse({ type: Onboarding })
  approve(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() { reason }: DecideOnboardingInput): Promise<Onboarding> {
    return this.onboardings.approve(caller, id, reason);
  }

  @Post(':id/rejection')
  @HttpCode(200)
  @ApiOperation({ summary: 'Turn a partner down', description: 'Never by who proposed it (FORBIDDEN).' })
  @ApiOkResponse({ type: Onboarding })
  reject(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() { reason }: DecideOnboardingInput): Promise<Onboarding> {
    return this.onboardings.reject(caller, id, reason);
  }

  @Post(':id/withdrawal')
  @HttpCode(200)
  @ApiOperation({ summary: 'Take the proposal of a partner back' })
  @ApiOkResponse({ type: Onboarding })
  withdraw(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() { reason }: DecideOnboardingInput): Promise<Onboarding> {
    return this.onboardings.withdraw(caller, id, reason);
  }
}
