import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { bodiesOf } from './bodies.js';
import { ProductOrder } from './product-search.inputs.js';

/** A product on offer, as far as it is searched by, and its answer as it goes out. */
export interface Offer {
  id: string;
  bankId: string;
  line: string;
  regionCodes: string[] | null;
  industryCodes: string[] | null;
  sizeClasses: string[] | null;
  guaranteeTypes: string[] | null;
  amountMin: number | null;
  amountMax: number | null;
  termMonthsMin: number | null;
  termMonthsMax: number | null;
  repaymentModes: string[] | null;
  origin: string | null;
  purposes: string[] | null;
  specialGroups: string[] | null;
  monetaryTools: string[] | null;
  /** What it is ordered by, as a cursor writes it. */
  rate: string;
  amount: string;
  name: Buffer;
  /** The JSON text of its answer, without the first brace. */
  body: Buffer;
}

/** A place behind which a page begins: the key of the order, and the id. */
export interface Place { key: string; id: string }

const columns = `id, org_id as "bankId", line, region_codes as "regionCodes", industry_codes as "industryCodes", size_classes as "sizeClasses",
  guarantee_types as "guaranteeTypes", amount_min::float8 as "amountMin", amount_max::float8 as "amountMax", term_months_min as "termMonthsMin",
  term_months_max as "termMonthsMax", repayment_modes as "repaymentModes", terms ->> 'origin' as origin, terms -> 'purposes' as purposes,
  terms -> 'specialGroups' as "specialGroups", terms -> 'monetaryTools' as "monetaryTools", coalesce(annual_rate_min, 1000)::text as rate,
  coalesce(amount_max, 0)::text as amount, name, body, state`;
type Row = Omit<Offer, 'name' | 'body'> & { name: string; body: string | null; state: string };

const freshMs = 1_000;
const slice = 1_000;
/** What a process keeps at most; where there is more on offer, every page is read from the database. */
const mostOffers = 20_000;
const mostBytes = 64 * 1_048_576;

/**
 * Everything on offer, in memory: the whole catalogue of a district is some megabytes, and a page of it is then put together without a
 * transaction. What changed is asked once a second, when somebody asks; a publication in this process is seen at once.
 */
@Injectable()
export class Shelf {
  private readonly offers = new Map<string, Offer>();
  private sorted = new Map<ProductOrder, Offer[]>();
  private bytes = 0;
  /** What older transactions wrote is known. */
  private seen?: string;
  private until = 0;
  private generation = 0;
  private refreshing?: Promise<void>;
  private isFull = false;

  constructor(private readonly tenancy: Tenancy) {}

  /** In the order, as it is now; undefined where there is more than a process keeps. */
  async inOrder(order: ProductOrder, caller: Caller): Promise<readonly Offer[] | undefined> {
    // Whoever asks while it is read waits for it, and once more where a publication committed meanwhile.
    for (let tries = 0; tries < 3 && !this.isFull && this.until <= Date.now(); tries++) {
      await (this.refreshing ??= this.refresh(caller).finally(() => { this.refreshing = undefined; }));
    }
    if (this.isFull) return undefined;
    let sorted = this.sorted.get(order);
    if (!sorted) this.sorted.set(order, sorted = [...this.offers.values()].sort((a, b) => compared(order, a, b)));
    return sorted;
  }

  /** Is read again before the next answer when the transaction has committed. */
  endWith(tx: Tx): void {
    tx.onCommit(() => {
      this.generation += 1;
      this.until = 0;
    });
  }

  private async refresh(caller: Caller): Promise<void> {
    const [{ generation }, until] = [this, Date.now() + freshMs];
    await this.tenancy.run(caller, (tx) => this.read(tx));
    // What was read while a publication committed may be older than it.
    if (generation === this.generation) this.until = until;
  }

  /** All of it at first, then what was written by transactions that were not over before. */
  private async read(tx: Tx): Promise<void> {
    const [{ xmin }] = await tx.query<{ xmin: string }>('select pg_snapshot_xmin(pg_current_snapshot())::text as xmin');
    if (this.seen !== undefined) {
      await this.take(tx, await tx.query<Row>(
        `select ${columns} from product_catalog.published_products
         where id in (select product_id from product_catalog.product_versions where transaction >= $1::xid8)`, [this.seen]));
    } else {
      for (let after = '00000000-0000-0000-0000-000000000000'; !this.isFull;) {
        const rows = await tx.query<Row>(
          `select ${columns} from product_catalog.published_products where state = 'PUBLISHED' and id > $1 order by id limit ${slice}`, [after]);
        await this.take(tx, rows);
        if (rows.length < slice) break;
        after = rows[slice - 1].id;
      }
    }
    this.seen = xmin;
  }

  private async take(tx: Tx, rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    const bodies = await bodiesOf(tx, rows);
    rows.forEach(({ state, name, body: _, ...row }, index) => {
      this.bytes -= this.offers.get(row.id)?.body.length ?? 0;
      if (state !== 'PUBLISHED') return void this.offers.delete(row.id);
      const offer: Offer = { ...row, name: Buffer.from(name), body: Buffer.from(bodies[index].slice(1)) };
      this.bytes += offer.body.length;
      this.offers.set(row.id, offer);
    });
    this.sorted = new Map();
    if (this.offers.size <= mostOffers && this.bytes <= mostBytes) return;
    this.isFull = true;
    this.offers.clear();
  }
}

/** As a cursor writes the place of an offer. */
export const keyOf = (order: ProductOrder, { id, rate, amount, name }: Offer): string =>
  (order === ProductOrder.RATE ? rate : order === ProductOrder.AMOUNT ? amount : order === ProductOrder.NAME ? name.toString() : id);

/** Where the offers behind a place begin. */
export function behind(order: ProductOrder, offers: readonly Offer[], { key, id }: Place): number {
  const place = { id, rate: key, amount: key, name: Buffer.from(key) } as Offer;
  let [low, high] = [0, offers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compared(order, offers[middle], place) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compared(order: ProductOrder, a: Offer, b: Offer): number {
  const ids = a.id < b.id ? -1 : Number(a.id > b.id);
  if (order === ProductOrder.RATE) return Number(a.rate) - Number(b.rate) || ids;
  if (order === ProductOrder.AMOUNT) return Number(b.amount) - Number(a.amount) || -ids;
  return order === ProductOrder.NAME ? Buffer.compare(a.name, b.name) || ids : -ids;
}
