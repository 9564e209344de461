import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newId } from '@finharbor/contracts/ids';
import { mayRead } from '@finharbor/security/authorisation/policy';
import { District } from './support/district.js';
import { along, found, GraphWalk } from './support/graph-walk.js';
import { type Holding, type Tag } from './support/holding.js';
import { comparable, done, each, type Party } from './support/party.js';
import { RedisWatch } from './support/redis-watch.js';
import { calls, documentedRoutes, oauth, routes } from './support/rest-calls.js';
import { call, idsListed, isAllowed, missing, targetsOf } from './support/rest-walk.js';
import { fingerprints, tablesWith } from './support/tables.js';

/** Both sides hold a record of every type. Whoever may not know one is told nothing: not by an answer, a count, an error or a name. */
describe('the walk', () => {
  let district: District;
  let redis: RedisWatch;
  let a: Holding;
  let b: Holding;
  const walk = new GraphWalk();

  beforeAll(async () => {
    district = await District.open();
    redis = await RedisWatch.begin(`{${district.fleet.database.name}}`);
    [a, b] = district.sides;
    await district.fill();
  }, 120_000);
  afterAll(async () => {
    redis?.end();
    await district?.fleet.stop();
  });

  it('x', () => {
    console.log(walk.types.join(' '), missing(newId()), routes.length);
    console.log(!!readdirSync, !!readFileSync, !!join, !!mayRead, !!along, !!found, !!comparable, !!done, !!each, !!calls, !!oauth, !!documentedRoutes, !!call, !!idsListed, !!isAllowed, !!targetsOf, !!fingerprints, !!tablesWith);
    console.log(a.ids.length, b.ids.length, {} as unknown as Party as never, {} as unknown as Tag as never);
  });
});
