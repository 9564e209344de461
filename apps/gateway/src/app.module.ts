import { CONFIG, readConfig } from '@finharbor/platform/config/config';
import { createLogger } from '@finharbor/platform/logs/logger';
import { LOGGER } from '@finharbor/platform/logs/token';
import { type DynamicModule, Module } from '@nestjs/common';
import { Callers } from './callers/callers.js';
import { type GatewayConfig, gatewayConfig } from './config.js';
import { type Documents, DOCUMENTS } from './documents.js';
import { Graph } from './graph/graph.js';
import { HealthController } from './health/health.controller.js';
import { Metrics } from './health/metrics.js';
import { ServiceStates } from './health/service-states.js';
import { Status } from './health/status.js';
import { Limiting } from './rates/limiting.js';
import { RequestRecords } from './requests/request-records.js';
import { Services } from './services.js';

/** The front door: no tables, no rules. */
@Module({})
export class AppModule {
  static for(documents: Documents): DynamicModule {
    return {
      module: AppModule,
      controllers: [HealthController],
      providers: [
        { provide: CONFIG, useFactory: () => readConfig(gatewayConfig) },
        { provide: LOGGER, inject: [CONFIG], useFactory: (config: GatewayConfig) => createLogger('gateway', config.LOG_LEVEL) },
        { provide: DOCUMENTS, useValue: documents },
        Callers, Graph, Limiting, Metrics, RequestRecords, Services, ServiceStates, Status,
      ],
    };
  }
}
