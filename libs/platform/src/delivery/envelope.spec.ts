import { newId } from '@finharbor/contracts/ids';
import { parseEvent, type WireEvent } from './envelope.js';

const wire = (change: Partial<WireEvent> = {}): WireEvent =>
  ({ i: newId(), n: 'issue.closed', o: newId(), a: newId(), v: 3, p: { issueId: newId(), harborId: newId() }, t: 'trace', ...change });

describe('an event as it travels', () => {
  it('is read under its full names', () => {
    const event = wire();
    expect(parseEvent(event)).toEqual({
      id: event.i, name: 'issue.closed', organisationId: event.o, aggregateId: event.a, version: 3, payload: event.p, traceparent: 'trace',
    });
    expect(parseEvent(wire({ t: undefined })).traceparent).toBeUndefined();
  });

  it('may carry more than this version knows, which is left out', () => {
    expect(parseEvent(wire({ p: { issueId: newId(), harborId: newId(), later: 1 } })).payload).not.toHaveProperty('later');
  });

  it('is refused when it is unknown or not as the catalogue says', () => {
    expect(() => parseEvent(wire({ n: 'issue.painted' as never }))).toThrow('No event is called issue.painted.');
    expect(() => parseEvent(wire({ n: 'constructor' as never }))).toThrow();
    expect(() => parseEvent(wire({ p: { issueId: 'x' } }))).toThrow('issueId');
    expect(() => parseEvent(wire({ p: null }))).toThrow();
  });
});
