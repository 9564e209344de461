import { randomBytes } from 'node:crypto';
import { newId } from '@finharbor/contracts/ids';
import type { ServiceName } from '@finharbor/contracts/services';
import { FieldCipher } from '@finharbor/security/encryption/field-cipher';
import { accessTokenAudience } from '@finharbor/security/tokens/access-token';
import { type Caller, type Role, signedInRoles } from '@finharbor/security/tokens/caller';
import { parseServiceKeys, signServiceToken } from '@finharbor/security/tokens/service-token';
import { startTestFleet, type TestFleet } from '@finharbor/testing/fleet';
import { importJWK, type JWK, SignJWT } from 'jose';
import { Holding } from './holding.js';
import { done, Party } from './party.js';

/** Organisations that have no record of their own, as the demonstration names them: the place of each among the clients of its role. */
const otherKinds: [name: string, role: Role, index: number][] = [
  ['finance office', 'supervisor', 1], ['financial regulator', 'supervisor', 2], ['market regulator', 'department', 5],
  ['court', 'department', 12], ['police', 'department', 13], ['area organisation', 'area', 0], ['insurer', 'insurer', 0],
  ['guarantor', 'guarantor', 0], ['fund', 'institution', 0], ['incubator', 'institution', 1],
];

/** The demonstration district, and two sides in it that each hold a record of every type: banks A and B, departments X and Y. */
export class District {
  readonly sides: [Holding, Holding];
  readonly supervisor = this.insider('central-bank branch', 'supervisor');
  readonly dashboard = this.insider('dashboard', 'dashboard');
  readonly systemAdministrator = this.insider('system administrator', 'system-administrator');
  readonly securityAdministrator = this.insider('security administrator', 'security-administrator');
  readonly auditAdministrator = this.insider('audit administrator', 'audit-administrator');
  /** People at the harbors of banks A and B. */
  readonly staff = ([0, 1] as const).map((side) => this.insider(`staff ${'AB'[side]}`, 'harbor-staff', side, side));
  /** One of every other kind of organisation: above both sides, or beside them with no record of its own. */
  readonly others = otherKinds.map(([name, role, index]) => this.insider(name, role, index));
  readonly anonymous = this.party('anonymous', 'anonymous');
  readonly garbage = this.party('garbage token', 'anonymous', `eyJhbGciOiJFUzI1NiJ9.${randomBytes(90).toString('base64url')}`);
  readonly expired = this.party('expired token', 'anonymous', this.signed[0]);
  /** The same token but for its times: what shows that the other is refused for them and for nothing else. */
  readonly unexpired = this.party('unexpired token', 'supervisor', this.signed[1]);
  /** Each comes with the secret of a record of its own side, to its own records and the other's. */
  readonly applicants = ([0, 1] as const).map((side) => this.party(`applicant ${'AB'[side]}`, 'applicant', undefined, side));

  private constructor(
    readonly fleet: TestFleet, private tokens: ReadonlyMap<string, string>,
    private readonly signed: string[], private readonly serviceKey: string,
  ) {
    const side = (index: 0 | 1): Holding => new Holding(
      index,
      this.insider(`bank ${'AB'[index]}`, 'bank', index, index),
      this.staff[index],
      this.insider(`department ${'XY'[index]}`, 'department', index, index),
      this.party(`business ${'AB'[index]}`, 'anonymous', undefined, index),
      { supervisor: this.supervisor, administrator: this.systemAdministrator, settle: () => fleet.settle() },
    );
    this.sides = [side(0), side(1)];
  }

  /** @param env of every service, beside its own */
  static async open(env: Record<string, string> = {}): Promise<District> {
    const [serviceKey, fieldKey] = [0, 1].map(() => randomBytes(32).toString('base64url'));
    const fieldKeys = `walk:${fieldKey}`;
    const fleet = await startTestFleet({ env: { ...env, SERVICE_KEY: serviceKey, FIELD_KEYS: fieldKeys } });
    try {
      await fleet.settle();
      const signed = await Promise.all([-5, 9].map((minutes) => signedToken(fleet, fieldKeys, minutes)));
      return new District(fleet, await accessTokens(fleet), signed, serviceKey);
    } catch (error) {
      await fleet.stop();
      throw error;
    }
  }

  /** Everybody signs in again: on a slow machine a walk takes longer than a token lasts. */
  async renew(): Promise<void> {
    this.tokens = await accessTokens(this.fleet);
  }

