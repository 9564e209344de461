/**
 * What the published test collection of the Australian Consumer Data Standards asks of a data holder's public endpoints and expects of the
 * answers (dsb-postman, PublicEndpointTestsBanking; facts of it, in our own words). Run against whatever is running.
 */
interface Check {
  name: string;
  path: string;
  headers: Record<string, string>;
  status: number;
  /** Of an error. */
  code?: string;
  /** Of a page: which one it is, for its links. */
  page?: 'first' | 'second' | 'last';
}

const list = '/cds-au/v1/banking/products';
const newest = { 'x-v': '3', 'x-min-v': '1' };
const five = (page: string): string => `${list}?page=${page}&page-size=5`;

const checks: Check[] = [
  { name: 'a page out of range', path: five('850'), headers: { 'x-v': '3' }, status: 422, code: 'Field/InvalidPage' },
  { name: 'a page size too large', path: `${list}?page=1&page-size=2000`, headers: { 'x-v': '3' }, status: 400, code: 'Field/InvalidPageSize' },
  { name: 'no x-v', path: list, headers: {}, status: 400, code: 'Header/Missing' },
  { name: 'an x-v that is none', path: list, headers: { 'x-v': 'abc' }, status: 400, code: 'Header/InvalidVersion' },
  { name: 'an x-v that nobody supports', path: list, headers: { 'x-v': '100' }, status: 406, code: 'Header/UnsupportedVersion' },
  { name: 'the first page', path: five('1'), headers: newest, status: 200, page: 'first' },
  { name: 'the first page without x-min-v', path: five('1'), headers: { 'x-v': '3' }, status: 200, page: 'first' },
  { name: 'the second page', path: five('2'), headers: newest, status: 200, page: 'second' },
  { name: 'the last page', path: five('{last}'), headers: newest, status: 200, page: 'last' },
  { name: 'no paging', path: list, headers: { 'x-v': '200', 'x-min-v': '1' }, status: 200 },
  { name: 'no paging, no x-min-v', path: list, headers: { 'x-v': '3' }, status: 200 },
];

interface Answer {
  data?: { products: Record<string, unknown>[] };
  links?: Record<string, string>;
  meta?: { totalRecords: number; totalPages: number };
  errors?: Record<string, unknown>[];
}

/** Where the answers are not as the collection expects them; nothing where it passes. */
export async function collectionProblems(
  base: string, isProduct: (value: unknown) => boolean,
): Promise<{ asked: number; problems: string[] }> {
  const problems: string[] = [];
  let last = 1;
  for (const { name, path, headers, status, code, page } of checks) {
    const expect = (holds: boolean, what: string): void => void (holds || problems.push(`${name}: ${what}`));
    const response = await fetch(base + path.replace('{last}', String(last)), { headers });
    expect(response.status === status, `${response.status}, not ${status}`);
    expect(response.headers.get('content-type')?.includes('application/json') ?? false, 'no JSON');
    const { data, links = {}, meta, errors } = await response.json() as Answer;
    if (code) {
      expect(errors?.[0]?.code === `urn:au-cds:error:cds-all:${code}`, `code ${String(errors?.[0]?.code)}`);
      expect(errors?.every((error) => ['code', 'title', 'detail'].every((field) => typeof error[field] === 'string')) ?? false, 'an error lacks code, title or detail');
      continue;
    }
    const [answered, wanted, least] = [Number(response.headers.get('x-v')), Number(headers['x-v']), Number(headers['x-min-v'] ?? headers['x-v'])];
    expect(Number.isSafeInteger(answered) && answered >= least && answered <= wanted, `x-v ${answered}`);
    expect(meta !== undefined && meta.totalRecords >= 0 && meta.totalPages >= 0, 'no totals');
    last = Math.max(1, meta?.totalPages ?? 1);
    expect('self' in links, 'no link to itself');
    if (page === 'first' || page === 'second') expect(last < (page === 'first' ? 2 : 3) || ('next' in links && 'last' in links), 'no links forward');
    if (page === 'second' || page === 'last') expect('prev' in links && 'first' in links, 'no links back');
    if (page === 'last') expect(!('next' in links), 'a page behind the last one');
    expect(Array.isArray(data?.products) && data.products.length > 0 && data.products.every(isProduct), 'a product that is not of the schema');
  }
  return { asked: checks.length, problems };
}
