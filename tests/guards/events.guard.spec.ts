import { catalogue } from '@finharbor/contracts/events/catalogue';
import { code, isSpec, planted, read, services, type Source, withoutComments } from './sources.js';

type Catalogue = Record<string, { producer: string; consumers: readonly string[] }>;

const handled = (text: string): string[] => [...withoutComments(text).matchAll(/@On(?:Batch)?\(\s*'([^']+)'/g)].map(([, name]) => name);

/** `publisher.publish(tx, 'event'`, or a method of the same file that takes `(tx, 'event'` there. */
const published = (text: string): string[] => [
  ...(/\bpublisher\.publish\(\s*tx,/.test(text) ? [...withoutComments(text).matchAll(/\b\w+\(\s*tx,\s*'([\w-]+\.[\w-]+)'/g)].map(([, name]) => name) : []),
  // Of thousands of rows at a time, in one statement.
  ...[...text.matchAll(/insert into \w+\.outbox [^']+'([\w-]+\.[\w-]+)'/g)].map(([, name]) => name),
];

/** The events that a service handles: in its own sources, and in the classes of the platform that it takes over (OrganisationCopies). */
function handlersOf(service: string, files: Source[]): string[] {
  const own = files.filter(({ path }) => path.startsWith(`apps/${service}/src/`) && !isSpec(path));
  const taken = new Set(own.flatMap(({ text }) => [...text.matchAll(/from '@finharbor\/(platform)\/([^']+)'/g)].map(([, lib, file]) => `libs/${lib}/src/${file}.ts`)));
  return [...own, ...files.filter(({ path }) => taken.has(path))].flatMap(({ text }) => handled(text));
}

/** Where catalogue, reference and sources disagree. */
function disagreements(events: Catalogue, reference: string, files: Source[]): string[] {
  const problems: string[] = [];
  for (const [name, { producer, consumers }] of Object.entries(events)) {
    if (!reference.includes(`\n## ${name}\n`)) problems.push(`${name} is not in docs/events.md`);
    if (!services.includes(producer)) problems.push(`${name} has an unknown producer ${producer}`);
    if (consumers.length === 0) problems.push(`${name} has no consumer`);
    for (const consumer of consumers) if (!services.includes(consumer)) problems.push(`${name} has an unknown consumer ${consumer}`);
  }
  for (const service of services) {
    const handlers = handlersOf(service, files);
    const sent = Object.keys(events).filter((name) => events[name].consumers.includes(service));
    for (const name of sent) {
      const count = handlers.filter((handler) => handler === name).length;
      if (count !== 1) problems.push(`${service} handles ${name} ${count} times`);
    }
    for (const name of new Set(handlers)) if (!sent.includes(name)) problems.push(`${service} handles ${name}, which is not sent to it`);
    const own = files.filter(({ path }) => path.startsWith(`apps/${service}/src/`) && !isSpec(path));
    const tells = new Set(own.flatMap(({ text }) => published(text)));
    for (const name of Object.keys(events)) {
      const produces = events[name].producer === service;
      if (produces && !tells.has(name)) problems.push(`${service} never publishes ${name}`);
      if (!produces && tells.has(name)) problems.push(`${service} publishes ${name}, which is ${events[name].producer}'s`);
    }
  }
  return problems;
}

describe('events', () => {
  const events = catalogue as unknown as Catalogue;
  const reference = read('docs/events.md');
  const files = code();

  it('are in the reference, published by their producer and handled exactly once by each consumer', () => {
    expect(disagreements(events, reference, files)).toEqual([]);
  });

  const harbor = 'harbor.registered';
  const inHarbors = (line: string): Source[] => planted(files, 'apps/harbors/src/planted.ts', `${line}\n`);
  it.each([
    ['an event missing in the reference', { ...events, 'x.done': events[harbor] }, reference, files, 'x.done is not in docs/events.md'],
    ['an unknown producer', { ...events, [harbor]: { ...events[harbor], producer: 'nobody' } }, reference, files, 'harbor.registered has an unknown producer nobody'],
    ['an unknown consumer', { ...events, [harbor]: { ...events[harbor], consumers: ['nobody'] } }, reference, files, 'harbor.registered has an unknown consumer nobody'],
    ['a consumer without a handler', { ...events, [harbor]: { ...events[harbor], consumers: ['product-catalog'] } }, reference, files, 'product-catalog handles harbor.registered 0 times'],
    ['two handlers', events, reference, inHarbors("@On('issue.closed')"), 'harbors handles issue.closed 2 times'],
    ['a handler too many', events, reference, inHarbors("@On('harbor.registered')"), 'harbors handles harbor.registered, which is not sent to it'],
    ['a producer that never publishes', events, reference, files.filter(({ path }) => path !== 'apps/harbors/src/harbors.service.ts'), 'harbors never publishes harbor.registered'],
    ['a foreign event published', events, reference, inHarbors("await this.publisher.publish(tx,\n  'issue.closed', {"), "harbors publishes issue.closed, which is feedback's"],
  ])('bites: %s', (_what, changed, document, tree, problem) => {
    expect(disagreements(changed, document, tree)).toContain(problem);
  });
});
