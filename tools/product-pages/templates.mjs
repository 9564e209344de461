// @ts-check
/**
 * Filled templates of product pages: what somebody who read a page made executable of it, and which lines of the page stay text. The
 * pages themselves lie elsewhere: a template names its page by file and its texts by line, the title being line 0.
 */
import { readFileSync } from 'node:fs';
import { documentOf } from '@finharbor/contracts/eligibility/simple';
import { evaluateAll } from '@finharbor/contracts/eligibility/evaluate';

/**
 * @typedef {object} Case an applicant worked out by hand
 * @property {string} applicant
 * @property {import('@finharbor/contracts/eligibility/facts').KnownFacts} facts
 * @property {string} executable what the rules that execute come to
 * @property {string} verdict what all of them come to, texts included
 */
/**
 * @typedef {object} Template
 * @property {string} page name of the page's file
 * @property {string} externalId
 * @property {number[]} description lines @property {number[]} texts lines that only a person can judge @property {number[]} documents lines
 * @property {number} telephone line
 * @property {Record<string, any>} eligibility @property {any[]} rules @property {Record<string, any>} terms
 * @property {string[]} [repaymentModes]
 * @property {Case[]} cases
 */
/** @typedef {{ file: string, title: string, text: string, bank: string }} Page */

/** @returns {Template[]} */
export const templates = () => JSON.parse(readFileSync(new URL('templates.json', import.meta.url), 'utf8'));

/** The product of a page, as an item of a bulk upsert. @param {Template} template @param {Page} page */
export function itemOf(template, page) {
  const lines = page.text.split('\n');
  const at = (/** @type {number[]} */ numbers) => numbers.map((number) => lines[number]?.trim()).filter(Boolean);
  const documents = at(template.documents);
  return {
    externalId: template.externalId, name: page.title, description: at(template.description).join('\n'),
    eligibility: template.eligibility, eligibilityRules: documentOfTemplate(template, at(template.texts)),
    ...(template.repaymentModes && { repaymentModes: template.repaymentModes }),
    terms: {
      ...template.terms, ...(documents.length > 0 && { documents }),
      department: { name: page.bank, telephone: lines[template.telephone] },
    },
    publish: true,
  };
}

/** @param {Template} template @param {string[]} texts */
const documentOfTemplate = ({ rules }, texts) => ({ v: /** @type {const} */ (1), rules: [...rules, ...texts.map((text) => ({ text }))] });

/** Where the machine comes to another end than the hand. @param {Template} template @returns {string[]} */
export function disagreements(template) {
  const texts = template.texts.map((line) => `line ${line}`);
  const verdict = (/** @type {string[]} */ withTexts, /** @type {Case['facts']} */ facts) =>
    evaluateAll(documentOf(template.eligibility, documentOfTemplate(template, withTexts).rules), facts).verdict;
  return template.cases.flatMap(({ applicant, facts, executable, verdict: wanted }) => {
    const [machine, whole] = [verdict([], facts), verdict(texts, facts)];
    return machine === executable && whole === wanted ? [] : [`${template.page}: ${applicant}: ${executable} ${wanted} by hand, ${machine} ${whole} by machine`];
  });
}
