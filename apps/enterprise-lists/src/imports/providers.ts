import { CONFIG } from '@finharbor/platform/config/config';
import { StoredFiles } from '@finharbor/platform/files/stored-files';
import type { Provider } from '@nestjs/common';
import type { EnterpriseListsConfig } from '../config.js';
import { DirectImportsService } from './direct-imports.service.js';
import { ImportChecks } from './import-checks.js';
import { ImportKeeping } from './import-keeping.js';
import { ImportLeases } from './import-leases.js';
import { ImportSteps } from './import-steps.js';
import { ImportWork } from './import-work.js';
import { ImportsController } from './imports.controller.js';
import { ImportsService } from './imports.service.js';
import { ListMaking } from './list-making.js';
import { MappingsController } from './mappings.controller.js';
import { MappingsService } from './mappings.service.js';
import { ResultsController } from './results.controller.js';
import { ResultsService } from './results/results.service.js';
import { Turns } from './turns.js';
import { UploadParser } from './upload-parser.js';
import { UploadsController } from './uploads.controller.js';
import { UploadsService } from './uploads.service.js';

/** What takes lists in. */
export const importControllers = [ImportsController, UploadsController, ResultsController, MappingsController];

export const importProviders: Provider[] = [
  {
    provide: StoredFiles,
    inject: [CONFIG],
    useFactory: ({ FILES_DIR, FIELD_SUITE }: EnterpriseListsConfig) => new StoredFiles(FILES_DIR, FIELD_SUITE),
  },
  UploadParser, Turns, ImportLeases, ImportChecks, ListMaking, ImportSteps, ImportWork, MappingsService, ImportsService, UploadsService,
  DirectImportsService, ResultsService, ImportKeeping,
];
