import { newId } from '@finharbor/contracts/ids';
import { csv, header, listOf, newCreditCode, recommendable, Story } from './support.js';
import { criteria, type Gap, Review, vouch } from './review.support.js';

describe('the review of a list', () => {
  let story: Story;
  let review: Review;
  beforeAll(async () => {
    story = await Story.begin();
    review = new Review(story);
  });
  afterAll(() => story.app.close());

  it('recommends no row until all eight criteria are met, with evidence, author and date, and says what each lacks', async () => {
    const id = await review.push(listOf(3).text);
    const [first] = await review.rows(id);
    expect(await review.recommend(id)).toMatchObject([0, 3, [{ row: 2, outsideReason: null, gaps: criteria.map((criterion) => ({ criterion, kind: 'MISSING' })) }, {}, {}]]);
    expect(await review.assert(id, [vouch(criteria.slice(0, 7))])).toBe(3);
    expect(await review.assert(id, [vouch(['LAWFUL_PURPOSE'], false)], { entryIds: [first.id] })).toBe(1);
    const kinds = (gaps: Gap[]): string[] => gaps.map((row) => row.gaps.map(({ criterion, kind }) => `${criterion} ${kind}`).join());
    const [, , lacking] = await review.recommend(id);
    expect(kinds(lacking)).toEqual(['LAWFUL_PURPOSE UNMET', 'LAWFUL_PURPOSE MISSING', 'LAWFUL_PURPOSE MISSING']);
    await review.assert(id, [vouch(['LAWFUL_PURPOSE'])], { filter: { fromRow: 3, toRow: 3 } });
    expect(await review.recommend(id)).toMatchObject([1, 2, [{ row: 2 }, { row: 4 }]]);
    expect(await review.states(id)).toEqual(['PENDING', 'RECOMMENDED', 'PENDING']);
    expect((await story.app.get(story.department, `/v1/push-lists/${id}`).expect(200)).body.recommendedCount).toBe(1);
  });

  it.each(criteria)('needs %s', async (missing) => {
    const id = await review.push(listOf(1).text);
    await review.assert(id, [vouch(criteria.filter((criterion) => criterion !== missing))]);
    expect(await review.recommend(id)).toMatchObject([0, 1, [{ gaps: [{ criterion: missing, kind: 'MISSING' }] }]]);
    await review.assert(id, [vouch([missing])]);
    expect((await review.recommend(id)).slice(0, 2)).toEqual([1, 0]);
  });

  it('takes the row’s own columns for what nobody entered, but not without evidence', async () => {
    const complete = recommendable(2);
    const [head, whole, bare] = complete.text.trim().split('\n');
    const id = await review.push(csv(head, whole, bare.replace(/[^,]*$/, '')));
    const [recommended, gapCount, gaps] = await review.recommend(id);
    expect([recommended, gapCount, gaps[0].gaps]).toEqual([1, 1, criteria.map((criterion) => ({ criterion, kind: 'EVIDENCE' }))]);
    const [row] = await review.rows(id);
    const { items } = (await story.app.get(story.department, `/v1/list-entries/${row.id}/assertions`).expect(200)).body as { items: Record<string, unknown>[] };
    expect(items.map(({ criterion }) => criterion)).toEqual(criteria);
    expect(items[0]).toEqual({ criterion: 'GOOD_PROSPECTS', met: true, evidence: '走访记录', author: '经济信息委', assertedOn: expect.stringMatching(/^20\d\d-/), isEntered: false });
    await story.app.get(story.otherDepartment, `/v1/list-entries/${row.id}/assertions`).expect(404);
  });

  it('counts alike when it is tried out, and then does nothing', async () => {
    const id = await review.push(recommendable(3).text);
    const [row] = await review.rows(id);
    expect(await review.assert(id, [vouch(['SOUND_CREDIT'], false)], { entryIds: [row.id], dryRun: true })).toBe(1);
    expect((await review.recommend(id, { dryRun: true })).slice(0, 2)).toEqual([3, 0]);
    expect((await review.mutate('returnListEntries', { id, reason: '请核对', dryRun: true }, 'entryCount isDryRun')).data).toEqual({ entryCount: 3, isDryRun: true });
    expect(await review.states(id)).toEqual(['PENDING', 'PENDING', 'PENDING']);
    expect((await review.recommend(id, { filter: { fromRow: 3 } })).slice(0, 2)).toEqual([2, 0]);
  });

  it('never recommends an enterprise outside the programme, whatever is vouched for', async () => {
    const { text, codes } = recommendable(2);
    const id = await review.push(text);
    await story.app.database.query(`update enterprise_lists.enterprises set outside_reason = 'LARGE' where credit_code = $1`, [codes[0]]);
    await review.assert(id, [vouch()]);
    expect(await review.recommend(id)).toMatchObject([1, 1, [{ row: 2, outsideReason: 'LARGE', gaps: [] }]]);
    const { data } = await review.mutate('approvePushList', { id }, 'state recommendedCount');
    expect(data).toEqual({ state: 'APPROVED', recommendedCount: 1 });
    expect((await review.rows(id))[0]).toMatchObject({ state: 'NOT_RECOMMENDED', stateReason: '审核结束时未获推荐，尚缺：不适用本机制' });
  });

  it('is got past by no statement: not by the service’s roles, not for an enterprise outside, not by a new row', async () => {
    const id = await review.push(listOf(1).text);
    const [{ id: entryId }] = await review.rows(id);
    const department = story.department.organisationId!;
    const recommended = (as: 'supervisor' | 'worker'): Promise<unknown> =>
      review.as(as, null, `update enterprise_lists.list_entries set state = 'RECOMMENDED' where id = $1 returning state`, [entryId]);
    for (const role of ['supervisor', 'worker'] as const) await expect(recommended(role)).rejects.toThrow(/lacks .*GOOD_PROSPECTS:MISSING/);
    await expect(review.as('app', department, `update enterprise_lists.list_entries set state = 'RECOMMENDED' where id = $1`, [entryId])).rejects.toThrow('may only withdraw');
    await expect(review.as('app', department, `update enterprise_lists.push_lists set state = 'APPROVED' where id = $1`, [id])).rejects.toThrow('may only withdraw');
    await expect(review.as('supervisor', null, `update enterprise_lists.list_entries set good_prospects = true where id = $1`, [entryId])).rejects.toThrow('permission denied');
    await expect(review.as('worker', null, `insert into enterprise_lists.list_entries (id, org_id, push_list_id, row_number, enterprise_id, credit_code, name, state)
      select gen_random_uuid(), org_id, push_list_id, 99, enterprise_id, credit_code, name, 'RECOMMENDED' from enterprise_lists.list_entries where id = $1`, [entryId]))
      .rejects.toThrow('cannot become RECOMMENDED');
    await review.assert(id, [vouch()]);
    await story.app.database.query(`update enterprise_lists.enterprises m set outside_reason = 'BRANCH' from enterprise_lists.list_entries e where e.id = $1 and m.id = e.enterprise_id`, [entryId]);
    await expect(recommended('supervisor')).rejects.toThrow(/lacks .*OUTSIDE:BRANCH/);
    await story.app.database.query(`update enterprise_lists.enterprises m set outside_reason = null from enterprise_lists.list_entries e where e.id = $1 and m.id = e.enterprise_id`, [entryId]);
    expect(await recommended('supervisor')).toEqual([{ state: 'RECOMMENDED' }]);
  });

  it('closes with what is recommended; the others keep their reason, or say what they lack', async () => {
    const { text } = recommendable(3);
    const id = await review.push(csv(text.trim(), `万州无据公司,${newCreditCode()}${',是'.repeat(3)},否${',是'.repeat(4)},走访记录`));
    const rows = await review.rows(id);
    await review.recommend(id);
    expect((await review.mutate('returnListEntries', { id, entryIds: [rows[1].id], reason: '租赁合同已到期' }, 'entryCount')).data).toEqual({ entryCount: 1 });
    expect((await review.mutate('approvePushList', { id }, 'state recommendedCount')).data).toEqual({ state: 'APPROVED', recommendedCount: 2 });
    expect((await review.rows(id)).map(({ state, stateReason }) => [state, stateReason])).toEqual([
      ['RECOMMENDED', null], ['NOT_RECOMMENDED', '租赁合同已到期'], ['RECOMMENDED', null], ['NOT_RECOMMENDED', '审核结束时未获推荐，尚缺：合规持续经营'],
    ]);
    for (const [name, more] of [['recommendListEntries', {}], ['returnListEntries', { reason: '太迟' }]] as const) {
      expect((await review.mutate(name, { id, ...more }, 'pushListId')).code).toBe('ILLEGAL_STATE');
    }
  });

  it('returns a list whole: it says why, and so does each row that has no reason of its own', async () => {
    const id = await review.push(recommendable(2).text);
    const [first] = await review.rows(id);
    await review.recommend(id);
    await review.mutate('returnListEntries', { id, entryIds: [first.id], reason: '已停业' }, 'entryCount');
    expect((await review.mutate('returnPushList', { id, reason: '请补充附件' }, 'state returnReason recommendedCount')).data)
      .toEqual({ state: 'RETURNED', returnReason: '请补充附件', recommendedCount: 0 });
    expect((await review.rows(id)).map(({ state, stateReason }) => `${state} ${stateReason}`)).toEqual(['NOT_RECOMMENDED 已停业', 'NOT_RECOMMENDED 请补充附件']);
  });

  it('takes back a recommendation, and recommends what was returned once it is mended', async () => {
    const id = await review.push(recommendable(1).text);
    await review.recommend(id);
    await review.mutate('returnListEntries', { id, reason: '地址不符' }, 'entryCount');
    expect((await review.mutate('approvePushList', { id }, 'state')).code).toBe('ILLEGAL_STATE');
    expect((await review.recommend(id)).slice(0, 2)).toEqual([1, 0]);
    expect(await review.rows(id)).toMatchObject([{ state: 'RECOMMENDED', stateReason: null }]);
  });

  it('lets a department vouch for its own rows, over REST, and nobody for another’s', async () => {
    const id = await review.push(listOf(2).text);
    const [row] = await review.rows(id);
    const assertions = [{ criteria, met: true, evidence: '企业13900001234提供', author: '中小企业科', assertedOn: '2026-01-15' }];
    const path = `/v1/push-lists/${id}/assertions`;
    const { body } = await story.app.post(story.department, path, { assertions, entryIds: [row.id] }).expect(201);
    expect(body).toEqual({ pushListId: id, entryCount: 1, isDryRun: false });
    const { items } = (await story.app.get(story.supervisor, `/v1/list-entries/${row.id}/assertions`).expect(200)).body as { items: object[] };
    expect(items[7]).toMatchObject({ criterion: 'LAWFUL_PURPOSE', met: true, author: '中小企业科', assertedOn: '2026-01-15', isEntered: true });
    expect(JSON.stringify(items)).not.toContain('13900001234');
    await story.app.post(story.otherDepartment, path, { assertions }).expect(404);
    for (const as of [story.bank]) await story.app.post(as, path, { assertions }).expect(403);
    expect(await story.all(story.department, `/v1/push-lists/${id}/gaps`)).toMatchObject([{ row: 3, gaps: { length: 8 } }]);
    await story.app.get(story.otherDepartment, `/v1/push-lists/${id}/gaps`).expect(404);
  });

  it('refuses what cannot be meant, by name', async () => {
    const [id, other] = [await review.push(listOf(1).text), await review.push(listOf(1).text)];
    const [foreign] = await review.rows(other);
    const errors = async (body: object): Promise<string[]> => {
      const answer = await story.app.post(story.department, `/v1/push-lists/${id}/assertions`, { assertions: [vouch()], ...body });
      return [String(answer.status), ...(answer.body.errors ?? []).map((error: { field: string; rule: string }) => `${error.field} ${error.rule}`)];
    };
    expect(await errors({ assertions: [vouch(['SOUND_CREDIT']), vouch(['SOUND_CREDIT'], false)] })).toEqual(['400', 'assertions.1.criteria duplicate']);
    expect(await errors({ assertions: [{ ...vouch(), assertedOn: '2999-01-01' }] })).toEqual(['400', 'assertions.0.assertedOn future']);
    expect(await errors({ assertions: [{ ...vouch(), assertedOn: '2026-02-30' }] })).toEqual(['400', 'assertions.0.assertedOn date']);
    expect(await errors({ assertions: [{ ...vouch(), evidence: '    ' }] })).toEqual(['400', 'assertions.0.evidence matches']);
    expect(await errors({ assertions: [{ criteria: ['LUCK'], met: true, evidence: '走访' }] })).toEqual(['400', 'assertions.0.criteria isEnum']);
    expect(await errors({ entryIds: [foreign.id] })).toEqual(['404', 'entryIds.0 unknown']);
    expect(await errors({ entryIds: [newId()] })).toEqual(['404', 'entryIds.0 unknown']);
    expect((await review.mutate('recommendListEntries', { id, entryIds: [foreign.id] }, 'pushListId')).code).toBe('NOT_FOUND');
    expect((await review.mutate('recommendListEntries', { id: newId() }, 'pushListId')).code).toBe('NOT_FOUND');
    for (const as of [story.department, story.bank]) expect((await review.mutate('recommendListEntries', { id }, 'pushListId', as)).code).toBe('FORBIDDEN');
    expect((await review.push(csv(header, `万州一号,${newCreditCode()}`))).length).toBe(36);
  });

  it('chooses rows by what is known of their enterprises, and pages through what they lack', async () => {
    const { text, codes } = listOf(5);
    const id = await review.push(text);
    await story.app.database.query(
      `update enterprise_lists.enterprises set size_class = 'MICRO', tags = '{HIGH_TECH}', industry_code = 'C1310' where credit_code = any($1)`, [codes.slice(0, 2)]);
    expect(await review.assert(id, [vouch()], { filter: { sizeClasses: ['MICRO'], tags: ['HIGH_TECH', 'RETAIL'], kinds: ['ENTERPRISE'], industry: 'C13' } })).toBe(2);
    expect(await review.assert(id, [vouch()], { filter: { tags: ['RETAIL'] }, dryRun: true })).toBe(0);
    expect((await review.recommend(id)).slice(0, 2)).toEqual([2, 3]);
    expect((await story.all<Gap>(story.department, `/v1/push-lists/${id}/gaps`, 1)).map(({ row }) => row)).toEqual([4, 5, 6]);
    expect((await story.all<Gap>(story.department, `/v1/push-lists/${id}/entries?state=RECOMMENDED`, 1)).map(({ row }) => row)).toEqual([2, 3]);
    const { data } = await story.app.graphql(story.supervisor, `query ($id: ID!) { pushList(id: $id) { gaps(first: 2) { edges { node { row } } pageInfo { endCursor } }
      entries(state: PENDING) { edges { node { row assertions { criterion met } } } } } }`, { id });
    expect(data.pushList.gaps.edges).toEqual([{ node: { row: 4 } }, { node: { row: 5 } }]);
    expect(data.pushList.entries.edges[0].node).toEqual({ row: 4, assertions: criteria.map((criterion) => ({ criterion, met: null })) });
    const cursor = data.pushList.gaps.pageInfo.endCursor as string;
    expect((await story.app.get(story.department, `/v1/push-lists/${id}/gaps?cursor=${cursor}`).expect(400)).body.code).toBe('CURSOR_INVALID');
  });
});
