import type { Type } from '@nestjs/common';
import { createApp } from './create-app.js';
import { run } from './run.js';

/** Starts a service as this process. */
export const boot = (module: Type): Promise<void> => run(() => createApp(module));
