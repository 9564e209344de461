import { notFound } from '@finharbor/contracts/errors';
import { ReferenceCopies } from '@finharbor/platform/copies/reference-copies';
import { Cursors } from '@finharbor/platform/http/cursors';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { mayRead } from '@finharbor/security/authorisation/policy';
import type { Caller } from '@finharbor/security/tokens/caller';
import { localDate } from '@finharbor/standards/working-days';
import { Injectable } from '@nestjs/common';
import { industriesAround, regionsAround } from '../eligibility/eligibility-rules.js';
import { bodiesOf } from './bodies.js';
import { compared, type Comparison } from './comparison.js';
import { ProductOrder, type ProductSearchQuery } from './product-search.inputs.js';
import { type FoundPage, RecentPages } from './recent-pages.js';
import { shelfPage } from './shelf-page.js';
import { Shelf } from './shelf.js';

interface Row {
  id: string;
  body: string | null;
}

/** Which page, in which order, and what is said of the state. */
interface Wanted {
  limit: number;
  position: string | undefined;
  order: ProductOrder;
  state: string;
}

/** By what a list is ordered: the key, whether it rises, and the type that a cursor's text is read as. */
const orders: Record<ProductOrder, { key: string; ascending: boolean; type: string }> = {
  NEWEST: { key: 'id', ascending: false, type: 'uuid' },
  RATE: { key: 'coalesce(annual_rate_min, 1000)', ascending: true, type: 'numeric' },
  AMOUNT: { key: 'coalesce(amount_max, 0)', ascending: false, type: 'numeric' },
  NAME: { key: 'name collate "C"', ascending: true, type: 'text' },
};

/**
 * Finds products on offer in the public snapshot, whose answers lie there as texts: words in the database, which has the index of them,
 * everything else on the shelf of the process.
 */
