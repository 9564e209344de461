/** When nobody is sent anything that can wait, in Asia/Shanghai: minutes since midnight, `to` the first one after. */
export interface QuietHours {
  from: number;
  to: number;
}

/** Reads `21:00-08:00`, which may go over midnight; undefined from nothing: no hours are quiet. Throws for what is neither. */
export function parseQuietHours(text: string): QuietHours | undefined {
  if (text === '') return undefined;
  const found = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (!found) throw new Error('quiet hours are written 21:00-08:00');
  const [fromHour, fromMinute, toHour, toMinute] = found.slice(1).map(Number);
  const hours = { from: fromHour * 60 + fromMinute, to: toHour * 60 + toMinute };
  if (hours.from === hours.to) throw new Error('quiet hours must begin and end at different times');
  return hours;
}

/** Whether an instant lies in them. Asia/Shanghai is UTC+8 all year. */
export function isQuiet(hours: QuietHours | undefined, at: Date): boolean {
  if (!hours) return false;
  const minute = Math.floor(at.getTime() / 60_000 + 8 * 60) % (24 * 60);
  return hours.from < hours.to ? minute >= hours.from && minute < hours.to : minute >= hours.from || minute < hours.to;
}
