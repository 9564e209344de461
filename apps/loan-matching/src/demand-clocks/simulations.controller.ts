import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { LadderSimulation, SimulateLadderInput } from './ladder-simulation.js';
import { SimulationsService } from './simulations.service.js';

@ApiTags('clocks')
@Controller('v1/ladder-simulations')
export class SimulationsController {
  constructor(private readonly simulations: SimulationsService) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Try other terms of a clock on past demands', description: 'How many would have been reminded, breached and escalated. Nothing is changed; terms are imported as reference data.' })
  @ApiOkResponse({ type: LadderSimulation })
  simulate(@CurrentCaller() caller: Caller, @Body() input: SimulateLadderInput): Promise<LadderSimulation> {
    return this.simulations.simulate(caller, input);
  }
}
