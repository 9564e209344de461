import { PersonalData } from '@finharbor/platform/personal-data/personal-data';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';
import type { Application } from '../applications/application.entity.js';
import { Catalogue, type VersionedCatalogue } from './catalogue.js';
import { explain, type ExplainedMatch, type ExplainedPage, explainedPage, type MatchedWith, type Need } from './explained.js';
import { type KeptFacts, wholeFacts } from './kept-facts.js';
import { keepRanked } from './matches.js';
import { type Facts, knownFacts, MatchOutcome } from './matching.js';
import { type PageOptions, type RankedProduct, rankings } from './ranking.js';

/** So many matches of a demand are kept with their reasons; further ones are made again when somebody asks for them. */
export const keptMatches = 50;

/** An application, with what it was matched with. */
type Matched = Pick<Application, 'id' | 'orgId' | 'facts' | 'personalFactsEncrypted'>;

const fitting = [MatchOutcome.PASS, MatchOutcome.UNKNOWN];

/** Matches needs with products. For transactions of the worker and of supervisors. */
@Injectable()
export class Matching {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly personalData: PersonalData,
  ) {}

  /** The products on offer now. */
  offered(tx: Tx): Promise<VersionedCatalogue> {
    return this.catalogue.now(tx);
  }

  /** The first matches of a demand that is coming in, and with what they were found: that is kept with its application. */
  findAmong(offered: VersionedCatalogue, facts: Facts, day: string): ExplainedPage {
    return explainedPage(offered, { facts, day }, { limit: keptMatches });
  }

  /** The first matches of a demand that is there. */
  find(tx: Tx, facts: Facts, day: string): Promise<ExplainedPage> {
    return this.page(tx, { facts, day }, { limit: keptMatches });
  }

  /** All that an application was matched with. What was erased meanwhile, or never kept, is withheld. */
  async factsOf(tx: Tx, { id, orgId, facts, personalFactsEncrypted }: Matched): Promise<KeptFacts> {
    const row = { id, organisationId: orgId, sealed: { personal_facts: personalFactsEncrypted } };
    const [{ personal_facts: text }] = await this.personalData.open(tx, 'applications', [row]);
    return wholeFacts(facts as KeptFacts, text);
  }

  /** Keeps them with the demand. */
  keep(tx: Tx, demand: { id: string; orgId: string }, { items, facts: { day } }: ExplainedPage): void {
    keepRanked(tx, demand, items, day);
  }

  /** Keeps them with a demand that lies with the intake, instead of those that it had. */
  async keepAnew(tx: Tx, demand: { id: string; orgId: string }, found: ExplainedPage): Promise<void> {
    await tx.query('delete from loan_matching.matches where org_id = $1 and demand_id = $2', [demand.orgId, demand.id]);
    this.keep(tx, demand, found);
  }

  /** A page of the matches of now. */
  async page(tx: Tx, need: Need, options: PageOptions): Promise<ExplainedPage> {
    return explainedPage(await this.catalogue.now(tx), need, options);
  }

  /** A page of the answer as it was given with that version of the catalogue and by that ranking. */
  async again(tx: Tx, { catalogueVersion, rankingVersion, facts }: MatchedWith, options: PageOptions): Promise<ExplainedPage> {
    const ranking = rankings.find(({ version }) => version === rankingVersion);
    if (!ranking) throw new Error(`There is no ranking ${rankingVersion}.`);
    return explainedPage(await this.catalogue.at(tx, Number(catalogueVersion), ranking), facts, options);
  }

  /** The best products on offer now that fit an application or may fit, one of each bank. */
  async fitting(
    tx: Tx, application: Matched, { exceptBanks, limit }: { exceptBanks: readonly string[]; limit: number },
  ): Promise<ExplainedMatch[]> {
    const passed = new Set(exceptBanks);
    return this.chosen(tx, application, fitting, limit, ({ product: { bankId } }) => !passed.has(bankId) && passed.add(bankId).size > 0);
  }

  /** One product beside an application; undefined where it is not on offer now. */
  async matchOne(tx: Tx, application: Matched, productId: string): Promise<ExplainedMatch | undefined> {
    return (await this.chosen(tx, application, undefined, 1, ({ product }) => product.productId === productId))[0];
  }

  private async chosen(
    tx: Tx, application: Matched, verdicts: MatchOutcome[] | undefined, limit: number, is: (match: RankedProduct) => boolean,
  ): Promise<ExplainedMatch[]> {
    const [{ ranked }, need] = await Promise.all([this.catalogue.now(tx), this.factsOf(tx, application)]);
    const { items, seed } = ranked.page(knownFacts(need.facts, need.day), { limit: ranked.products.length, ...(verdicts && { verdicts }) });
    return explain(ranked, items.filter(is).slice(0, limit), seed, need);
  }
}
