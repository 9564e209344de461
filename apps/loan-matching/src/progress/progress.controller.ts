import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Param, ParseUUIDPipe, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Demand } from '../demands/demand.entity.js';
import { ReportProgressInput } from './progress.inputs.js';
import { ProgressService } from './progress.service.js';

@ApiTags('demands')
@Controller('v1/demands')
export class ProgressController {
  constructor(private readonly progress: ProgressService) {}

  @Post(':id/progress')
  @ApiOperation({ summary: 'Tell how far a demand came', description: 'For its bank, each stage once: docked, lent, or ended without a loan after an approval, which ends the demand. A decision tells the rest.' })
  @ApiCreatedResponse({ type: Demand })
  report(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: ReportProgressInput): Promise<Demand> {
    return this.progress.report(caller, id, input);
  }
}
