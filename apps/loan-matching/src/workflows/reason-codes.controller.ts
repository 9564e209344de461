import type { ReasonGiver } from '@finharbor/contracts/reasons';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { ReasonCodeEntry, reasonCodes } from './reason-codes.js';

const givers = ['bank', 'applicant', 'supervisor', 'service'] as const satisfies readonly ReasonGiver[];

export class ReasonCodesQuery {
  @ApiPropertyOptional({ enum: givers, description: 'Only what this side may give.' }) @IsOptional() @IsIn(givers)
  by?: ReasonGiver;
}

@ApiTags('workflows')
@Controller('v1/reason-codes')
export class ReasonCodesController {
  @Get()
  @ApiOperation({ summary: 'List the reasons', description: 'The taxonomy of reasons, those of customers included: every end without a loan has one of them, and a text.' })
  @ApiOkResponse({ type: [ReasonCodeEntry] })
  list(@Query() { by }: ReasonCodesQuery): ReasonCodeEntry[] {
    return reasonCodes(by);
  }
}
