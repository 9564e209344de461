import type { EligibilityDocument } from '@finharbor/contracts/eligibility/condition';
import { documentOf } from '@finharbor/contracts/eligibility/simple';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';
import { compile } from './compiled.js';
import type { Eligibility } from './matching.js';
import { currentRanking, type OfferedProduct, RankedCatalogue, type Ranking } from './ranking.js';

export interface VersionedCatalogue {
  version: number;
  ranked: RankedCatalogue;
}

interface Change {
  version: string;
  productId: string;
  bankId: string | null;
  name: string | null;
  eligibility: Eligibility | EligibilityDocument | null;
  annualRateMin: string | null;
  onOffer: boolean;
}

/** So many products are compiled before others get their turn. */
const atOnce = 200;

/**
 * The products on offer, in memory. Each process has its own and asks for the number of the last change whenever it matches: only when
 * that rose does it read what changed. The number grows in the order of commits, so that the same number means the same products.
 */
@Injectable()
export class Catalogue {
  private current: VersionedCatalogue = { version: 0, ranked: new RankedCatalogue([]) };
  private readonly products = new Map<string, { version: number; product: OfferedProduct | null }>();

  /** The products on offer now. For the worker and for supervisors. */
  async now(tx: Tx): Promise<VersionedCatalogue> {
    const [{ version }] = await tx.query<{ version: string }>('select version from loan_matching.catalogue');
    if (Number(version) <= this.current.version) return this.current;
    const changes = await tx.query<Change>(
      `select catalogue_version as version, ${columns} from loan_matching.catalogue_changes
       where catalogue_version > $1 and catalogue_version <= $2 order by catalogue_version`, [this.current.version, version],
    );
    const changed: { change: Change; product: OfferedProduct | null }[] = [];
    for (const [index, change] of changes.entries()) {
      if (index % atOnce === atOnce - 1) await new Promise(setImmediate);
      changed.push({ change, product: productOf(change) });
    }
    // Another transaction may have read further meanwhile; what it took stays.
    if (Number(version) <= this.current.version) return this.current;
    for (const { change, product } of changed) {
      if ((this.products.get(change.productId)?.version ?? 0) >= Number(change.version)) continue;
      this.products.set(change.productId, { version: Number(change.version), product });
    }
    const onOffer = [...this.products.values()].flatMap(({ product }) => product ?? []);
    this.current = { version: Number(version), ranked: new RankedCatalogue(onOffer) };
    return this.current;
  }

  /** The products that were on offer at a version of the catalogue, in the order of a ranking. Read anew, as it is asked for rarely. */
  async at(tx: Tx, version: number, ranking: Ranking = currentRanking): Promise<VersionedCatalogue> {
    if (version === this.current.version && ranking === currentRanking) return this.current;
    const changes = await tx.query<Change>(
      `select distinct on (product_id) catalogue_version as version, ${columns} from loan_matching.catalogue_changes
       where catalogue_version <= $1 order by product_id, catalogue_version desc`, [version],
    );
    return { version, ranked: new RankedCatalogue(changes.flatMap((change) => productOf(change) ?? []), ranking) };
  }
}

const columns = `product_id as "productId", bank_id as "bankId", name, eligibility, annual_rate_min as "annualRateMin", on_offer as "onOffer"`;

/** Null for what is not on offer. */
function productOf({ productId, bankId, name, eligibility, annualRateMin, onOffer }: Change): OfferedProduct | null {
  if (!onOffer || bankId === null || name === null || eligibility === null) return null;
  const document = 'rules' in eligibility ? eligibility : documentOf(eligibility);
  return { productId, bankId, name, document, annualRateMin, compiled: compile(document) };
}
