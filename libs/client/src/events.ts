import type { PublicEventData } from './generated/types.gen.js';

/** What the platform tells, the same in a webhook and in the change feed: CloudEvents 1.0 in JSON. */
export interface CloudEvent<T extends string = string, D = Record<string, unknown>> {
  specversion: '1.0';
  /** The same for ever, whatever way and however often the event comes. It is also `webhook-id`. */
  id: string;
  source: string;
  type: T;
  /** Which record it is of, such as `demand/<id>`. */
  subject: string;
  /** When it happened, ISO 8601 in UTC. */
  time: string;
  datacontenttype: 'application/json';
  /** Version of the record: of two events with one subject the higher is the later. */
  sequence: string;
  /** The organisation that is told. */
  recipient: string;
  /** Ids, counts and where to fetch the rest; it may grow. */
  data: D;
}

/** Every event that there is today, told apart by `type`. Others will come: pass over what you do not know. */
export type PublicEvent = { [T in keyof PublicEventData]: CloudEvent<`cn.finharbor.${T}.v1`, PublicEventData[T]> }[keyof PublicEventData];

export interface FeedOptions {
  /** Goes on behind what was read: a cursor of `onCursor`. `latest` for what comes from now on; the oldest that is kept unless told. */
  after?: string;
  /** Only these, such as `demand.chosen`. */
  types?: readonly string[];
  /** How long the platform may wait for an event before it answers, up to 30. With 0 the feed is read to its end, once. */
  waitSeconds?: number;
  /** Ends the reading. */
  signal?: AbortSignal;
  /** Told where to go on, when all events before have been taken. Keep it. */
  onCursor?: (cursor: string) => unknown;
}
