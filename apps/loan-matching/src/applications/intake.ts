import { ApplicantKind } from '@finharbor/contracts/eligibility/facts';
import { DomainError, type FieldError } from '@finharbor/contracts/errors';
import { enterpriseIdOf, newId } from '@finharbor/contracts/ids';
import { CONFIG } from '@finharbor/platform/config/config';
import { ReferenceCopies } from '@finharbor/platform/copies/reference-copies';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Due } from '@finharbor/platform/due/due';
import { PersonalData } from '@finharbor/platform/personal-data/personal-data';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { hashSecret, newSecret } from '@finharbor/security/tokens/secrets';
import { normaliseCreditCode } from '@finharbor/standards/credit-code';
import { normaliseCode } from '@finharbor/standards/text';
import { localDate } from '@finharbor/standards/working-days';
import { Inject, Injectable } from '@nestjs/common';
import type { LoanMatchingConfig } from '../config.js';
import { findEnterprise, type NamedCopy } from '../copies/copies.js';
import { applicantKindOf } from '../demands/applicant-kind.js';
import { consentTextVersion } from '../demands/consent-text.js';
import { Demand } from '../demands/demand.entity.js';
import type { SubmitDemandInput } from '../demands/demand.inputs.js';
import { DemandSource, DemandState, intakeId, nobody } from '../demands/demand-states.js';
import { Disclosure } from '../demands/disclosure.js';
import { factsOf, inputProblems } from '../demands/facts.js';
import { furtherFacts } from '../demands/further-facts.js';
import { renewalProblems } from '../demands/renewal-problems.js';
import type { VersionedCatalogue } from '../matching/catalogue.js';
import { personalTextOf } from '../matching/kept-facts.js';
import type { Match } from '../matching/match.entity.js';
import { bankNames, withNames } from '../matching/matches.js';
import type { Facts } from '../matching/matching.js';
import { Matching } from '../matching/matching.service.js';
import { PlatformOffers } from '../outside-platform/platform-offers.js';
import { addStep } from '../trail/trail.js';
import { TrailStepKind } from '../trail/trail-step.entity.js';
import { Application } from './application.entity.js';
import { ApplicationSource, ApplicationState, RoutingMode, Verification } from './application-states.js';
import { isForTrying, isVerified, verificationOf } from './verification.js';
import { recheckLater } from './verifying.js';

/** How an application comes in, beside what the applicant says. */
export interface Coming {
  source: ApplicationSource;
  /** Null of what came in at an outside platform. */
  harborId: string | null;
  loanCodeId?: string;
  /** Who signed in and took it down, and for which organisation. */
  firstResponder?: string;
  responderOrgId?: string;
  gridPlace?: string;
  clientRef?: string;
  /** When it was taken down, where that was before it came in. */
  takenAt?: Date;
  /** The enterprise, where it is known by this alone: no event carries a credit code. */
  enterpriseId?: string;
  /** What the applicant agreed to elsewhere, where it did not do so here. */
  consent?: { textVersion: string; givenAt: string };
}

export interface Taken {
  application: Application;
  demand: Demand;
  /** Opens application and demand; shown once. */
  accessSecret: string;
  matches: Match[];
}

/** What is compared and matched. */
interface Checked {
  enterpriseId: string | null;
  creditCode: string | null;
  verification: Verification;
  /** What the master holds, if the applicant named the enterprise as the master does. */
  known: NamedCopy | undefined;
  offered: VersionedCatalogue;
  problems: FieldError[];
}

/** The one way in for applications, whoever brings them: checked, compared with the master, kept, matched. Runs as worker. */
@Injectable()
export class Intake {
  constructor(
    @Inject(CONFIG) private readonly config: LoanMatchingConfig,
    private readonly publisher: Publisher,
    private readonly disclosure: Disclosure,
    private readonly personalData: PersonalData,
    private readonly reference: ReferenceCopies,
    private readonly due: Due,
    private readonly matching: Matching,
    private readonly offers: PlatformOffers,
  ) {}

  /** Refused for input that names what is not. */
  async take(tx: Tx, input: SubmitDemandInput, coming: Coming): Promise<Taken> {
    const { problems, ...checked } = await this.check(tx, input, coming);
    if (problems.length > 0) throw new DomainError('VALIDATION_FAILED', undefined, problems);
    return this.keep(tx, input, coming, checked);
  }

