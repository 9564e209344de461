import { type EventName, type EventOf } from '@finharbor/contracts/events/catalogue';
import { newId } from '@finharbor/contracts/ids';
import { publicEventsOf } from '@finharbor/contracts/public-events/public-events';
import { OrganisationKind } from '@finharbor/contracts/vocabulary';
import { MessageKind, messageKinds } from './message-kinds.js';
import { messagesFor, tellingEvents } from './notices.js';
import { render } from './rendering.js';

const event = (name: EventName): EventOf =>
  ({ id: newId(), name, organisationId: newId(), aggregateId: newId(), version: 1, payload: { outcome: 'RETURNED', kind: 'REFERRAL_CONTACT' } as never });

describe('notices', () => {
  it('make every kind of message', () => {
    expect([...new Set(tellingEvents.map((name) => messagesFor(event(name))!.kind))].sort()).toEqual(Object.values(MessageKind).sort());
  });

  it.each(tellingEvents)('%s tells organisations of which people may be told, with words that the template has', (name) => {
    const { kind, variables } = messagesFor(event(name))!;
    expect(render(kind, { count: 1, variables }).text).toContain('1');
    const told = publicEventsOf(name).flatMap(([, { to }]) => to);
    expect(told.length).toBeGreaterThan(0);
    expect(told.filter((to) => to !== 'HOLDER' && !messageKinds[kind].for.includes(OrganisationKind[to]))).toEqual([]);
  });

  it('are not made of anything else', () => expect(messagesFor(event('product.published'))).toBeUndefined());
});
