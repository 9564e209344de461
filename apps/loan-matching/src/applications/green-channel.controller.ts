import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import type { Caller } from '@finharbor/security/tokens/caller';
import { isIsoDate } from '@finharbor/standards/dates';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';
import { GreenChannelService, GreenChannelStatistics } from './green-channel.service.js';

const IsDay = (): PropertyDecorator => ValidateBy({
  name: 'day', validator: { validate: (value: unknown) => typeof value === 'string' && isIsoDate(value), defaultMessage: () => '$property must be a day, written like "2026-11-22"' },
});

/** Which days. */
export class GreenChannelQuery {
  @ApiProperty({ description: 'First day on which it was submitted.', format: 'date' }) @IsDay() from: string;
  @ApiProperty({ description: 'Last day.', format: 'date' }) @IsDay() to: string;
}

@ApiTags('applications')
@Controller('v1/green-channel')
export class GreenChannelController {
  constructor(private readonly service: GreenChannelService) {}

  @Get('statistics')
  @ApiOperation({ summary: 'Read the figures of the green channel', description: 'Of the special groups by themselves (H-112).' })
  @ApiOkResponse({ type: GreenChannelStatistics })
  statistics(@CurrentCaller() caller: Caller, @Query() query: GreenChannelQuery): Promise<GreenChannelStatistics> {
    return this.service.statistics(caller, query);
  }
}
