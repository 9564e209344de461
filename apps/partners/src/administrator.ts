import { readFile, rename, writeFile } from 'node:fs/promises';
import { OrganisationKind } from '@finharbor/contracts/vocabulary';
import type { Caller } from '@finharbor/security/tokens/caller';
import { secretMatches } from '@finharbor/security/tokens/secrets';
import type { INestApplicationContext } from '@nestjs/common';
import { z } from 'zod';
import { ApiClientsService } from './api-clients/api-clients.service.js';
import type { ApiClientCredentials } from './api-clients/api-client.entity.js';
import { OrganisationsArgs } from './organisations/organisation.inputs.js';
import { OrganisationsService } from './organisations/organisations.service.js';
import { ClientLookup } from './tokens/client-lookup.js';

export const administratorConfig = z.object({
  /** Gets the credentials, as JSON that only its owner may read. */
  ADMIN_CREDENTIALS_FILE: z.string().min(1),
  /** What the operator of this installation is called. */
  OPERATOR_NAME: z.string().min(2).max(100).default('区域运营方'),
});

/** Before there is a first administrator, the installation itself acts in that role. */
const installation: Caller = { role: 'administrator', organisationId: null, clientId: 'bootstrap' };

/**
 * Makes sure that the file holds the credentials of an administrator client that works: without one nobody could ever
 * make another. Does nothing when they work; makes the operator's organisation and a new client when they do not.
 */
export async function ensureAdministrator(context: INestApplicationContext, config: z.infer<typeof administratorConfig>): Promise<'kept' | 'made'> {
  if (await works(context, await credentialsIn(config.ADMIN_CREDENTIALS_FILE))) return 'kept';
  const organisationId = await operatorId(context, config.OPERATOR_NAME);
  const credentials = await context.get(ApiClientsService).create(installation, { organisationId, role: 'administrator', name: '初始管理员' });
  await writeOwnerOnly(config.ADMIN_CREDENTIALS_FILE, credentials);
  return 'made';
}

async function operatorId(context: INestApplicationContext, name: string): Promise<string> {
  const organisations = context.get(OrganisationsService);
  const query = Object.assign(new OrganisationsArgs(), { kind: OrganisationKind.OPERATOR, first: 1 });
  const [operator] = (await organisations.list(installation, query)).items;
  return (operator ?? await organisations.register(installation, { kind: OrganisationKind.OPERATOR, name })).id;
}

async function works(context: INestApplicationContext, credentials: Partial<ApiClientCredentials>): Promise<boolean> {
  if (!credentials.clientId || !credentials.clientSecret) return false;
  const client = await context.get(ClientLookup).find(credentials.clientId);
  return client.role === 'administrator' && secretMatches(credentials.clientSecret, client.secretHash);
}

async function credentialsIn(file: string): Promise<Partial<ApiClientCredentials>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Partial<ApiClientCredentials>;
  } catch {
    return {};
  }
}

/** Whole or not at all. */
async function writeOwnerOnly(file: string, credentials: ApiClientCredentials): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 });
  await rename(temporary, file);
}
