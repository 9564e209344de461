import { DomainError } from '@finharbor/contracts/errors';
import { enterpriseIdOf, newId } from '@finharbor/contracts/ids';
import { ReferenceCopies } from '@finharbor/platform/copies/reference-copies';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { hashSecret, newSecret } from '@finharbor/security/tokens/secrets';
import { normaliseCreditCode } from '@finharbor/standards/credit-code';
import { localDate } from '@finharbor/standards/working-days';
import { Injectable } from '@nestjs/common';
import { findEnterprise, offersOf } from '../copies/copies.js';
import { findOpenCode } from '../loan-codes/open-code.js';
import { keepMatches, matchesOf } from '../matching/matches.js';
import { matchAll } from '../matching/matching.js';
import { addStep } from '../trail/trail.js';
import { TrailStepKind } from '../trail/trail-step.entity.js';
import { Demand } from './demand.entity.js';
import type { SubmitDemandInput } from './demand.inputs.js';
import { consentTextVersion } from './consent-text.js';
import { DemandSource, DemandState, intakeId } from './demand-states.js';
import { Disclosure } from './disclosure.js';
import { factsOf, inputProblems } from './facts.js';
import { furtherFacts } from './further-facts.js';
import { SubmittedDemand } from './submitted-demand.js';

/** How a demand comes in: anybody who scanned a loan code submits one, and gets its matches at once. */
@Injectable()
export class SubmissionsService {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly publisher: Publisher,
    private readonly disclosure: Disclosure,
    private readonly reference: ReferenceCopies,
  ) {}

  /** Submits a demand through a loan code and matches it. Refused for an unknown code, a revoked one, and input that names what is not. */
  submit(caller: Caller, code: string, input: SubmitDemandInput): Promise<SubmittedDemand> {
    return this.tenancy.asWorker('submission', caller, async (tx) => {
      const { id: loanCodeId, harborId } = await findOpenCode(tx, code);
      const today = localDate(new Date());
      const creditCode = normaliseCreditCode(input.creditCode);
      const enterpriseId = enterpriseIdOf(creditCode);
      const known = await findEnterprise(tx, enterpriseId);
      const problems = inputProblems(input, known, today, await this.reference.regions(tx));
      if (problems.length > 0) throw new DomainError('VALIDATION_FAILED', undefined, problems);
      const facts = factsOf(input, known);
      const accessSecret = newSecret('demand');
      const holder = { id: newId(), orgId: intakeId };
      const demand = tx.manager.create(Demand, {
        ...holder, loanCodeId, harborId, enterpriseId, creditCode, version: 1, state: DemandState.SUBMITTED, source: DemandSource.LOAN_CODE,
        kind: input.kind, amount: facts.amount, termMonths: input.termMonths, purpose: input.purpose, guaranteeTypes: input.guaranteeTypes,
        enterpriseName: input.enterpriseName,
        employees: input.employees ?? null, revenue: input.revenue ?? null, assets: input.assets ?? null,
        regionCode: facts.regionCode?.value ?? null, industryCode: facts.industryCode?.value ?? null,
        sizeClass: facts.sizeClass.value, establishedOn: facts.establishedOn?.value ?? null,
        ...await this.disclosure.seal(tx, holder, { name: input.contactName, phone: input.contactPhone }),
        consentId: newId(), consentWithdrawnAt: null,
        accessSecretHash: hashSecret(accessSecret), acceptOverdue: false, submittedAt: new Date(),
      });
      await tx.manager.insert(Demand, demand);
      await addStep(tx, demand, TrailStepKind.SUBMITTED, { consentId: demand.consentId });
      await keepMatches(tx, demand, matchAll(await offersOf(tx), { ...facts, further: furtherFacts(input) }, today));
      await addStep(tx, demand, TrailStepKind.MATCHED);
      await this.publisher.publish(tx, 'demand.submitted', {
        organisationId: intakeId, aggregateId: demand.id, version: demand.version, payload: { demandId: demand.id, harborId },
      });
      await this.publisher.publish(tx, 'consent.given', {
        organisationId: intakeId, aggregateId: demand.consentId, version: 1,
        payload: {
          consentId: demand.consentId, demandId: demand.id, textVersion: consentTextVersion, givenAt: demand.submittedAt.toISOString(),
        },
      });
      await audit(tx, { action: 'demand.submit', resource: 'demand', resourceId: demand.id, detail: { harborId, consentId: demand.consentId } });
      return Object.assign(new SubmittedDemand(), {
        demand: await this.disclosure.showOne(tx, demand), accessSecret, matches: await matchesOf(tx, [demand.id]),
      });
    });
  }
}
