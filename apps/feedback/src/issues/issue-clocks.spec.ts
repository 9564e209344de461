import { clockEnd } from './issue-clocks.js';

describe('the clocks of an issue', () => {
  it('gives one working day to acknowledge and five to answer, to the end of the day in Shanghai', () => {
    const friday = new Date('2026-11-20T02:00:00Z');
    expect(clockEnd('issue.acknowledge', friday)).toEqual(new Date('2026-11-23T16:00:00Z'));
    expect(clockEnd('issue.acknowledge-branch', friday)).toEqual(new Date('2026-11-23T16:00:00Z'));
    expect(clockEnd('issue.answer', friday)).toEqual(new Date('2026-11-27T16:00:00Z'));
  });

  it('begins on the day in Shanghai and counts make-up workdays', () => {
    expect(clockEnd('issue.acknowledge', new Date('2026-11-19T16:30:00Z'))).toEqual(new Date('2026-11-23T16:00:00Z'));
    expect(clockEnd('issue.acknowledge', new Date('2026-02-13T04:00:00Z'))).toEqual(new Date('2026-02-14T16:00:00Z'));
  });

  it('has no end where the calendar does not reach, rather than a guessed one', () => {
    const yearsEnd = new Date('2026-12-30T04:00:00Z');
    expect(clockEnd('issue.acknowledge', yearsEnd)).toEqual(new Date('2026-12-31T16:00:00Z'));
    expect(clockEnd('issue.answer', yearsEnd)).toBeNull();
    expect(clockEnd('issue.acknowledge', new Date('2031-01-02T04:00:00Z'))).toBeNull();
  });
});
