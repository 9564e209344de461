import { DomainError, notFound } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { Due } from '@finharbor/platform/due/due';
import { type DueClock, OnDue } from '@finharbor/platform/due/on-due';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, readPage } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { ApiClientsService } from '../api-clients/api-clients.service.js';
import { readClientKeys } from '../api-clients/client-keys.js';
import { type ClientRole, rolesOf } from '../api-clients/client-roles.js';
import { Organisation } from '../organisations/organisation.entity.js';
import { OrganisationsService } from '../organisations/organisations.service.js';
import { rolesIn } from '../organisations/supervising.js';
import { Onboarding, OnboardingState } from './onboarding.entity.js';
import type { OnboardingsQuery, ProposeOnboardingInput } from './onboarding.inputs.js';

const expiry = 'onboarding.expiry';
/** After so many days without a decision a proposal is void: what was checked when it was made may hold no more. */
const days = 14;

/**
 * How a partner gets in, by two persons: a system administrator proposes, a security administrator approves or rejects. Nothing
 * that could call is there before the approval, which makes the organisation and its client in one transaction.
 */
@Injectable()
export class OnboardingsService {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly cursors: Cursors,
    private readonly due: Due,
    private readonly organisations: OrganisationsService,
    private readonly clients: ApiClientsService,
  ) {}

  /** Proposes a partner. Keys and role are checked now, so that nobody approves what could not be made. */
  propose(caller: Caller, input: ProposeOnboardingInput): Promise<Onboarding> {
    return this.tenancy.run(caller, async (tx) => {
      const { organisationId = null, organisation = null, client, reason } = input;
      if ((organisationId === null) === (organisation === null)) {
        throw invalid('organisationId', 'oneOf', 'either organisationId or organisation is needed, and not both');
      }
      const known = organisationId && await tx.manager.findOneBy(Organisation, { id: organisationId });
      if (organisationId && !known) throw notFound('organisation');
      const roles = known ? await rolesIn(tx, known) : rolesOf(organisation!.kind);
      this.mustFit(client.role, roles);
      if (organisation) this.organisations.mustHoldToday(organisation);
      const keys = readClientKeys(client.jwks);
      const [now, id] = [new Date(), newId()];
      const onboarding = tx.manager.create(Onboarding, {
        id, state: OnboardingState.PROPOSED, organisationId, organisation, client: { ...client, jwks: { keys } }, reason,
        proposedBy: identityOf(caller), proposedAt: now, expiresAt: new Date(now.getTime() + days * 86_400_000),
        decidedBy: null, decidedAt: null, decisionReason: null, clientId: null,
      });
      await tx.manager.insert(Onboarding, onboarding);
      await this.due.set(tx, { kind: expiry, aggregateId: id, organisationId: tx.organisationId, dueAt: onboarding.expiresAt });
      await this.audit(tx, 'propose', onboarding);
      return onboarding;
    });
  }

  list(caller: Caller, query: OnboardingsQuery): Promise<Page<Onboarding>> {
    return this.tenancy.run(caller, (tx) => {
      const rows = tx.manager.createQueryBuilder(Onboarding, 'onboarding');
      if (query.state) rows.where('onboarding.state = :state', { state: query.state });
      return readPage(rows, query, this.cursors, { list: 'onboardings', organisationId: caller.organisationId, filter: query.state });
    });
  }

  get(caller: Caller, id: string): Promise<Onboarding> {
    return this.tenancy.run(caller, (tx) => this.find(tx, id));
  }

  /** Lets the partner in. Refused to whoever proposed it, in whichever role that comes back (FORBIDDEN). */
  approve(caller: Caller, id: string, reason: string): Promise<Onboarding> {
    return this.decide(caller, id, OnboardingState.APPROVED, reason, async (tx, { organisation, client, ...onboarding }) => {
      const organisationId = onboarding.organisationId ?? (await this.organisations.registerIn(tx, organisation!)).id;
      const { clientId } = await this.clients.createIn(tx, { ...client, organisationId, sandbox: false });
      return { organisationId, clientId };
    });
  }

  /** Turns it down; of it nothing is made. Refused to whoever proposed it: that is a withdrawal. */
  reject(caller: Caller, id: string, reason: string): Promise<Onboarding> {
    return this.decide(caller, id, OnboardingState.REJECTED, reason);
  }

  /** Takes it back, by a system administrator. */
  withdraw(caller: Caller, id: string, reason: string): Promise<Onboarding> {
    return this.decide(caller, id, OnboardingState.WITHDRAWN, reason);
  }

  @OnDue(expiry)
  async expire({ aggregateId }: DueClock, tx: Tx): Promise<void> {
    const onboarding = await this.find(tx, aggregateId, true);
    if (onboarding.state !== OnboardingState.PROPOSED) return;
    await this.change(tx, onboarding, { state: OnboardingState.EXPIRED, decidedAt: new Date() });
  }

  private decide(
    caller: Caller, id: string, state: OnboardingState, reason: string,
    make?: (tx: Tx, onboarding: Onboarding) => Promise<Partial<Onboarding>>,
  ): Promise<Onboarding> {
    return this.tenancy.run(caller, async (tx) => {
      // Clock before record, as the clock's own handler locks them.
      await this.due.cancel(tx, expiry, id);
      const onboarding = await this.find(tx, id, true);
      if (onboarding.state !== OnboardingState.PROPOSED) throw new DomainError('ILLEGAL_STATE', `The onboarding is ${onboarding.state}.`);
      const decidedBy = identityOf(caller);
      if (state !== OnboardingState.WITHDRAWN && decidedBy === onboarding.proposedBy) {
        throw new DomainError('FORBIDDEN', 'Whoever proposed an onboarding does not decide on it.');
      }
      const made = await make?.(tx, onboarding);
      return this.change(tx, onboarding, { ...made, state, decidedBy, decidedAt: new Date(), decisionReason: reason });
    });
  }

  private async change(tx: Tx, onboarding: Onboarding, change: Partial<Onboarding>): Promise<Onboarding> {
    await tx.manager.update(Onboarding, { id: onboarding.id }, change);
    Object.assign(onboarding, change);
    await this.audit(tx, onboarding.state.toLowerCase(), onboarding);
    return onboarding;
  }

  private async find(tx: Tx, id: string, lock = false): Promise<Onboarding> {
    const onboarding = await tx.manager.findOne(Onboarding, { where: { id }, ...(lock && { lock: { mode: 'pessimistic_write' as const } }) });
    if (!onboarding) throw notFound('onboarding');
    return onboarding;
  }

  private mustFit(role: ClientRole, roles: readonly ClientRole[]): void {
    if (!roles.includes(role)) throw invalid('client.role', 'roleOfKind', `clients of this organisation have the role ${roles.join(' or ')}`);
  }

  private audit(tx: Tx, action: string, { id, organisationId, clientId, role, keyIds, decisionReason }: Onboarding): Promise<void> {
    return audit(tx, { action: `onboarding.${action}`, resource: 'onboarding', resourceId: id, detail: { organisationId, clientId, role, keyIds, decisionReason } });
  }
}

/** Who somebody is, whatever the role: a client by its id, a person as the district's provider names them. */
const identityOf = ({ clientId }: Caller): string => {
  if (!clientId) throw new DomainError('FORBIDDEN', 'Only somebody with a name takes part in an onboarding.');
  return clientId;
};

const invalid = (field: string, rule: string, message: string): DomainError => new DomainError('VALIDATION_FAILED', undefined, [{ field, rule, message }]);
