import { mayRead } from '@finharbor/security/authorisation/policy';
import type { District } from './district.js';
import { roots } from './graph-calls.js';
import { graph, may, parsed, referenceProblems } from './graph-checks.js';
import { done, each, type Party } from './party.js';
import { type Route, routes } from './rest-calls.js';
import { callAndRepeat } from './replays.js';
import { call, isAllowed, targetsOf } from './rest-walk.js';

export const pairs = <T>(of: readonly T[], parties: readonly Party[]): [T, Party][] =>
  of.flatMap((one) => parties.map((party): [T, Party] => [one, party]));

/** Those who come with a token. */
export const insiders = ({ parties }: District): Party[] => parties.filter(({ role }) => role !== 'anonymous' && role !== 'applicant');

/**
 * Calls what is allowed about what is one’s own, each POST again by somebody else with the same key: the calls that succeeded,
 * and what went wrong.
 */
export async function callOwn(
  district: District, method: string, parties = district.parties,
): Promise<{ succeeded: Set<string>; problems: string[] }> {
  const [succeeded, problems] = [new Set<string>(), [] as string[]];
  for (const [route, party] of pairs(routes.filter((one) => one.method === method && !one.isList && !one.needs), parties)) {
    if (!isAllowed(route, party)) continue;
    for (const target of targetsOf(route, party, district).own) {
      // Whoever is anybody hears its own words again: they are a business's.
      const asking = party === district.anonymous ? target.of.business : party;
      const { answer: { status, text }, problems: repeated } = method === 'POST'
        ? await callAndRepeat(district, route, asking, target) : { answer: await call(route, asking, target), problems: [] };
      problems.push(...repeated);
      if (status < 300) succeeded.add(route.name);
      else if (method === 'GET' || status !== 409) problems.push(`${party.name} ${route.name}: ${status} ${text}`);
    }
  }
  return { succeeded, problems };
}

/** Every list as its readers may narrow it, and the page after the first. */
async function turnPages(route: Route, party: Party, district: District): Promise<void> {
  const path = route.path.replace('{id}', targetsOf(route, party, district).own[0]?.id);
  for (const filter of ['', ...route.filters]) {
    const asked = `${path}?limit=1${filter && `&${filter}`}`;
    const { nextCursor } = parsed((await party.ask(asked)).text) as { nextCursor?: string };
    if (nextCursor) await party.ask(`${asked}&cursor=${nextCursor}`);
  }
}

/**
 * Has somebody of each role do everything that is theirs, over REST, in the graph and by reference: all that services ask of
 * their databases.
 */
export async function exercise(district: District): Promise<void> {
  const [{ bank, department }] = district.sides;
  const tokens = [
    bank, district.staff[0], department, district.supervisor, district.dashboard,
    district.systemAdministrator, district.securityAdministrator, district.auditAdministrator,
  ];
  const parties = [...tokens, district.anonymous, district.applicants[0]];
  await callOwn(district, 'GET', parties);
  await each(pairs(routes.filter(({ isPaged }) => isPaged), parties), async ([route, party]) => {
    if (isAllowed(route, party)) await turnPages(route, party, district);
  });
  await each(pairs(graph.types, tokens), async ([type, party]) => {
    const path = graph.wayTo(type, may(party));
    if (path) done(await party.graph(`{ ${graph.along(path, graph.selection(type, may(party), 1))} }`));
  });
  await each(pairs(Object.entries(roots), tokens), async ([[root, subject], party]) => {
    if (!mayRead(party.role, 'Query', root)) return;
    const selected = graph.selection(graph.typeOf('Query', root), may(party), 1);
    if (graph.needsArguments('Query', root)) {
      for (const { id } of targetsOf(subject, party, district).own) done(await party.graph(`{ ${root}(id: "${id}") { ${selected} } }`));
      return;
    }
    if (!graph.isPaged(root)) return void done(await party.graph(`{ ${root} { ${selected} } }`));
    for (const filter of ['', ...graph.filtersOf('Query', root)]) {
      const { text } = await party.graph(`{ ${root}(first: 1${filter && `, ${filter}`}) { ${selected} pageInfo { endCursor } } }`);
      const after = /.*"endCursor":"([^"]+)"/.exec(text)?.[1]; // the last one is the list's own
      if (after) done(await party.graph(`{ ${root}(first: 1, after: "${after}"${filter && `, ${filter}`}) { ${selected} } }`));
    }
  });
  await referenceProblems(district);
  await callOwn(district, 'POST', parties);
  await district.fleet.settle();
}
