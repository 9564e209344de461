import { type ServiceName, serviceNames } from '@finharbor/contracts/services';
import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { StatusService, WebhookFigures } from './status.service.js';

/** A service, and whether it can be reached. */
export class ServiceStatus {
  @ApiProperty({ enum: serviceNames })
  name: ServiceName;

  @ApiProperty({ enum: ['up', 'down'] })
  state: 'up' | 'down';
}

/** How the platform is. */
export class Status {
  @ApiProperty({ enum: ['ok', 'degraded'], description: '`degraded` where a service is down.' })
  status: 'ok' | 'degraded';

  @ApiProperty({ type: [ServiceStatus] })
  services: ServiceStatus[];

  @ApiProperty({ type: WebhookFigures, nullable: true, description: 'Of the last 24 hours; null while they cannot be had.' })
  webhooks: WebhookFigures | null;
}

@ApiTags('status')
@Controller('v1/status')
export class StatusController {
  constructor(private readonly status: StatusService) {}

  /** The gateway asks the services and puts in what they say: partners knows but itself. */
  @Get()
  @ApiOperation({ summary: 'How the platform is', description: 'Which services are up, and how webhooks fared in the last 24 hours. For anybody.' })
  @ApiOkResponse({ type: Status })
  async get(): Promise<Status> {
    return { status: 'ok', services: [{ name: 'partners', state: 'up' }], webhooks: await this.status.figures() };
  }
}
