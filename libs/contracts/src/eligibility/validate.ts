import { checkIndustryCode, sectionName } from '@finharbor/standards/industries';
import { type Region, regionOn } from '@finharbor/standards/regions';
import { normaliseCode } from '@finharbor/standards/text';
import type { FieldError } from '../errors.js';
import { eligibilityVersion, type EligibilityDocument, type FreeText } from './condition.js';
import { contradictions } from './contradictions.js';
import { scaled, unscaled } from './decimals.js';
import { type FactDefinition, factOf, facts, type Unit, unitFactor } from './facts.js';

/** How large a document may be: rules with everything within them, levels of nesting, values in a list, characters in a text. */
export const eligibilityLimits = { rules: 200, depth: 8, values: 200, text: 500, reported: 50 } as const;

export interface ValidationContext {
  /** ISO date on which regions must be in force. */
  today: string;
  /** Regions to lay over the built-in ones. */
  regions?: readonly Region[];
  /** Where the document lies in the input, written before each path. */
  path?: string;
}

type Plain = Record<string, unknown>;
const isPlain = (value: unknown): value is Plain => value !== null && typeof value === 'object' && !Array.isArray(value);

/**
 * Everything that is wrong with a document, by its JSON path (`rules.2.any.0.min`): what is not of the language, units and codes that
 * do not fit, limits, impossible ranges, and rules that no applicant could keep together. At most 50 problems. None: it is an
 * `EligibilityDocument`.
 */
export function eligibilityProblems(value: unknown, context: ValidationContext): FieldError[] {
  const walk = new Walk(context);
  const path = context.path ?? '';
  const at = (key: string): string => (path ? `${path}.${key}` : key);
  if (!isPlain(value)) return [problem(path, 'document', 'an eligibility is an object with v and rules')];
  for (const key of Object.keys(value)) if (key !== 'v' && key !== 'rules') walk.refuse(at(key), 'unknown', `${key} is nothing that an eligibility has`);
  if (value.v !== eligibilityVersion) walk.refuse(at('v'), 'version', `v must be ${eligibilityVersion}`);
  if (!Array.isArray(value.rules)) walk.refuse(at('rules'), 'list', 'rules must be a list');
  else if (countOf(value.rules) > eligibilityLimits.rules) {
    walk.refuse(at('rules'), 'limit', `an eligibility has at most ${eligibilityLimits.rules} rules, with everything within them`);
  } else value.rules.forEach((rule, index) => walk.condition(rule, at(`rules.${index}`), 1));
  if (walk.problems.length === 0) walk.problems.push(...contradictions((value as unknown as EligibilityDocument).rules, at('rules')));
  return walk.problems.slice(0, eligibilityLimits.reported);
}

const problem = (field: string, rule: string, message: string): FieldError => ({ field, rule, message });

/** How many conditions there are; stops counting soon after the limit. */
function countOf(conditions: readonly unknown[]): number {
  const left = [...conditions.slice(0, eligibilityLimits.rules + 1)];
  let count = 0;
  for (let one = left.pop(); left.length > 0 || one !== undefined; one = left.pop()) {
    if (++count > eligibilityLimits.rules) break;
    if (!isPlain(one)) continue;
    for (const part of [one.all, one.any].filter(Array.isArray)) left.push(...part.slice(0, eligibilityLimits.rules + 1));
    if (one.not !== undefined) left.push(one.not);
  }
  return count;
}

class Walk {
  readonly problems: FieldError[] = [];

  constructor(private readonly context: ValidationContext) {}

  refuse(field: string, rule: string, message: string): void {
    this.problems.push(problem(field, rule, message));
  }

  condition(value: unknown, path: string, depth: number): void {
    if (depth > eligibilityLimits.depth) return this.refuse(path, 'depth', `rules are nested at most ${eligibilityLimits.depth} deep`);
    if (!isPlain(value)) return this.refuse(path, 'condition', 'a rule is an object: a predicate, all, any, not or text');
    const forms = ['fact', 'text', 'all', 'any', 'not'].filter((form) => Object.hasOwn(value, form));
    if (forms.length !== 1) return this.refuse(path, 'condition', 'a rule has exactly one of fact, text, all, any and not');
    const [form] = forms;
    if (form === 'fact') return this.predicate(value, path);
    for (const key of Object.keys(value)) if (key !== form) this.refuse(`${path}.${key}`, 'unknown', `${key} does not stand beside ${form}`);
    if (form === 'text') return this.text(value as unknown as FreeText, `${path}.text`);
    if (form === 'not') return this.condition(value.not, `${path}.not`, depth + 1);
    const parts = value[form];
    if (!Array.isArray(parts) || parts.length === 0) return this.refuse(`${path}.${form}`, 'list', `${form} must be a list with something in it`);
    parts.forEach((part, index) => this.condition(part, `${path}.${form}.${index}`, depth + 1));
  }

