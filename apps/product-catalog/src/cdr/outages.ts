/** An outage as the standard tells it: when it begins, and how long it takes (ISO 8601, of days, hours and minutes). */
interface Outage {
  outageTime: string;
  duration: string;
}

export const isOver = (outage: Outage, now = Date.now()): boolean => Date.parse(outage.outageTime) + msOf(outage.duration) <= now;

export const isNow = (outage: Outage, now = Date.now()): boolean => Date.parse(outage.outageTime) <= now && !isOver(outage, now);

function msOf(duration: string): number {
  const [, days = '0', hours = '0', minutes = '0'] = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(duration) ?? [];
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60_000;
}
