/** How long before each attempt, in seconds: ten over 75 hours, as the example of Standard Webhooks 1.0 has them. */
export const delaysSeconds = [0, 5, 5 * 60, 30 * 60, 2 * 3_600, 5 * 3_600, 10 * 3_600, 14 * 3_600, 20 * 3_600, 24 * 3_600] as const;

/** By how much a delay is longer or shorter, so that what failed together does not come again together. */
const jitter = 0.1;
/** An endpoint that asks for more patience is asked again all the same. */
export const longestRetryAfterSeconds = 24 * 3_600;

/** Failures in a row, over all its deliveries, after which an endpoint is left alone for a while. */
const breakAfter = 4;
const [firstPauseSeconds, longestPauseSeconds] = [5, 300];

/** Seconds until the next attempt after this many have failed; undefined when that was the last. */
export function delayAfter(attempts: number, retryAfterSeconds = 0, random = Math.random()): number | undefined {
  const delay = delaysSeconds[attempts];
  return delay === undefined ? undefined : Math.max(jittered(delay, random), retryAfterSeconds);
}

/** Seconds for which an endpoint that failed so often in a row is left alone; then one delivery tries whether it is back. */
export function pauseAfter(failures: number, random = Math.random()): number {
  if (failures < breakAfter) return 0;
  return jittered(Math.min(firstPauseSeconds * 2 ** (failures - breakAfter), longestPauseSeconds), random);
}

/** The seconds that a `Retry-After` asks for, a number or a date; 0 when it is neither or in the past. @param now in ms since 1970 */
export function retryAfterSeconds(header: string | undefined, now = Date.now()): number {
  if (header === undefined) return 0;
  const asked = /^\d{1,10}$/.test(header) ? Number(header) : (Date.parse(header) - now) / 1_000;
  return Number.isNaN(asked) ? 0 : Math.min(Math.max(asked, 0), longestRetryAfterSeconds);
}

const jittered = (seconds: number, random: number): number => seconds * (1 - jitter + 2 * jitter * random);