  private text({ text }: { text: unknown }, path: string): void {
    if (typeof text !== 'string' || text.trim().length === 0 || text.length > eligibilityLimits.text) {
      return this.refuse(path, 'text', `a text has 1 to ${eligibilityLimits.text} characters`);
    }
    if (/<[a-z!/?]/i.test(text)) this.refuse(path, 'markup', 'a text is plain, without HTML');
  }

  private predicate(value: Plain, path: string): void {
    const fact = factOf(value.fact);
    if (!fact) return this.refuse(`${path}.fact`, 'fact', `there is no such fact; there are ${Object.keys(facts).join(', ')}`);
    const asks = { SCOPE: ['in'], CHOICE: ['in'], SET: ['has', 'hasAll'], QUANTITY: ['min', 'max', 'unit'] }[fact.kind];
    for (const key of Object.keys(value)) {
      if (key !== 'fact' && !asks.includes(key)) this.refuse(`${path}.${key}`, 'predicate', `${String(value.fact)} is asked with ${asks.join(', ')}`);
    }
    const given = asks.filter((key) => value[key] !== undefined);
    if (fact.kind === 'QUANTITY') return this.range(fact, value, path);
    if (given.length !== 1) return this.refuse(path, 'predicate', `${String(value.fact)} is asked with one of ${asks.join(', ')}`);
    this.values(fact, String(value.fact), value[given[0]], `${path}.${given[0]}`);
  }

  private values(fact: FactDefinition, name: string, values: unknown, path: string): void {
    if (!Array.isArray(values) || values.length === 0 || values.length > eligibilityLimits.values) {
      return this.refuse(path, 'list', `a list of 1 to ${eligibilityLimits.values} values is needed`);
    }
    if (new Set(values).size !== values.length) this.refuse(path, 'twice', 'nothing may be in the list twice');
    values.forEach((value: unknown, index) => {
      const wrong = typeof value === 'string' ? this.wrongValue(fact, name, value) : (['value', 'a value is text'] as const);
      if (wrong) this.refuse(`${path}.${index}`, ...wrong);
    });
  }

  private wrongValue(fact: FactDefinition, name: string, value: string): readonly [rule: string, message: string] | undefined {
    if (name === 'region') {
      return regionOn(value, this.context.today, this.context.regions) ? undefined : ['region', 'this is no region of today'];
    }
    if (name === 'industry') {
      const isKnown = sectionName(normaliseCode(value)) !== undefined || !checkIndustryCode(value).problem;
      return isKnown ? undefined : ['industry', 'this is no section or code of GB/T 4754-2017'];
    }
    const choices = 'choices' in fact ? fact.choices : undefined;
    if (choices) return choices.includes(value) ? undefined : ['choice', `this is none of ${choices.join(', ')}`];
    return /^[\p{L}\p{N} _-]{1,40}$/u.test(value) ? undefined : ['value', 'a tag has 1 to 40 letters and digits'];
  }

  private range(fact: Extract<FactDefinition, { kind: 'QUANTITY' }>, { min, max, unit }: Plain, path: string): void {
    if (min === undefined && max === undefined) this.refuse(path, 'range', 'min or max is needed');
    const factor = unitFactor(fact, unit);
    if (factor === undefined) this.refuse(`${path}.unit`, 'unit', `the unit must be one of ${Object.keys(fact.units).join(', ')}`);
    const [low, high] = [this.limit(min, `${path}.min`), this.limit(max, `${path}.max`)];
    if (factor === undefined) return;
    const [least, most] = [scaled(fact.least)!, scaled(fact.most)!].map((limit) => limit / BigInt(factor));
    const bounds = `${unscaled(least)} to ${unscaled(most)} ${unit as Unit}`;
    if (low !== undefined && low > most) this.refuse(`${path}.min`, 'impossible', `nobody reaches that: it lies in ${bounds}`);
    if (high !== undefined && high < least) this.refuse(`${path}.max`, 'impossible', `nobody is below that: it lies in ${bounds}`);
    if (low !== undefined && high !== undefined && low > high) this.refuse(`${path}.max`, 'range', 'max must not be less than min');
  }

  private limit(value: unknown, path: string): bigint | undefined {
    if (value === undefined) return undefined;
    const number = typeof value === 'string' ? scaled(value) : undefined;
    if (number === undefined) this.refuse(path, 'decimal', 'a limit is an exact decimal in a string, written like "500000.00"');
    return number;
  }
}
