import { run } from '@finharbor/platform/boot/run';
import { createGateway } from './create-gateway.js';

await run(createGateway);
