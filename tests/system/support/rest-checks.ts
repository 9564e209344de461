import type { District } from './district.js';
import { forgeries } from './forgeries.js';
import { pairs } from './exercise.js';
import { parsed } from './graph-checks.js';
import { comparable, each, type Party, told } from './party.js';
import { documentedRoutes, type Route, routes } from './rest-calls.js';
import { call, isAllowed, targetsOf } from './rest-walk.js';

const cursorOf = async (party: Party, asked: string): Promise<string | null> =>
  parsed((await party.ask(asked)).text).nextCursor as string | null;

const pathname = (asked: string): string => asked.split('?')[0];

/** Where a list goes on by a cursor that is not its own: of another list, another filter, another record, or made up. */
export async function cursorProblems(district: District): Promise<{ problems: string[]; asked: number }> {
  const problems: string[] = [];
  let asked = 0;
  const paged = routes.filter(({ isPaged }) => isPaged);
  const pathOf = (route: Route, party: Party, place = 0): string =>
    route.path.replace('{id}', targetsOf(route, party, district).own.at(place)?.id ?? '');
  const { supervisor, systemAdministrator, auditAdministrator, staff, sides: [{ bank }, { department }] } = district;
  for (const party of [supervisor, systemAdministrator, auditAdministrator, bank, staff[0], department]) {
    const cursors = new Map<string, string>();
    const lists = paged.filter((route) => isAllowed(route, party) && !(route.path.includes('{id}') && pathOf(route, party) === route.path.replace('{id}', ''))).flatMap((route) => {
      const [path, other] = [pathOf(route, party), pathOf(route, party, -1)];
      const paths = [...new Set([path, other, ...route.filters.slice(0, 3).map((filter) => `${path}?${filter}`)])];
      return paths.map((one) => `${one}${one.includes('?') ? '&' : '?'}limit=1`);
    });
    for (const list of lists) {
      const cursor = await cursorOf(party, list);
      if (cursor) cursors.set(list, cursor);
    }
    await each([...lists.entries()], async ([index, list]) => {
      const own = cursors.get(list);
      // Of the same list narrowed to something else, and of a few other lists.
      const near = [...cursors].filter(([name]) => name !== list && pathname(name) === pathname(list));
      const far = [...cursors].filter(([name]) => pathname(name) !== pathname(list)).filter((_, place) => (place + index) % 5 === 0);
      const answers = new Set<string>();
      for (const cursor of [...near, ...far].map(([, one]) => one).concat(own ? forgeries(own) : [])) answers.add(comparable(await party.ask(`${list}&cursor=${cursor}`), cursor));
      asked += answers.size;
      if (own && (await party.ask(`${list}&cursor=${own}`)).status !== 200) problems.push(`${party.name} ${list}: its own cursor is refused`);
      if (answers.size !== 1 || !/^400[\s\S]*CURSOR_INVALID/.test([...answers][0])) problems.push(`${party.name} ${list}: ${told(answers)}`);
    });
  }
  return { problems, asked };
}

/** What asks for the same in another way: conditions, a part, the head alone, methods that no route has. */
const manners: [name: string, asking: { method?: string; headers?: Record<string, string> }, wanted: RegExp][] = [
  ['any version', { headers: { 'if-none-match': '*' } }, /^404/],
  ['a version', { headers: { 'if-none-match': '"1"', 'if-modified-since': 'Wed, 21 Oct 2026 07:28:00 GMT' } }, /^404/],
  ['if there', { headers: { 'if-match': '*', 'if-range': '"1"', range: 'bytes=0-9' } }, /^404/],
  ['the head', { method: 'HEAD' }, /^404/],
  ...['PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method): [string, { method: string }, RegExp] => [method, { method }, /^(405|204)/]),
];

/** Where a record of another is told from none by another manner of asking, and answers that carry a version to ask by. */
export async function mannerProblems(district: District): Promise<string[]> {
  const problems: string[] = [];
  const reads = routes.filter(({ method, isTargeted }) => method === 'GET' && isTargeted);
  await each(pairs(reads, district.parties).filter(([route, party]) => isAllowed(route, party)), async ([route, party]) => {
    const { own, other, missing } = targetsOf(route, party, district);
    for (const [name, asking, wanted] of manners) {
      const answers = new Set<string>();
      for (const target of [...other, ...missing]) answers.add(comparable(await call(route, party, target, asking), target.id));
      const written = routes.find((one) => one.name === route.name.replace('GET', name));
      // All of a record that is put is looked at first; whoever may read it need not be one who writes.
      const meant = !written ? wanted : name === 'PUT' ? /^(40[034]|428)/ : isAllowed(written, party) ? /^(404|428)/ : /^403/;
      if (answers.size !== 1 || !meant.test([...answers][0])) problems.push(`${party.name} ${route.name} by ${name}: ${told(answers)}`);
    }
    for (const target of route.needs ? [] : own.slice(0, 1)) {
      const { status, headers } = await call(route, party, target, manners[0][1]);
      const versions = Object.keys(headers).filter((name) => /^(etag|last-modified|accept-ranges)$/.test(name));
      const isVersioned = route.isVersioned ?? ['PATCH', 'PUT'].some((change) => documentedRoutes.includes(route.name.replace('GET', change)));
      if (status !== 200 || versions.join() !== (isVersioned ? 'etag' : '')) problems.push(`${party.name} ${route.name}: ${status} ${versions.join()}`);
    }
  });
  return problems;
}
