import { callerOf } from '@finharbor/testing/callers';
import { csv, header, newCreditCode, Story } from './support.js';

describe('the contact of an enterprise', () => {
  let story: Story;
  beforeAll(async () => { story = await Story.begin(); });
  afterAll(() => story.app.close());

  const push = async (code: string, name: string, phone: string, as = story.department): Promise<string> =>
    (await story.upload(csv(`${header},联系人,联系电话`, `万州联系公司,${code},${name},${phone}`), { as }).expect(201)).body.id;
  const ask = async (what: 'person-reports' | 'person-erasures', identifier: string): Promise<{ id: string; texts: unknown[] }[]> => {
    const { body } = await story.app.post(callerOf('security-administrator'), `/v1/operations/enterprise-lists/${what}`, { identifier, reason: '本人申请' }).expect(201);
    expect(body.complete).toBe(true);
    return body.records;
  };
  const shown = async (id: string): Promise<unknown> => (await story.app.graphql(story.department,
    'query ($id: ID!) { pushList(id: $id) { entries { edges { node { enterprise { contactName contactPhone } } } } } }', { id })).data.pushList.entries.edges[0].node.enterprise;
  const keys = async (): Promise<number> => (await story.app.database.query<{ count: number }>('select count(*)::int as count from enterprise_lists.data_keys'))[0].count;
  const texts = (name: string, phone: string): object[] => [{ column: 'contact_name', text: name }, { column: 'contact_phone', text: phone }];

  it('has one key, which a list that states the same keeps, and one that states another destroys', async () => {
    const code = newCreditCode();
    const before = await keys();
    await push(code, '公孙一', '13812343001');
    expect((await ask('person-reports', '13812343001')).map((one) => one.texts)).toEqual([texts('公孙一', '13812343001')]);
    await push(code, '公孙一', '13812343001', story.otherDepartment);
    expect(await keys()).toBe(before + 1);
    await push(code, '公孙二', '13812343002', story.otherDepartment);
    expect([await keys(), await ask('person-reports', '13812343001')]).toEqual([before + 1, []]);
    expect(await ask('person-reports', '+8613812343002')).toMatchObject([{ table: 'enterprises', organisationId: 'programme', texts: texts('公孙二', '13812343002') }]);
  });

  it('is nobody after an erasure, and somebody again when a department states it anew', async () => {
    const code = newCreditCode();
    const [id, other] = [await push(code, '公孙三', '13812343003'), await push(newCreditCode(), '公孙四', '13812343004')];
    expect(await ask('person-erasures', '13812343003')).toMatchObject([{ table: 'enterprises', texts: [] }]);
    expect([await ask('person-reports', '13812343003'), await shown(id)]).toEqual([[], { contactName: null, contactPhone: null }]);
    expect(await shown(other)).toEqual({ contactName: '公**', contactPhone: '138****3004' });
    await push(code, '公孙三', '13812343003');
    expect(await shown(id)).toEqual({ contactName: '公**', contactPhone: '138****3003' });
    expect((await ask('person-reports', '13812343003')).map((one) => one.texts)).toEqual([texts('公孙三', '13812343003')]);
  });
});
