import { enterpriseIdOf, newId } from '@finharbor/contracts/ids';
import { ConsentRecordKind } from '@finharbor/contracts/vocabulary';
import { listOf, Story } from './support.js';

describe('a consent that holds no more', () => {
  let story: Story;
  beforeAll(async () => { story = await Story.begin(); });
  afterAll(() => story.app.close());

  const withdrawn = (consentId: string): Promise<void> => story.app.deliver('consent.withdrawn', {
    consentId, recordKind: ConsentRecordKind.DEMAND, recordId: newId(), recipientId: story.bank.organisationId!, cause: 'WITHDRAWN', withdrawnAt: new Date().toISOString(),
  });
  const accepted = (code: string, consentId: string): Promise<void> =>
    story.app.deliver('demand.accepted', { demandId: newId(), bankId: story.bank.organisationId!, enterpriseId: enterpriseIdOf(code), consentId });
  /** Whether the bank may know the enterprise. */
  const knows = async (code: string): Promise<boolean> => {
    const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Enterprise { creditCode } } }';
    const { data } = await story.app.graphql(story.bank, query, { r: [{ __typename: 'Enterprise', id: enterpriseIdOf(code) }] });
    return data._entities[0]?.creditCode === code;
  };
  const given = async (): Promise<string> => {
    const { text, codes: [code] } = listOf(1);
    await story.upload(text).expect(201);
    return code;
  };

  it('takes away what the bank knew by it, and by nothing else', async () => {
    const [code, kept] = [await given(), await given()];
    const [consentId, other] = [newId(), newId()];
    await accepted(code, consentId);
    await accepted(kept, other);
    expect([await knows(code), await knows(kept)]).toEqual([true, true]);
    await withdrawn(consentId);
    expect([await knows(code), await knows(kept)]).toEqual([false, true]);
    await accepted(code, newId());
    expect(await knows(code)).toBe(true);
  });

  it('gives nothing where the acceptance is told after it, however often', async () => {
    const [code, consentId] = [await given(), newId()];
    await withdrawn(consentId);
    await withdrawn(consentId);
    await accepted(code, consentId);
    expect(await knows(code)).toBe(false);
  });

  it('leaves the bank what it claimed from a list, whichever came first', async () => {
    for (const claimsFirst of [true, false]) {
      const { text, codes: [code] } = listOf(1);
      const consentId = newId();
      const { body: list } = await story.upload(text).expect(201);
      await story.approve(list.id);
      await story.dispatch(list.id, [story.bank]);
      const claim = async (): Promise<void> => {
        const rows = await story.all<{ id: string; pushListId: string }>(story.bank, '/v1/referrals');
        const { id } = rows.find(({ pushListId }) => pushListId === list.id)!;
        await story.app.post(story.bank, '/v1/referral-acknowledgements', { referralIds: [id] }).expect(201);
        await story.app.post(story.bank, '/v1/referral-answers', { answers: [{ referralId: id, outcome: 'CLAIMED' }] }).expect(201);
      };
      if (claimsFirst) await claim();
      await accepted(code, consentId);
      if (!claimsFirst) await claim();
      await withdrawn(consentId);
      expect([claimsFirst, await knows(code)]).toEqual([claimsFirst, true]);
    }
  });
});