  /** The same where a refusal is no failure: the problems come back, and nothing was kept. */
  async tryTake(tx: Tx, input: SubmitDemandInput, coming: Coming): Promise<Taken | FieldError[]> {
    const { problems, ...checked } = await this.check(tx, input, coming);
    return problems.length > 0 ? problems : this.keep(tx, input, coming, checked);
  }

  private async check(tx: Tx, input: SubmitDemandInput, { enterpriseId: named, source, takenAt = new Date() }: Coming): Promise<Checked> {
    const isPerson = input.applicantKind === ApplicantKind.NATURAL_PERSON;
    const creditCode = isPerson || named ? null : normaliseCreditCode(input.creditCode!);
    const enterpriseId = named ?? (creditCode === null ? null : enterpriseIdOf(creditCode));
    const [copy, regions, offered] = await Promise.all([
      enterpriseId === null ? undefined : findEnterprise(tx, enterpriseId), this.reference.regions(tx), this.matching.offered(tx),
    ]);
    const compared = isPerson ? Verification.PERSON : verificationOf(input.enterpriseName!, copy);
    const known = compared === Verification.VERIFIED ? copy : undefined;
    const today = localDate(new Date());
    const isAsked = source !== ApplicationSource.PLATFORM;
    const problems = [...inputProblems(input, known, today, regions), ...renewalProblems(input, localDate(takenAt), isAsked)];
    const isTried = this.config.SANDBOX && creditCode !== null && isForTrying(creditCode);
    return { enterpriseId, creditCode, known, offered, problems, verification: isTried ? Verification.VERIFIED : compared };
  }

  /** Whatever must be read is read first, so that all that is written travels as one statement, with the commit. */
  private async keep(tx: Tx, input: SubmitDemandInput, coming: Coming, checked: Omit<Checked, 'problems'>): Promise<Taken> {
    const submittedAt = new Date();
    const today = localDate(submittedAt);
    const { known, offered } = checked;
    const told = { ...factsOf(input, known), further: furtherFacts(input, known, today) };
    const found = this.matching.findAmong(offered, told, today);
    const { facts, catalogueVersion, rankingVersion } = found;
    const names = await bankNames(tx, found.items);
    const accessSecret = newSecret('demand');
    const demand = await this.demandOf(tx, input, coming, checked, { accessSecret, submittedAt });
    const application = this.applicationOf(input, coming, checked, demand);
    const sealed = await this.sealedOf(tx, input, demand, told);
    tx.insertLater(Application, Object.assign(application, { facts, catalogueVersion, rankingVersion }, sealed));
    tx.insertLater(Demand, demand);
    await addStep(tx, demand, TrailStepKind.SUBMITTED, { consentId: demand.consentId });
    this.matching.keep(tx, demand, found);
    await addStep(tx, demand, TrailStepKind.MATCHED);
    if (application.state === ApplicationState.UNVERIFIED) recheckLater(tx, this.due, application);
    countGroups(tx, input.specialGroups ?? [], today);
    await this.tell(tx, application, demand, coming.consent);
    if (input.platformConsent) await this.offers.agree(tx, application, agreedAt(application));
    await this.offers.offer(tx, application, demand);
    const { source, harborId } = coming;
    await audit(tx, { action: 'demand.submit', resource: 'demand', resourceId: demand.id, detail: { harborId, source, consentId: demand.consentId } });
    return { application, demand, accessSecret, matches: withNames(names, demand.id, found.items) };
  }

  private async demandOf(
    tx: Tx, input: SubmitDemandInput, { harborId, loanCodeId, source }: Coming, { enterpriseId, creditCode, known }: Omit<Checked, 'problems'>,
    { accessSecret, submittedAt }: { accessSecret: string; submittedAt: Date },
  ): Promise<Demand> {
    const facts = factsOf(input, known);
    const holder = { id: newId(), orgId: intakeId };
    return Object.assign(new Demand(), {
      ...holder, applicationId: holder.id, loanCodeId: loanCodeId ?? null, harborId: harborId ?? nobody, creditCode, version: 1,
      state: DemandState.SUBMITTED,
      source: DemandSource[source],
      // A natural person is none; the id stands for the person in this demand alone.
      enterpriseId: enterpriseId ?? newId(), enterpriseName: input.enterpriseName ?? null,
      kind: input.kind, amount: facts.amount, termMonths: input.termMonths, purpose: input.purpose, guaranteeTypes: input.guaranteeTypes,
      employees: input.employees ?? null, revenue: input.revenue ?? null, assets: input.assets ?? null,
      regionCode: facts.regionCode?.value ?? null, industryCode: facts.industryCode?.value ?? null,
      sizeClass: facts.sizeClass.value, establishedOn: facts.establishedOn?.value ?? null,
      greenChannel: isGreen(input),
      // A platform tells none: it knows whom to call.
      ...(input.contactPhone ? await this.disclosure.seal(tx, holder, { name: input.contactName, phone: input.contactPhone }) : noContact),
      consentId: newId(), consentWithdrawnAt: null,
      accessSecretHash: hashSecret(accessSecret), acceptOverdue: false, submittedAt,
    });
  }

