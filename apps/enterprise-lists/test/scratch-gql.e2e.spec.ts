import { Story, listOf, csv, header } from './support.js';
it('x', async () => {
  const out = (...a: unknown[]) => process.stderr.write(`${a.map((x) => typeof x === 'string' ? x : JSON.stringify(x)).join(' ')}\n`);
  const story = await Story.begin();
  const { codes } = listOf(100_000);
  const scope = '销售：日用百货、化妆品、洗涤用品、厨房用具'.repeat(5);
  const text = csv(`${header},经营范围,注册日期,注册资金`, ...codes.map((code) => `万州测试企业${code.slice(-6)}有限公司,${code},${scope},2009-04-28,50(万)`));
  let peak = 0;
  const timer = setInterval(() => { peak = Math.max(peak, process.memoryUsage().rss); }, 50);
  for (const as of [story.department, story.otherDepartment]) {
    const before = process.memoryUsage().rss; peak = 0;
    const t = performance.now();
    const r = await story.upload(text, { as });
    out(r.status, r.body.acceptedCount, `${((performance.now() - t) / 1000).toFixed(1)} s`, 'rss', (before / 1e6).toFixed(0), 'peak', (peak / 1e6).toFixed(0), text.length);
    await story.approve(r.body.id);
    const t2 = performance.now();
    await story.dispatch(r.body.id);
    out('dispatch', ((performance.now() - t2) / 1000).toFixed(1), await story.app.database.query('select count(*) from enterprise_lists.referrals'));
    const t3 = performance.now();
    const c = await story.app.graphql(story.supervisor, 'query ($id: ID!) { pushList(id: $id) { dispatches { referralCount acknowledgedCount } } }', { id: r.body.id });
    out('counts', ((performance.now() - t3)).toFixed(0), 'ms', c);
  }
  clearInterval(timer);
  const t4 = performance.now();
  const page = await story.app.get(story.bank, '/v1/referrals?state=DELIVERED&limit=200');
  out('page', (performance.now() - t4).toFixed(0), 'ms', page.body.items.length);
  await story.app.close();
}, 300000);
