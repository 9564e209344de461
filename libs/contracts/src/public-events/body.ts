import { idByName, timeOfId } from '../ids.js';

const namespace = 'b0f6c6a4-6f5e-4c52-9a1b-7e6f3f0a9d21';

/** What a public event says of what happened; the rest of its body is the same for all. */
export interface PublicFact {
  id: string;
  /** As the table of public events has it. */
  type: string;
  /** `kind/id` of the record. */
  subject: string;
  time: Date;
  /** The version of the record. */
  sequence: number;
  /** The organisation that is told. */
  recipient: string;
  data: object;
  /** Of an event to try an endpoint with, which did not happen. */
  isTest?: true;
}

/** The type in a body: versioned, so that one day a type may be told in two ways side by side. */
export const cloudEventType = (type: string): string => `cn.finharbor.${type}.v1`;

/** The id of what a recipient is told of an internal event: the same whenever it is told, also after a restore. */
export const publicEventIdOf = (eventId: string, recipient: string): string => idByName(namespace, `${eventId} ${recipient}`);

/** When an internal event was told. Its id says so: no clock is asked, and the body is the same whenever it is made. */
export const publicTimeOf = (eventId: string): Date => timeOfId(eventId);

/** The body as it goes out, a CloudEvent 1.0 in structured JSON. @param source where the platform is reached: PUBLIC_URL */
export const bodyOf = (source: string, { id, type, subject, time, sequence, recipient, data, isTest }: PublicFact): string =>
  JSON.stringify({
    specversion: '1.0', id, source, type: cloudEventType(type), subject, time: time.toISOString(), datacontenttype: 'application/json',
    sequence: String(sequence), recipient, ...(isTest && { test: true }), data,
  });