@Injectable()
export class ProductSearchService {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly cursors: Cursors,
    private readonly reference: ReferenceCopies,
    private readonly recent: RecentPages,
    private readonly shelf: Shelf,
  ) {}

  /**
   * A page of what serves the query, as the JSON text of `{items, nextCursor}`. A rule that a product does not state excludes nobody;
   * what is asked of its terms must be stated. An unknown region or industry is refused.
   */
  async find(caller: Caller, query: ProductSearchQuery): Promise<string | Buffer> {
    const { limit, cursor, order = ProductOrder.NEWEST, ...filter } = query;
    const scope = { list: 'published-products', organisationId: caller.organisationId, filter: { order, ...filter } };
    const position = cursor && this.cursors.open(cursor, scope);
    // What is on offer is PUBLISHED: said to those who know of other states.
    const state = mayRead(caller.role, 'Product', 'state') ? '"state":"PUBLISHED",' : '';
    const tail = (next: string | null): string => `],"nextCursor":${next === null ? 'null' : JSON.stringify(this.cursors.seal(next, scope))}}`;
    const shelved = filter.q === undefined ? await this.shelf.inOrder(order, caller) : undefined;
    if (shelved) {
      const [id, ...key] = position?.split(' ') ?? [];
      const { regionCode } = filter;
      const regions = regionCode === undefined ? undefined : await this.tenancy.run(caller, (tx) => this.regionsOf(tx, regionCode));
      const { offers, next } = shelfPage(shelved, filter, regions, { order, limit, after: id ? { id, key: key.join(' ') } : undefined });
      const [first, other] = [Buffer.from(`{"items":[${offers.length > 0 ? `{${state}` : ''}`), Buffer.from(`,{${state}`)];
      const items = offers.flatMap(({ body }, index) => (index === 0 ? [body] : [other, body]));
      return Buffer.concat([first, ...items, Buffer.from(tail(next))]);
    }
    const { items, next } = await this.recent.get(JSON.stringify([state, limit, position, scope.filter]),
      () => this.tenancy.run(caller, (tx) => this.read(tx, query, { limit, position, order, state })));
    return `{"items":[${items}${tail(next)}`;
  }

  /** One row whatever the page: making fifty of them costs more than finding them. */
  private async read(tx: Tx, query: ProductSearchQuery, { limit, position, order, state }: Wanted): Promise<FoundPage> {
    const { conditions, parameters } = await this.conditionsOf(tx, query);
    const { key, ascending, type } = orders[order];
    const [sign, direction] = ascending ? ['>', 'asc'] : ['<', 'desc'];
    if (position) {
      const [id, ...value] = position.split(' ');
      parameters.push(value.join(' '), id);
      conditions.push(`(${key}, id) ${sign} ($${parameters.length - 1}::${type}, $${parameters.length})`);
    }
    const found = `select id, body, ${key} as position, row_number() over (order by ${key} ${direction}, id ${direction}) as place
      from product_catalog.published_products where ${conditions.join(' and ')} order by ${key} ${direction}, id ${direction} limit ${limit + 1}`;
    const [page] = await tx.query<{ items: string | null; without: boolean; next: string | null }>(
      `with found as materialized (${found})
       select string_agg('{' || $${parameters.length + 1}::text || substr(body, 2), ',' order by place) filter (where place <= ${limit}) as items,
         coalesce(bool_or(body is null), false) as without,
         (select id || ' ' || position from found where place = ${limit} and exists (select from found where place > ${limit})) as next
       from found`, [...parameters, state]);
    if (!page.without) return { items: page.items ?? '', next: page.next };
    const rows = await tx.query<Row>(`select id, body from (${found}) found where place <= ${limit} order by place`, parameters);
    return { items: (await bodiesOf(tx, rows)).map((body) => `{${state}${body.slice(1)}`).join(','), next: page.next };
  }

  /** Products on offer side by side, field by field. NOT_FOUND where one of them is not on offer. */
  compare(caller: Caller, ids: readonly string[]): Promise<Comparison> {
    return this.tenancy.run(caller, async (tx) => {
      const rows = await tx.query<Row>(
        `select id, body from product_catalog.published_products where id = any($1) and state = 'PUBLISHED' order by array_position($1, id)`, [ids]);
      if (rows.length < ids.length) throw notFound('product');
      return compared((await bodiesOf(tx, rows)).map((body) => JSON.parse(body) as Record<string, unknown>));
    });
  }

  private async regionsOf(tx: Tx, code: string): Promise<string[]> {
    return regionsAround(code, localDate(new Date()), await this.reference.regions(tx));
  }

  private async conditionsOf(tx: Tx, query: ProductSearchQuery): Promise<{ conditions: string[]; parameters: unknown[] }> {
    const conditions = ["state = 'PUBLISHED'"];
    const parameters: unknown[] = [];
    const add = (condition: (place: string) => string, value: unknown): void => {
      if (value === undefined) return;
      parameters.push(value);
      conditions.push(condition(`$${parameters.length}`));
    };
    const { regionCode, industryCode, sizeClass, guaranteeType, amount, termMonths } = query;
    const regions = regionCode === undefined ? undefined : await this.regionsOf(tx, regionCode);
    const serves = { region_codes: regions, industry_codes: industryCode && industriesAround(industryCode), size_classes: sizeClass
      && [sizeClass], guarantee_types: guaranteeType && [guaranteeType] };
    for (const [column, values] of Object.entries(serves)) add((place) => `(${column} is null or ${column} && ${place}::text[])`, values || undefined);
    for (const [column, value] of Object.entries({ amount, term_months: termMonths })) {
      add((place) => `(${column}_min is null or ${column}_min <= ${place}::numeric) and (${column}_max is null or ${column}_max >= ${place}::numeric)`, value);
    }
    add((place) => `line = ${place}`, query.line);
    add((place) => `org_id = ${place}`, query.bankId);
    add((place) => `repayment_modes @> array[${place}]`, query.repaymentMode);
    add((place) => `terms ->> 'origin' = ${place}`, query.origin);
    for (const [name, value] of Object.entries({ purposes: query.purpose, specialGroups: query.specialGroup,
      monetaryTools: query.monetaryTool })) {
      add((place) => `terms -> '${name}' ? ${place}`, value);
    }
    for (const word of wordsOf(query.q)) {
      add((place) => `tokens @> ${place}::text[]`, pairsOf(word));
      // Pairs may all be there and yet not in a row.
      if ([...word].length > 2) add((place) => `position(${place} in search_text) > 0`, word);
    }
    return { conditions, parameters };
  }
}

/** As `search_text` is written: half-width, composed, lower case. */
const wordsOf = (text = ''): string[] => text.normalize('NFKC').toLowerCase().split(/\s+/).filter(Boolean);

/** Every two characters that follow each other; the character itself where it is alone. */
function pairsOf(word: string): string[] {
  const characters = [...word];
  return characters.length === 1 ? characters : [...new Set(characters.slice(1).map((character, index) => characters[index] + character))];
}
