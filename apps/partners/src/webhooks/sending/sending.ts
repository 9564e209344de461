import { CONFIG } from '@finharbor/platform/config/config';
import type { Provider } from '@nestjs/common';
import type { PartnersConfig } from '../../config.js';
import { Challenge } from './challenge.js';
import { Poster } from './poster.js';
import { Sender } from './sender.js';
import { Signers } from './signers.js';
import { Tidy } from './tidy.js';

/** What sends webhooks. In a sandbox also to one's own machine, and over http. */
export const sending: Provider[] = [
  { provide: Poster, inject: [CONFIG], useFactory: ({ SANDBOX }: PartnersConfig) => new Poster({ allowsLoopback: SANDBOX }) },
  Signers, Sender, Challenge, Tidy,
];
