import { ClockKind, ClockUnit, ladderAddressees, type LadderRung, reachingNobody } from '@finharbor/contracts/clocks';
import type { FieldError } from '@finharbor/contracts/errors';
import { isIsoDate, weekday } from '@finharbor/standards/dates';
import type { ReferenceRow } from '@finharbor/standards/working-days';

type Cells = Record<string, unknown>;

type Refuse = (field: string, rule: string, message: string) => void;

const decimal = /^\d{1,2}\.\d{1,4}$/;
const [clockKinds, units]: string[][] = [Object.values(ClockKind), Object.values(ClockUnit)];
const rolls = ['NONE', 'STATUTORY_HOLIDAY', 'NON_WORKDAY'];
const regionKinds = ['MUNICIPALITY', 'DISTRICT', 'COUNTY', 'AUTONOMOUS_COUNTY', 'SUBDISTRICT', 'TOWN', 'TOWNSHIP', 'ZONE'];

/** The columns of each kind of reference data; those with `?` may be left out. */
export const columns = {
  CALENDAR: ['date', 'kind', 'name?'],
  REGIONS: ['code', 'name', 'kind', 'parent?', 'validFrom?', 'validTo?', 'successors?'],
  LPR: ['date', 'oneYear', 'fiveYear'],
  SLA: ['clock', 'validFrom', 'days', 'source', 'unit?', 'rollForward?', 'reminders?', 'ladder?'],
} as const;

type Kind = keyof typeof columns;

/** Reads rows whole or not at all: every problem is told, with its row (from 1) and field. */
export function readRows(
  kind: Kind, given: readonly unknown[], years: readonly string[],
): { rows: ReferenceRow[]; problems: FieldError[] } {
  const problems: FieldError[] = [];
  const rows: ReferenceRow[] = years.map((year) => ({ key: year, data: {} }));
  const seen = new Set<string>();
  given.forEach((one, index) => {
    const row = index + 1;
    const refuse = (field: string, rule: string, message: string): void => void problems.push({ row, field, rule, message });
    const cells = one !== null && typeof one === 'object' && !Array.isArray(one) ? one as Cells : undefined;
    if (!cells) return refuse('row', 'object', 'a row is an object with the fields of its kind');
    const before = problems.length;
    for (const field of Object.keys(cells)) {
      if (!columns[kind].some((column) => column.replace('?', '') === field)) refuse(field, 'known', `there is no field ${field} in ${kind}`);
    }
    const read = readers[kind](cells, refuse, years);
    if (problems.length > before) return;
    if (seen.has(read.key)) refuse(columns[kind][0], 'once', 'this row is there twice');
    seen.add(read.key);
    rows.push(read);
  });
  return { rows, problems };
}

const text = (cells: Cells, field: string): string | undefined => {
  const value = cells[field];
  return value === undefined || value === null || value === '' ? undefined : String(value);
};

function day(cells: Cells, field: string, refuse: Refuse, required = true): string {
  const value = text(cells, field);
  if (value === undefined ? required : !isIsoDate(value)) refuse(field, 'localDate', `${field} must be a day that exists, written 2027-01-01`);
  return value ?? '';
}

