import type { FinHarborClient, GraphqlError } from '@finharbor/client/client';

interface HarborView {
  number: string;
  hostBank: { name: string } | null;
  demandTotal: number | null;
  demandCounts: { total: number } | null;
  issueCounts: { total: number } | null;
}

export interface Overview {
  harbors: { edges: { node: HarborView }[] } | null;
  pushLists: { edges: { node: { id: string } }[] } | null;
  demands: { edges: { node: { id: string } }[] } | null;
  issues: { edges: { node: { id: string } }[] } | null;
  organisations: { edges: { node: { id: string } }[] } | null;
  publishedProducts: { edges: { node: { id: string } }[] } | null;
}

/** One query to which every service has a part to say, at the root and inside what another one says. */
export const overview = (client: FinHarborClient): Promise<{ data: Overview; errors?: GraphqlError[] }> => client.graphql<Overview>(`{
  harbors(first: 3) { edges { node { number hostBank { name } demandTotal demandCounts { total } issueCounts { total } } } }
  pushLists(first: 1) { edges { node { id } } } demands(first: 1) { edges { node { id } } } issues(first: 1) { edges { node { id } } }
  organisations(first: 1) { edges { node { id } } } publishedProducts(first: 1) { edges { node { id } } } }`);

/** Which root fields and which fields inside harbors have something to show; `without` is left out inside harbors, and its root field. */
export function shownOf(data: Overview, without?: 'issueCounts' | 'demandCounts'): Record<string, boolean> {
  const hidden = without === 'issueCounts' ? 'issues' : without === 'demandCounts' ? 'demands' : undefined;
  const roots = Object.entries(data).map(([name, value]): [string, boolean] => [name, value !== null && name !== hidden]);
  const node = data.harbors?.edges[0]?.node;
  const inside = Object.entries(node ?? {}).map(([name, value]): [string, boolean] => [`harbors.${name}`, value !== null && name !== without]);
  return Object.fromEntries([...roots, ...inside]);
}

/** Whether nothing tells where the services are, or how the gateway speaks to them. */
export const withoutPlaces = (errors: unknown): boolean => !/127\.0\.0\.1|localhost|https?:|_entities|ECONN|UND_ERR|socket|:\d{4,5}\b|\bat .*:\d+:\d+/.test(JSON.stringify(errors));
