import { boot } from '@finharbor/platform/boot/boot';
import { AppModule } from './app.module.js';

await boot(AppModule);
