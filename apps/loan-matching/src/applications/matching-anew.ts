import type { Tx } from '@finharbor/platform/tenancy/tx';
import { localDate } from '@finharbor/standards/working-days';
import { findEnterprise, type NamedCopy } from '../copies/copies.js';
import { change, findDemand } from '../demands/demand-access.js';
import type { Demand } from '../demands/demand.entity.js';
import { factsOf } from '../demands/facts.js';
import type { KeptFacts } from '../matching/kept-facts.js';
import { type Fact, type Facts, FactSource } from '../matching/matching.js';
import type { Matching } from '../matching/matching.service.js';
import { addStep } from '../trail/trail.js';
import { TrailStepKind } from '../trail/trail-step.entity.js';
import { changeApplication } from './application-access.js';
import type { Application } from './application.entity.js';

/**
 * Matches a locked application that was verified only now once more, with what the master holds: when it came in, that was not to be
 * used. Its demand, which no bank has yet, gets the same facts. Nothing where the master holds nothing.
 */
export async function matchAnew(tx: Tx, matching: Matching, application: Application): Promise<void> {
  if (!('facts' in application.facts) || !application.enterpriseId) return;
  const known = await findEnterprise(tx, application.enterpriseId);
  if (!known) return;
  const { facts: before } = await matching.factsOf(tx, application);
  const demand = await findDemand(tx, application.id, { lock: true });
  const found = await matching.find(tx, factsWith(known, before, application, demand), localDate(new Date()));
  // What was erased meanwhile is open now, and stays withheld.
  const facts: KeptFacts = { ...found.facts, withheld: (application.facts as KeptFacts).withheld };
  await changeApplication(tx, application, { facts, catalogueVersion: found.catalogueVersion, rankingVersion: found.rankingVersion });
  const { regionCode, industryCode, establishedOn, sizeClass } = found.facts.facts;
  await change(tx, demand, {
    regionCode: regionCode?.value ?? null, industryCode: industryCode?.value ?? null, establishedOn: establishedOn?.value ?? null,
    sizeClass: sizeClass.value,
  });
  await matching.keepAnew(tx, demand, found);
  await addStep(tx, demand, TrailStepKind.MATCHED);
}

/** The facts that there were, each by the master where it tells it. */
function factsWith(known: NamedCopy, before: Facts, { applicantKind }: Application, { employees, revenue, assets }: Demand): Facts {
  const { amount, termMonths, guaranteeTypes, regionCode, industryCode, establishedOn } = before;
  const own = {
    amount, termMonths, guaranteeTypes: [...guaranteeTypes], applicantKind, employees, revenue, assets,
    regionCode: statedOf(regionCode), industryCode: statedOf(industryCode), establishedOn: statedOf(establishedOn),
  };
  return { ...factsOf(own, known), further: { ...before.further, ...(known.tags && { tags: known.tags }) } };
}

const statedOf = (fact: Fact | null): string | undefined => (fact?.source === FactSource.APPLICANT ? fact.value : undefined);