  /** Under the key of the contact, so that who is erased is erased whole. Groups of whoever left no contact are not kept. */
  private async sealedOf(
    tx: Tx, { residentId }: SubmitDemandInput, { id, contactNameEncrypted: under }: Demand, told: Facts,
  ): Promise<Pick<Application, 'residentIdEncrypted' | 'personalFactsEncrypted'>> {
    const texts = { resident_id: residentId == null ? null : normaliseCode(residentId), personal_facts: under && personalTextOf(told) };
    const [sealed] = await this.personalData.seal(tx, 'applications', [{ id, organisationId: intakeId, texts, under }]);
    return { residentIdEncrypted: sealed.resident_id, personalFactsEncrypted: sealed.personal_facts };
  }

  private applicationOf(
    input: SubmitDemandInput, coming: Coming, { enterpriseId, verification }: Omit<Checked, 'problems'>, { id, accessSecretHash, submittedAt }: Demand,
  ): Application {
    return Object.assign(new Application(), {
      id, orgId: intakeId, version: 1, mode: RoutingMode.MATCH_FIRST, round: 1, facts: {},
      state: isVerified(verification) ? ApplicationState.SUBMITTED : ApplicationState.UNVERIFIED,
      applicantKind: input.applicantKind ?? applicantKindOf(input.creditCode), enterpriseId, verification, accessSecretHash,
      submittedAt, closedAt: null, reasonCode: null, reasonText: null, chosenProductIds: null,
      greenChannel: isGreen(input), relief: input.relief ?? false, jobs: input.jobs ?? null, maturesOn: input.maturesOn ?? null,
      documents: input.documents ?? [],
      source: coming.source, harborId: coming.harborId, loanCodeId: coming.loanCodeId ?? null, gridPlace: coming.gridPlace ?? null,
      ...notOffered,
      takenAt: coming.takenAt ?? null,
      clientRef: coming.clientRef ?? null, firstResponder: coming.firstResponder ?? null, responderOrgId: coming.responderOrgId ?? null,
    });
  }

  private async tell(
    tx: Tx, application: Application, { id, version, consentId }: Demand, elsewhere: Coming['consent'],
  ): Promise<void> {
    const { harborId } = application;
    if (harborId) {
      await this.publisher.publish(tx, 'demand.submitted', { organisationId: intakeId, aggregateId: id, version, payload: { demandId: id, harborId } });
    }
    const { textVersion, givenAt } = elsewhere ?? { textVersion: consentTextVersion, givenAt: agreedAt(application).toISOString() };
    await this.publisher.publish(tx, 'consent.given', {
      organisationId: intakeId, aggregateId: consentId, version: 1, payload: { consentId, demandId: id, textVersion, givenAt },
    });
  }
}

const notOffered = {
  platformConsentId: null, platformConsentAt: null, platformOfferId: null, platformSentAt: null, platformReceivedAt: null,
  platformRecalledAt: null, platformRecallReceivedAt: null,
};
/** When the applicant agreed: before whoever took it down, whenever that came in. */
const agreedAt = ({ takenAt, submittedAt }: Application): Date => takenAt ?? submittedAt;
const noContact = { contactNameEncrypted: null, contactPhoneEncrypted: null };

/** Whoever belongs to a special group goes through the green channel (H-112). */
const isGreen = ({ specialGroups }: SubmitDemandInput): boolean => (specialGroups?.length ?? 0) > 0;

/** Counted by day, and kept with the application sealed alone. In the order of their names, so that two at once do not block each other. */
function countGroups(tx: Tx, groups: readonly string[], day: string): void {
  if (groups.length === 0) return;
  tx.later(
    `insert into loan_matching.special_group_counts as c (day, special_group, count)
     select $1, special_group, count(*) from unnest($2::text[]) special_group group by special_group order by special_group
     on conflict (day, special_group) do update set count = c.count + excluded.count`, [day, groups]);
}