const readers: Record<Kind, (cells: Cells, refuse: Refuse, years: readonly string[]) => ReferenceRow> = {
  CALENDAR(cells, refuse, years) {
    const date = day(cells, 'date', refuse);
    const kind = text(cells, 'kind');
    if (kind !== 'HOLIDAY' && kind !== 'WORKDAY') refuse('kind', 'isIn', 'kind must be HOLIDAY or WORKDAY');
    if (isIsoDate(date)) {
      if (kind === 'WORKDAY' && weekday(date) % 6 !== 0) refuse('kind', 'weekend', `${date} is no weekend: it is worked without being made up`);
      if (years.length > 0 && !years.includes(date.slice(0, 4))) refuse('date', 'yearStated', `${date} is in none of the years that are stated: ${years.join(', ')}`);
    }
    return { key: date, data: { off: kind === 'HOLIDAY', name: text(cells, 'name') ?? null } };
  },
  REGIONS(cells, refuse) {
    const [code, name, kind, parent] = ['code', 'name', 'kind', 'parent'].map((field) => text(cells, field));
    if (!/^(\d{6}|\d{9}|\d{6}Z\d{2})$/.test(code ?? '')) refuse('code', 'regionCode', 'code must be 6 or 9 digits, or a zone such as 500101Z01');
    if (!name || name.length > 50) refuse('name', 'length', 'name must be 1 to 50 characters');
    if (!regionKinds.includes(kind ?? '')) refuse('kind', 'isIn', `kind must be one of ${regionKinds.join(', ')}`);
    if (parent !== undefined && !/^\d{6}$/.test(parent)) refuse('parent', 'regionCode', 'parent must be 6 digits');
    const [validFrom, validTo] = ['validFrom', 'validTo'].map((field) => day(cells, field, refuse, false) || undefined);
    if (validFrom && validTo && validTo <= validFrom) refuse('validTo', 'afterStart', 'validTo must be after validFrom');
    const given = cells.successors;
    const successors = Array.isArray(given) ? given.map(String) : text(cells, 'successors')?.split(/[ ;]+/);
    return { key: [code, validFrom].filter(Boolean).join(' '), data: JSON.parse(JSON.stringify({ code, name, kind, parent, validFrom, validTo, successors })) as Cells };
  },
  LPR(cells, refuse) {
    const date = day(cells, 'date', refuse);
    const [oneYear, fiveYear] = ['oneYear', 'fiveYear'].map((field) => {
      const value = text(cells, field);
      if (!decimal.test(value ?? '')) refuse(field, 'decimal', `${field} must be per cent a year, such as 3.00`);
      return value;
    });
    return { key: date, data: { date, oneYear, fiveYear } };
  },
  /** Terms of a clock from a day on; what is left out stays as it is built in (libs/contracts/src/clocks.ts). */
  SLA(cells, refuse) {
    const [clock, days, source, unit, rollForward] = ['clock', 'days', 'source', 'unit', 'rollForward'].map((field) => text(cells, field));
    const validFrom = day(cells, 'validFrom', refuse);
    if (!clockKinds.includes(clock ?? '')) refuse('clock', 'isIn', `clock must be one of ${clockKinds.join(', ')}`);
    if (!/^([1-9]|[1-9]\d|[1-3]\d\d)$/.test(days ?? '')) refuse('days', 'range', 'days must be 1 to 399');
    if (!source || source.length > 200) refuse('source', 'length', 'source must say in 1 to 200 characters on what the days rest');
    if (unit && !units.includes(unit)) refuse('unit', 'isIn', `unit must be one of ${units.join(', ')}`);
    if (rollForward && !rolls.includes(rollForward)) refuse('rollForward', 'isIn', `rollForward must be one of ${rolls.join(', ')}`);
    const given = Array.isArray(cells.reminders) ? cells.reminders.map(String) : text(cells, 'reminders')?.split(/[ ;]+/);
    if (given && !(given.length <= 5 && given.every((one) => /^\d{1,2}$/.test(one)))) refuse('reminders', 'days', 'reminders must be at most 5 numbers of working days before the last day, 0 to 99');
    const ladder = readLadder(cells, refuse);
    if (clockKinds.includes(clock ?? '')) {
      for (const field of reachingNobody(clock as ClockKind, { reminders: given?.map(Number), ladder })) refuse(field, 'holder', `${field} would tell whom ${clock} waits for, which has no account to be told by`);
    }
    return { key: `${clock} ${validFrom}`, data: JSON.parse(JSON.stringify({ amount: Number(days), source, unit, rollForward, reminders: given?.map(Number), ladder })) as Cells };
  },
};

/** Rungs such as `2 HOLDER CENTRAL_BANK_BRANCH`: working days after the last day, and who is told then. A semicolon parts them in CSV. */
function readLadder(cells: Cells, refuse: Refuse): LadderRung[] | undefined {
  const given = Array.isArray(cells.ladder) ? cells.ladder.map(String) : text(cells, 'ladder')?.split(';');
  const rungs = given?.map((one) => one.trim().split(/ +/)).map(([after, ...tell]) => ({ after: Number(after), tell: tell as LadderRung['tell'], isNumber: /^\d{1,2}$/.test(after) }));
  const fits = rungs?.every(({ tell, isNumber }) => isNumber && tell.length > 0 && tell.every((one) => ladderAddressees.includes(one)))
    && rungs.every(({ after }, index) => index === 0 || after > rungs[index - 1].after);
  if (rungs && !(fits && rungs.length <= 9)) {
    refuse('ladder', 'rungs', `ladder must be at most 9 rungs such as "2 HOLDER CENTRAL_BANK_BRANCH", working days rising from 0 to 99, of ${ladderAddressees.join(', ')}`);
  }
  return rungs?.map(({ after, tell }) => ({ after, tell }));
}
