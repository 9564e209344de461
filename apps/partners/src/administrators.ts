import { readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { OrganisationKind } from '@finharbor/contracts/vocabulary';
import { CONFIG } from '@finharbor/platform/config/config';
import { thumbprintOf } from '@finharbor/security/dpop/thumbprint';
import type { Caller, Role } from '@finharbor/security/tokens/caller';
import { secretMatches } from '@finharbor/security/tokens/secrets';
import type { INestApplicationContext } from '@nestjs/common';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { z } from 'zod';
import { ApiClientsService } from './api-clients/api-clients.service.js';
import type { ApiClientCredentials } from './api-clients/api-client.entity.js';
import type { CreateApiClientInput } from './api-clients/api-client.inputs.js';
import type { PartnersConfig } from './config.js';
import { OrganisationsArgs } from './organisations/organisation.inputs.js';
import { OrganisationsService } from './organisations/organisations.service.js';
import { ClientLookup } from './tokens/client-lookup.js';

/** What a file holds: of a client in a sandbox the secret, of any other the private key, as a JWK. */
type Credentials = Omit<ApiClientCredentials, 'clientSecret'> & { clientSecret?: string | null; privateKey?: JWK };

export const administratorConfig = z.object({
  /**
   * Gets the system administrator's credentials, as JSON that only its owner may read. Those of the security and the audit
   * administrator go into files beside it, `security-` and `audit-` before its name: to be handed to different people.
   */
  ADMIN_CREDENTIALS_FILE: z.string().min(1),
  /** What the operator of this installation is called. */
  OPERATOR_NAME: z.string().min(2).max(100).default('区域运营方'),
});

/** Before there is a first administrator, the installation itself acts in that role. */
const installation: Caller = { role: 'system-administrator', organisationId: null, clientId: 'bootstrap' };

const administrators = [
  { role: 'system-administrator', prefix: '', name: '初始系统管理员' },
  { role: 'security-administrator', prefix: 'security-', name: '初始安全管理员' },
  { role: 'audit-administrator', prefix: 'audit-', name: '初始审计管理员' },
] as const;

/**
 * Makes sure that the files hold the credentials of clients that work, one of each administrator: without them nobody could
 * ever make another. Leaves those that work; makes the operator's organisation and new clients in place of those that do not.
 */
export async function ensureAdministrators(context: INestApplicationContext, config: z.infer<typeof administratorConfig>): Promise<'kept' | 'made'> {
  let result: 'kept' | 'made' = 'kept';
  for (const { role, prefix, name } of administrators) {
    const file = join(dirname(config.ADMIN_CREDENTIALS_FILE), prefix + basename(config.ADMIN_CREDENTIALS_FILE));
    if (await works(context, role, await credentialsIn(file))) continue;
    const organisationId = await operatorId(context, config.OPERATOR_NAME);
    await writeOwnerOnly(file, await make(context, { organisationId, role, name }));
    result = 'made';
  }
  return result;
}

async function operatorId(context: INestApplicationContext, name: string): Promise<string> {
  const organisations = context.get(OrganisationsService);
  const query = Object.assign(new OrganisationsArgs(), { kind: OrganisationKind.OPERATOR, first: 1 });
  const [operator] = (await organisations.list(installation, query)).items;
  return (operator ?? await organisations.register(installation, { kind: OrganisationKind.OPERATOR, name })).id;
}

/** In a sandbox they have a secret, elsewhere a key pair, which is made here: the file is the only place that holds its private part. */
async function make(
  context: INestApplicationContext, input: Pick<CreateApiClientInput, 'organisationId' | 'role' | 'name'>,
): Promise<Credentials> {
  const clients = context.get(ApiClientsService);
  if (context.get<PartnersConfig>(CONFIG).SANDBOX) return clients.create(installation, { ...input, sandbox: true });
  const pair = await generateKeyPair('ES256', { extractable: true });
  const publicJwk = await exportJWK(pair.publicKey);
  const privateKey = { ...await exportJWK(pair.privateKey), alg: 'ES256', kid: thumbprintOf(publicJwk) };
  const { clientId, organisationId, role } = await clients.create(installation, { ...input, jwks: { keys: [publicJwk] } });
  return { clientId, privateKey, organisationId, role };
}

async function works(context: INestApplicationContext, role: Role, credentials: Partial<Credentials>): Promise<boolean> {
  const { clientId, clientSecret, privateKey } = credentials;
  const client = clientId ? await context.get(ClientLookup).find(clientId) : undefined;
  if (client?.role !== role) return false;
  if (client.secretHash) return secretMatches(clientSecret ?? '', client.secretHash);
  return privateKey?.d !== undefined && client.keys!.some((key) => thumbprintOf(key) === thumbprintOf(privateKey));
}

async function credentialsIn(file: string): Promise<Partial<Credentials>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Partial<Credentials>;
  } catch {
    return {};
  }
}

/** Whole or not at all. */
async function writeOwnerOnly(file: string, credentials: Credentials): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 });
  await rename(temporary, file);
}
