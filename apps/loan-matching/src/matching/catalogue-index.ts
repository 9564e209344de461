import type { FactName, KnownFacts } from '@finharbor/contracts/eligibility/facts';
import { type Bits, Counter, nextBit, noBits, setBit } from './bits.js';
import type { Compiled, Node } from './compiled.js';
import { type Answer, FactTable, FAIL, OPEN, PASS } from './fact-table.js';
import { JoinedRules, partsOf } from './joined-rules.js';

/** Which products an applicant fails, which stay open, and which it passes. */
export interface Verdicts {
  fail: Bits;
  open: Bits;
  pass: Bits;
  /** How many questions of a product that does not fail stay open: facts, joined rules and texts, each once. */
  openQuestions: () => Counter;
  /** How many questions of a product fail. */
  failedQuestions: () => Counter;
}

/**
 * Answers for each of many products whether an applicant keeps its rules, without looking at them one by one: every question that any
 * product asks is answered once, and answers are sets of products. Only rules that join several are looked at for each product that did
 * not fail before. A product is its place in the list that the index is built from.
 */
export class CatalogueIndex {
  readonly size: number;
  private readonly tables: FactTable[] = [];
  private readonly places = new Map<FactName, number>();
  private readonly withJoined: Bits;
  private readonly joined: JoinedRules;
  private readonly withTexts: Bits;
  private readonly texts: Counter;

  constructor(products: readonly Compiled[]) {
    const size = this.size = products.length;
    [this.withJoined, this.withTexts, this.texts] = [noBits(size), noBits(size), new Counter(size)];
    products.forEach(({ limits, literals, compounds, open }, product) => {
      for (const limit of limits) this.tables[this.placeOf(limit.fact)].addLimit(limit, product);
      for (const literal of literals) this.tables[this.placeOf(literal.fact)].addLiteral(literal, product);
      for (const node of compounds) this.know(node);
      if (compounds.length > 0) setBit(this.withJoined, product);
      if (open > 0) setBit(this.withTexts, product);
      for (let text = 0; text < open; text++) this.texts.addOne(product);
    });
    for (const table of this.tables) table.close();
    this.joined = new JoinedRules(products.map(({ compounds }) => compounds), (node) => this.locate(node));
  }

  judge(known: KnownFacts): Verdicts {
    const { size, joined } = this;
    const [fail, open, pass] = [noBits(size), this.withTexts.slice(), noBits(size)];
    const answers = this.tables.map((table) => table.answer(known[table.fact]));
    this.tables.forEach((table, place) => {
      table.addFailing(answers[place], fail);
      table.addOpen(answers[place], open);
    });
    const joining = within(this.withJoined, fail, false);
    for (let product = nextBit(joining, 0, size); product >= 0; product = nextBit(joining, product + 1, size)) {
      const outcome = joined.outcome(product, answers);
      if (outcome !== PASS) setBit(outcome === FAIL ? fail : open, product);
    }
    for (let word = 0; word < pass.length; word++) {
      open[word] &= ~fail[word];
      pass[word] = ~(fail[word] | open[word]);
    }
    if (size % 32) pass[pass.length - 1] &= (1 << size % 32) - 1;
    return {
      fail, open, pass,
      openQuestions: () => this.count(answers, OPEN, open, new Counter(size, this.texts)),
      failedQuestions: () => this.count(answers, FAIL, fail, new Counter(size)),
    };
  }

  private count(answers: readonly Answer[], outcome: number, among: Bits, counter: Counter): Counter {
    this.tables.forEach((table, place) => {
      if (outcome === OPEN && !table.isOpen(answers[place])) return;
      const products = noBits(this.size);
      if (outcome === OPEN) table.addOpen(answers[place], products);
      else table.addFailing(answers[place], products);
      counter.add(products);
    });
    const joining = within(this.withJoined, among, true);
    for (let product = nextBit(joining, 0, this.size); product >= 0; product = nextBit(joining, product + 1, this.size)) {
      for (let count = this.joined.count(product, answers, outcome); count > 0; count--) counter.addOne(product);
    }
    return counter;
  }

  private placeOf(fact: FactName): number {
    const place = this.places.get(fact) ?? this.tables.push(new FactTable(fact, this.size)) - 1;
    this.places.set(fact, place);
    return place;
  }

  private know(node: Node): void {
    if (node === 'OPEN') return;
    if ('limit' in node) this.tables[this.placeOf(node.limit.fact)].knowLimit(node.limit);
    else if ('literal' in node) this.tables[this.placeOf(node.literal.fact)].knowLiteral(node.literal);
    else for (const part of partsOf(node)) this.know(part);
  }

  private locate(node: Exclude<Node, 'OPEN'>): { table: number; at: number } {
    if ('limit' in node) {
      const table = this.placeOf(node.limit.fact);
      return { table, at: this.tables[table].rankOf(node.limit) };
    }
    if (!('literal' in node)) throw new Error('A join has no place.');
    const table = this.placeOf(node.literal.fact);
    return { table, at: this.tables[table].knowLiteral(node.literal) };
  }
}

/** Those of a set that are in another one, or are not. */
function within(bits: Bits, others: Bits, wanted: boolean): Bits {
  const found = bits.slice();
  for (let word = 0; word < found.length; word++) found[word] &= wanted ? others[word] : ~others[word];
  return found;
}
