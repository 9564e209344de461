import type { Caller } from '@finharbor/security/tokens/caller';
import { callerOf, District } from './district.js';
import { banksOf } from './routing.js';

/* eslint-disable @typescript-eslint/no-explicit-any */
describe('demands of the green channel', () => {
  let district: District;
  let bank: Caller;
  /** As they came: 0 and 3 are of special groups. */
  const ids: string[] = [];
  beforeAll(async () => {
    district = await District.open();
    const [one] = await banksOf(district, 1);
    bank = one;
    for (const specialGroups of [['VETERAN'], undefined, undefined, ['REGISTERED_UNEMPLOYED'], undefined]) {
      const { id, applicant } = await district.submit({ specialGroups });
      await district.app.post(applicant, `/v1/demands/${id}/choice`, { productId: one.productId }).expect(201);
      ids.push(id);
    }
    await district.app.settle();
  });
  afterAll(() => district.app.close());

  const nth = (found: string[]): number[] => found.map((id) => ids.indexOf(id));
  const rest = async (caller: Caller, query: string): Promise<any> => (await district.app.get(caller, `/v1/demands?${query}`).expect(200)).body;
  /** All pages of a size, over REST. */
  const walk = async (caller: Caller, query: string, limit: number): Promise<number[]> => {
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const { items, nextCursor } = await rest(caller, `${query}&limit=${limit}${cursor && `&cursor=${cursor}`}`);
      seen.push(...items.map(({ id }: { id: string }) => id));
      if (!nextCursor) return nth(seen);
      cursor = nextCursor;
    }
  };

  it('come before all others where that is asked for, whatever the size of a page, to their bank and to supervisors', async () => {
    expect(await walk(bank, '', 200)).toEqual([4, 3, 2, 1, 0]);
    for (const caller of [bank, district.supervisor, district.dashboard]) {
      for (const limit of [1, 2, 3, 5, 200]) expect([limit, await walk(caller, 'greenFirst=true&state=ROUTED', limit)]).toEqual([limit, [3, 0, 4, 2, 1]]);
    }
    expect(await walk(bank, 'greenFirst=false', 2)).toEqual([4, 3, 2, 1, 0]);
    expect((await rest(callerOf('bank'), 'greenFirst=true')).items).toEqual([]);
  });

  it('are asked for alone, or the others', async () => {
    expect(await walk(bank, 'greenChannel=true', 1)).toEqual([3, 0]);
    expect(await walk(bank, 'greenChannel=false&greenFirst=true', 2)).toEqual([4, 2, 1]);
    expect(await walk(bank, 'greenChannel=true&greenFirst=true', 1)).toEqual([3, 0]);
    const refused = await district.app.get(bank, '/v1/demands?greenFirst=perhaps').expect(400);
    expect(refused.body.errors).toMatchObject([{ field: 'greenFirst' }]);
  });

  it('are told so in the graph too', async () => {
    const query = `query ($first: Int!, $after: String, $only: Boolean) { demands(greenFirst: true, greenChannel: $only, first: $first, after: $after) {
      edges { node { id greenChannel } cursor } pageInfo { hasNextPage endCursor } } }`;
    const { data } = await district.app.graphql(bank, query, { first: 3 });
    expect(nth(data.demands.edges.map(({ node }: any) => node.id))).toEqual([3, 0, 4]);
    expect(data.demands.edges.map(({ node }: any) => node.greenChannel)).toEqual([true, true, false]);
    // Each row has a cursor of its own: behind the first of the green ones, and behind the last of them.
    for (const [edge, behind] of [[0, [0, 4, 2]], [1, [4, 2, 1]], [2, [2, 1]]] as const) {
      const next = await district.app.graphql(bank, query, { first: 3, after: data.demands.edges[edge].cursor });
      expect(nth(next.data.demands.edges.map(({ node }: any) => node.id))).toEqual(behind);
    }
    const all = await district.app.graphql(bank, query, { first: 9, only: null });
    expect(nth(all.data.demands.edges.map(({ node }: any) => node.id))).toEqual([3, 0, 4, 2, 1]);
  });

  it('come first in the open pool, for every bank and in the graph', async () => {
    const pooled: string[] = [];
    for (const specialGroups of [undefined, ['DISABLED'], undefined]) {
      const { id, applicant } = await district.submit({ specialGroups });
      await district.app.post(applicant, `/v1/applications/${id}/routing`, { mode: 'OPEN_POOL' }).expect(201);
      pooled.push(id);
    }
    const entries = await district.app.database.query<{ id: string; application: string }>('select id, application_id as application from loan_matching.pool_entries');
    const placeOf = (id: string): number => pooled.indexOf(entries.find((entry) => entry.id === id)!.application);
    for (const [query, places] of [['', [2, 1, 0]], ['&greenFirst=true', [1, 2, 0]]] as const) {
      const seen: any[] = [];
      for (let cursor = ''; seen.length < 3;) {
        const { items, nextCursor } = (await district.app.get(bank, `/v1/pool-entries?limit=1${query}${cursor && `&cursor=${cursor}`}`).expect(200)).body;
        seen.push(...items);
        cursor = nextCursor;
      }
      expect(seen.map(({ id, greenChannel }) => [placeOf(id), greenChannel])).toEqual(places.map((place) => [place, place === 1]));
    }
    const { data } = await district.app.graphql(district.supervisor, '{ poolEntries(greenFirst: true) { edges { node { id greenChannel } } } }');
    expect(data.poolEntries.edges.map(({ node }: any) => placeOf(node.id))).toEqual([1, 2, 0]);
  });

  it('have cursors for nothing else', async () => {
    const { nextCursor } = await rest(bank, 'greenFirst=true&limit=1');
    for (const query of ['limit=1', 'greenFirst=true&greenChannel=true', 'greenFirst=true&state=ROUTED']) {
      expect((await district.app.get(bank, `/v1/demands?${query}&cursor=${nextCursor}`).expect(400)).body.code).toBe('CURSOR_INVALID');
    }
    expect((await district.app.get(callerOf('bank'), `/v1/demands?greenFirst=true&cursor=${nextCursor}`).expect(400)).body.code).toBe('CURSOR_INVALID');
  });
});
