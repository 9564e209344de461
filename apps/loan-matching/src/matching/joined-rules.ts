import type { Node } from './compiled.js';
import { type Answer, FAIL, OPEN, PASS } from './fact-table.js';

/** Ops of a rule that joins several. A question takes three words (op, table, place), a join its op, where it ends, and its parts. */
const [NEVER_TOLD, ASKED, ASKED_NOT, REACHED, NOT_ABOVE, EVERY, SOME, OTHERWISE] = [0, 1, 2, 3, 4, 5, 6, 7];

/** Finds the table and the place of a question within it. */
export type Locate = (node: Exclude<Node, 'OPEN'>) => { table: number; at: number };

/** Rules that join several, of all products, one behind the other in one array: they are asked product by product, many times. */
export class JoinedRules {
  private readonly code: Int32Array;
  /** Where the rules of each product begin, and behind the last one the end; and where each rule begins in the code. */
  private readonly starts: Int32Array;
  private readonly rules: Int32Array;

  constructor(ofProducts: readonly (readonly Node[])[], locate: Locate) {
    const code: number[] = [];
    const rules: number[] = [];
    this.starts = new Int32Array(ofProducts.length + 1);
    ofProducts.forEach((nodes, product) => {
      for (const node of nodes) {
        rules.push(code.length);
        write(node, code, locate);
      }
      this.starts[product + 1] = rules.length;
    });
    [this.code, this.rules] = [Int32Array.from(code), Int32Array.from(rules)];
  }

  /** FAIL where a rule of the product fails, else OPEN where one is open, else PASS. */
  outcome(product: number, answers: readonly Answer[]): number {
    let outcome = PASS;
    for (let rule = this.starts[product]; rule < this.starts[product + 1]; rule++) {
      const one = this.value(this.rules[rule], answers);
      if (one === FAIL) return FAIL;
      if (one === OPEN) outcome = OPEN;
    }
    return outcome;
  }

  /** How many rules of the product come out so. */
  count(product: number, answers: readonly Answer[], outcome: number): number {
    let count = 0;
    for (let rule = this.starts[product]; rule < this.starts[product + 1]; rule++) {
      count += Number(this.value(this.rules[rule], answers) === outcome);
    }
    return count;
  }

  private value(from: number, answers: readonly Answer[]): number {
    const { code } = this;
    const op = code[from];
    if (op >= EVERY) return this.join(op, from + 2, code[from + 1], answers);
    if (op === NEVER_TOLD) return OPEN;
    const answer = answers[code[from + 1]];
    const at = code[from + 2];
    if (op === ASKED) return answer.outcomes[at];
    if (op === ASKED_NOT) return PASS - answer.outcomes[at];
    if (answer.reached < 0) return OPEN;
    return (op === REACHED ? at < answer.reached : at >= answer.below) ? PASS : FAIL;
  }

  private join(op: number, first: number, end: number, answers: readonly Answer[]): number {
    if (op === OTHERWISE) return PASS - this.value(first, answers);
    const decisive = op === EVERY ? FAIL : PASS;
    let outcome = PASS - decisive;
    for (let part = first; part < end; part = this.code[part] >= EVERY ? this.code[part + 1] : part + 3) {
      const one = this.value(part, answers);
      if (one === decisive) return one;
      if (one === OPEN) outcome = OPEN;
    }
    return outcome;
  }
}

function write(node: Node, code: number[], locate: Locate): void {
  if (node === 'OPEN') code.push(NEVER_TOLD, 0, 0);
  else if ('limit' in node || 'literal' in node) {
    const { table, at } = locate(node);
    code.push('limit' in node ? (node.limit.end === 'min' ? REACHED : NOT_ABOVE) : node.literal.negated ? ASKED_NOT : ASKED, table, at);
  } else {
    const from = code.push('all' in node ? EVERY : 'any' in node ? SOME : OTHERWISE, 0) - 1;
    for (const part of partsOf(node)) write(part, code, locate);
    code[from] = code.length;
  }
}

export const partsOf = (node: Exclude<Node, 'OPEN'>): Node[] => ('all' in node ? node.all : 'any' in node ? node.any : 'not' in node ? [node.not] : []);
