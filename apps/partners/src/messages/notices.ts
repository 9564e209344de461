import type { EventName, EventOf } from '@finharbor/contracts/events/catalogue';
import { newId } from '@finharbor/contracts/ids';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';
import { MessageKind, type MessageVariables } from './message-kinds.js';

/** What people of an organisation are to be told of an event. */
export interface Notice {
  kind: MessageKind;
  variables: MessageVariables;
}

type Makers = { [Name in EventName]?: (event: EventOf<Name>) => Notice };

const of = (kind: MessageKind) => (): Notice => ({ kind, variables: {} });

/** Which events make messages. Whose people are told is what the public event of the same name says (libs/contracts/src/public-events). */
const makers: Makers = {
  'issue.registered': of(MessageKind.ISSUE_REGISTERED),
  'demand.chosen': of(MessageKind.DEMAND_CHOSEN),
  'demand.answered': of(MessageKind.DEMAND_ANSWERED),
  'counter-offer.answered': of(MessageKind.DEMAND_ANSWERED),
  'application.exhausted': of(MessageKind.APPLICATION_EXHAUSTED),
  'application.unverified': of(MessageKind.APPLICATION_UNVERIFIED),
  'referrals.dispatched': of(MessageKind.LIST_DISPATCHED),
  'push-list.submitted': of(MessageKind.LIST_SUBMITTED),
  'push-list.reviewed': ({ payload: { outcome } }) => ({ kind: MessageKind.LIST_REVIEWED, variables: { outcome } }),
  'push-duty.overdue': of(MessageKind.DUTY_OVERDUE),
  'list-clock.reminded': ({ payload: { kind } }) => ({ kind: MessageKind.CLOCK_REMINDED, variables: { kind } }),
  'list-clock.breached': ({ payload: { kind } }) => ({ kind: MessageKind.CLOCK_BREACHED, variables: { kind } }),
  'list-clock.cleared': ({ payload: { kind } }) => ({ kind: MessageKind.CLOCK_CLEARED, variables: { kind } }),
  'demand-clock.reminded': ({ payload: { kind } }) => ({ kind: MessageKind.CLOCK_REMINDED, variables: { kind } }),
  'demand-clock.escalated': ({ payload: { kind } }) => ({ kind: MessageKind.CLOCK_BREACHED, variables: { kind } }),
  'demand-clock.cleared': ({ payload: { kind } }) => ({ kind: MessageKind.CLOCK_CLEARED, variables: { kind } }),
  'issue-clock.reminded': ({ payload: { kind } }) => ({ kind: MessageKind.CLOCK_REMINDED, variables: { kind } }),
  'issue-clock.escalated': ({ payload: { kind } }) => ({ kind: MessageKind.CLOCK_BREACHED, variables: { kind } }),
  'issue-clock.cleared': ({ payload: { kind } }) => ({ kind: MessageKind.CLOCK_CLEARED, variables: { kind } }),
  'credit-alert.raised': of(MessageKind.CREDIT_ALERT),
  'consent.withdrawn': of(MessageKind.CONSENT_WITHDRAWN),
  'api-client.locked': of(MessageKind.CLIENT_LOCKED),
};

/** The events that make messages. */
export const tellingEvents = Object.keys(makers) as EventName[];

/** What people are told of an event; undefined where it is none of theirs. */
export function messagesFor(event: EventOf): Notice | undefined {
  const make = makers[event.name] as ((event: EventOf) => Notice) | undefined;
  return make?.(event);
}

/** Remembers, in the transaction of events, that people are to be told of them. It adds rows alone and waits for nobody. */
@Injectable()
export class Notices {
  /** @param told events with the organisations that are told of them, as their change feeds are */
  async add(tx: Tx, told: readonly { event: EventOf; recipient: string }[]): Promise<void> {
    const rows = told.flatMap(({ event, recipient }) => {
      const notice = messagesFor(event);
      return notice ? [{ id: newId(), org_id: recipient, ...notice, count: 1 }] : [];
    });
    if (rows.length === 0) return;
    await tx.query(
      `insert into partners.message_notices (id, org_id, kind, variables, count)
       select id, org_id, kind, variables, count from jsonb_to_recordset($1::jsonb) as t (id uuid, org_id uuid, kind text, variables jsonb, count int)`,
      [JSON.stringify(rows)]);
  }
}
