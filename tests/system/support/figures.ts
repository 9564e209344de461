import { aggregates } from '@finharbor/security/aggregates/aggregates';
import type { District } from './district.js';
import { graph, may, parsed } from './graph-checks.js';
import { found } from './graph-walk.js';
import { done, type Party } from './party.js';
import { lists } from './subjects.js';
import { targetsOf } from './rest-walk.js';

/** Figures over rows of other organisations, by the type that has them. */
export const withheld = Object.entries(aggregates).filter(([, coverage]) => coverage === 'withheld').map(([name]) => name.split('.') as [string, string]);

/** Where REST tells the records of a type. */
const paths: Record<string, (listIds: string[]) => string[]> = {
  PushList: (ids) => ['/v1/push-lists?limit=200', ...ids.map((id) => `/v1/push-lists/${id}`)],
  ListEntry: (ids) => ids.map((id) => `/v1/push-lists/${id}/entries?limit=200`),
  ListRecall: (ids) => ids.map((id) => `/v1/push-lists/${id}/recalls?limit=200`),
  QualityReport: () => ['/v1/quality-reports?limit=200'],
  ReasonCount: () => ['/v1/quality-reports?limit=200'],
  ResponseTime: () => ['/v1/quality-reports?limit=200'],
};

type Told = Record<string, unknown>;

/** Where a record of a type stands in what REST tells, where it is no record of its own. */
const within: Record<string, (record: Told) => Told[]> = {
  ReasonCount: ({ rejectedByReason }) => rejectedByReason as Told[],
  ResponseTime: ({ acknowledgementTime, answerTime }) => [acknowledgementTime, answerTime] as Told[],
};

/** Every value of each such figure that somebody is told, over REST and in the graph. */
export async function figuresTold(party: Party, district: District): Promise<Map<string, unknown[]>> {
  const told = new Map<string, unknown[]>();
  const ids = targetsOf(lists, party, district).own.map(({ id }) => id);
  for (const type of new Set(withheld.map(([name]) => name))) {
    const fields = withheld.filter(([name]) => name === type).map(([, field]) => field);
    const way = graph.wayTo(type, may(party))!;
    const { data } = parsed((await party.graph(`{ ${graph.along(way, fields.join(' '))} }`)).text) as { data: unknown };
    const answers = await Promise.all(paths[type](ids).map(async (path) => done(await party.ask(path)) as { items?: Told[] }));
    const answered = answers.flatMap((answer) => answer.items ?? [answer as Told]);
    const records = [...found(data, way), ...within[type] ? answered.flatMap(within[type]) : answered] as Told[];
    for (const field of fields) told.set(`${type}.${field}`, records.map((record) => record[field]));
  }
  return told;
}

/** Whether a figure could tell what a single bank did. */
export const isSmall = (value: unknown): boolean => value === 1 || value === 2;
