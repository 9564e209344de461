import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Story } from './support.js';

describe('real', () => {
  let story: Story;
  beforeAll(async () => { story = await Story.begin(); });
  afterAll(() => story.app.close());
  const data = '/work/shared/data';
  const out = (...a: unknown[]) => process.stderr.write(`${a.map((x) => typeof x === 'string' ? x : JSON.stringify(x)).join(' ')}\n`);

  it('real lists', async () => {
    const snapshot = async () => JSON.stringify(await story.app.database.query(`select id, credit_code, name, kind, entity_type, established_on::text, registered_capital, capital_currency, business_scope, province, district, region_code, address, size_class from enterprise_lists.enterprises order by id`));
    const gb = readFileSync(join(data, 'enterprises/wanzhou-sample-gb18030.csv'));
    const utf = Buffer.from(new TextDecoder('gb18030').decode(gb));
    for (const [name, body] of [['gb', gb], ['utf', utf], ['cq', readFileSync(join(data, 'enterprises/chongqing-sample-utf8.csv'))], ['cq again', readFileSync(join(data, 'enterprises/chongqing-sample-utf8.csv'))]] as const) {
      const t = performance.now();
      const { body: list, status } = await story.upload(body, { title: name });
      out(name, status, `${((performance.now() - t) / 1000).toFixed(2)} s`, list);
      const rejections = await story.all(story.department, `/v1/push-lists/${list.id}/rejections`);
      out(rejections.slice(0, 20));
      const snap = await snapshot();
      out('snapshot', snap.length, (globalThis as any).last === snap);
      (globalThis as any).last = snap;
      const v = await story.app.database.query(`select version, count(*) from enterprise_lists.enterprises group by 1`);
      out(v);
      if (name === 'cq' || name === 'gb') {
        await story.approve(list.id);
        const t2 = performance.now();
        await story.dispatch(list.id);
        out('dispatch to 2 banks', `${((performance.now() - t2) / 1000).toFixed(2)} s`, (await story.app.database.query('select count(*) from enterprise_lists.referrals'))[0]);
      }
    }
    out(await story.app.database.query(`select region_code, count(*) from enterprise_lists.enterprises group by 1 order by 2 desc`));
    out(await story.app.database.query(`select capital_band, count(*) from enterprise_lists.enterprises group by 1 order by 2 desc`));
    out(await story.app.database.query(`select entity_type, count(*) from enterprise_lists.enterprises group by 1 order by 2 desc limit 5`));
  }, 120000);

  it('nasty', async () => {
    for (const dir of ['nasty/csv-edge/csvs', 'nasty/csv-edge/sineemore/csv', 'nasty/gbk-real']) {
      for (const file of readdirSync(join(data, dir))) {
        const r = await story.upload(readFileSync(join(data, dir, file)), { title: 'nasty' });
        out(file, r.status, r.body.code, r.body.detail);
      }
    }
  }, 120000);
});
