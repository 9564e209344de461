import type { Problem } from './generated/types.gen.js';

/** A refusal, with the problem document that explains it. */
export class FinHarborError extends Error {
  override readonly name = 'FinHarborError';

  constructor(
    readonly problem: Problem,
    /** The operator finds the request by it. */
    readonly requestId?: string,
    /** How long to wait before the next try, where the answer says so. */
    readonly retryAfterMs?: number,
  ) {
    const errors = problem.errors?.map((error) => `${error.field}: ${error.message}`).join('; ');
    super(`${problem.code}: ${problem.detail ?? problem.title}${errors ? ` (${errors})` : ''}${requestId ? ` [request ${requestId}]` : ''}`);
  }
}

/** What a failed answer says; answers that are no problem documents (OAuth's, a proxy's) are made into one. */
export async function failure(answer: Response): Promise<FinHarborError> {
  const parsed = parseJson(await answer.text());
  const about = [answer.headers.get('request-id') ?? undefined, retryAfterMs(answer.headers.get('retry-after'))] as const;
  if (typeof parsed?.code === 'string') return new FinHarborError(parsed as unknown as Problem, ...about);
  const detail = [parsed?.error, parsed?.error_description].filter(Boolean).join(': ') || `HTTP ${answer.status}`;
  const code = answer.status === 401 ? 'UNAUTHENTICATED' : `HTTP_${answer.status}`;
  return new FinHarborError({ type: 'about:blank', title: 'The request failed', status: answer.status, code, detail }, ...about);
}

/** RFC 9110, 10.2.3: seconds, or a date. */
function retryAfterMs(field: string | null): number | undefined {
  if (field === null) return undefined;
  const ms = /^\d+$/.test(field) ? Number(field) * 1_000 : Date.parse(field) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

export function parseJson(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
