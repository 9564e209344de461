import { startTestFleet, type TestFleet } from '@finharbor/testing/fleet';

describe('scratch', () => {
  let fleet: TestFleet;
  beforeAll(async () => {
    const t = Date.now();
    fleet = await startTestFleet({ demonstration: false });
    console.log('started', Date.now() - t);
    await fleet.loadDemonstration();
    console.log('demo', Date.now() - t);
    await fleet.settle();
    console.log('settled', Date.now() - t);
  }, 120_000);
  afterAll(() => fleet?.stop());
  it('x', async () => {
    const org = await fleet.client('bank').get('/v1/organisations');
    console.log(JSON.stringify(org).slice(0, 500));
    const t = Date.now();
    const c = fleet.client('bank');
    for (let i = 0; i < 50; i++) await c.get('/v1/demands');
    console.log('50 gets', Date.now() - t);
    const u = Date.now();
    for (let i = 0; i < 50; i++) await c.graphql('{ harbors { edges { node { id number demands { edges { node { id } } } } } } }');
    console.log('50 graphs', Date.now() - u);
  }, 60_000);
});