  /** Gives both sides their records. */
  async fill(): Promise<void> {
    for (const date of ['2026-10-20', '2026-11-20']) {
      done(await this.systemAdministrator.post('/v1/reference-data/lpr', { rows: [{ date, oneYear: '3.00', fiveYear: '3.50' }] }));
      done(await this.systemAdministrator.post('/v1/reference-data/sla', { rows: [{ clock: 'LIST_REVIEW', validFrom: date.replace(/^\d+/, '2998'), days: 5, source: '通知' }] }));
    }
    const { items } = done(await this.supervisor.ask('/v1/harbors?limit=200')) as { items: { id: string; hostBankId: string; outletId: string }[] };
    for (const side of this.sides) {
      const { organisationId } = this.fleet.credentials('bank', side.side);
      await side.make(items.find(({ hostBankId }) => hostBankId === organisationId)!, this.fleet.credentials('department', side.side).organisationId);
    }
  }

  /** Everybody who comes through the gateway. */
  get parties(): Party[] {
    const [a, b] = this.sides;
    return [
      this.anonymous, this.expired, this.garbage, a.bank, b.bank, ...this.staff, a.department, b.department,
      this.supervisor, ...this.others,
      this.dashboard, this.systemAdministrator, this.securityAdministrator, this.auditAdministrator, ...this.applicants,
    ];
  }

  /** What the gateway would say to the service about a caller of that role. */
  vouch(service: ServiceName, role: Role, index = 0, { key = this.serviceKey, at = Date.now() } = {}): string {
    const organisationId = role === 'anonymous' ? null : this.fleet.credentials(role, index).organisationId;
    const caller: Caller = { role, organisationId, clientId: organisationId && 'walk' };
    return `Bearer ${signServiceToken(parseServiceKeys(key), caller, service, at)}`;
  }

  private insider(name: string, role: Role, index = 0, side?: 0 | 1): Party {
    return this.party(name, role, () => this.tokens.get(`${role} ${index}`), side);
  }

  private party(name: string, role: Role, token?: string | (() => string | undefined), side?: 0 | 1): Party {
    const bearer = typeof token === 'string' ? () => token : token;
    return new Party(name, role, this.fleet.url, side, bearer && (() => `Bearer ${bearer()}`));
  }
}

async function accessTokens(fleet: TestFleet): Promise<ReadonlyMap<string, string>> {
  const pairs: (readonly [Role, number])[] = [
    ...signedInRoles.map((role) => [role, 0] as const), ['bank', 1], ['department', 1], ['harbor-staff', 1],
    ...otherKinds.map(([, role, index]) => [role, index] as const),
  ];
  return new Map(await Promise.all(pairs.map(async ([role, index]) => [`${role} ${index}`, await accessToken(fleet, role, index)] as const)));
}

async function accessToken(fleet: TestFleet, role: Role, index: number): Promise<string> {
  const { clientId, clientSecret } = fleet.credentials(role, index);
  const answer = await fetch(new URL('/oauth/token', fleet.url), {
    method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials' }),
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** A supervisor's token as partners would have signed it ten minutes before it expires, with the key that partners signs with. */
async function signedToken(fleet: TestFleet, fieldKeys: string, expiresIn: number): Promise<string> {
  const [{ kid, sealed }] = await fleet.database.query<{ kid: string; sealed: string }>('select kid, private_jwk_encrypted as sealed from partners.signing_keys');
  const key = new FieldCipher(fieldKeys).decrypt(sealed, { column: 'partners.signing_keys.private_jwk_encrypted', rowId: kid, organisationId: '' });
  const { clientId, organisationId } = fleet.credentials('supervisor');
  const minutesFromNow = (minutes: number): number => Math.floor(Date.now() / 1000) + minutes * 60;
  return new SignJWT({ client_id: clientId, org: organisationId, role: 'supervisor' })
    .setProtectedHeader({ alg: 'ES256', kid, typ: 'at+jwt' }).setIssuer(fleet.url).setAudience(accessTokenAudience).setSubject(clientId).setJti(newId())
    .setIssuedAt(minutesFromNow(expiresIn - 10)).setExpirationTime(minutesFromNow(expiresIn)).sign(await importJWK(JSON.parse(key) as JWK, 'ES256'));
}
