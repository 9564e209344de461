import { DomainError } from '@finharbor/contracts/errors';
import { CultivationState, needsResult, nextState } from './cultivation-states.js';

const { OPEN, IN_PROGRESS, REPAIRED, RE_RECOMMENDED, CLOSED } = CultivationState;
const all = Object.values(CultivationState);

describe('an entry of the cultivation ledger', () => {
  it('goes from what is open to what is repaired or closed, and from there to the list', () => {
    const allowed = all.flatMap((from) => all.filter((to) => {
      try {
        return nextState(from, to) === to && from !== to;
      } catch (error) {
        if (error instanceof DomainError) return false;
        throw error;
      }
    }).map((to) => `${from} ${to}`));
    expect(allowed).toEqual([
      'OPEN IN_PROGRESS', 'OPEN REPAIRED', 'OPEN CLOSED', 'IN_PROGRESS REPAIRED', 'IN_PROGRESS CLOSED',
      'REPAIRED IN_PROGRESS', 'REPAIRED RE_RECOMMENDED', 'REPAIRED CLOSED',
    ]);
  });

  it('is begun by whatever is recorded, and changes no more after its end', () => {
    expect([nextState(OPEN), nextState(IN_PROGRESS), nextState(REPAIRED)]).toEqual([IN_PROGRESS, IN_PROGRESS, REPAIRED]);
    for (const ended of [RE_RECOMMENDED, CLOSED]) {
      for (const to of [undefined, ...all]) expect(() => nextState(ended, to)).toThrow(DomainError);
    }
  });

  it('says what came of it when it is over', () => expect(all.filter(needsResult)).toEqual([REPAIRED, RE_RECOMMENDED, CLOSED]));
});
