/** What clients of the standard say in headers and parameters, and what is wrong with it, in the standard's own words. */

export interface CdrError {
  status: number;
  code: string;
  title: string;
  detail: string;
}

const error = (status: number, code: string, title: string) => (detail: string): CdrError =>
  ({ status, code: `urn:au-cds:error:cds-all:${code}`, title, detail });

export const cdrErrors = {
  missingHeader: error(400, 'Header/Missing', 'Missing Required Header'),
  invalidVersion: error(400, 'Header/InvalidVersion', 'Invalid Version'),
  unsupportedVersion: error(406, 'Header/UnsupportedVersion', 'Unsupported Version'),
  invalidHeader: error(400, 'Header/Invalid', 'Invalid Header'),
  invalidField: error(400, 'Field/Invalid', 'Invalid Field'),
  invalidDateTime: error(400, 'Field/InvalidDateTime', 'Invalid Date'),
  invalidPageSize: error(400, 'Field/InvalidPageSize', 'Invalid Page Size'),
  invalidPage: error(422, 'Field/InvalidPage', 'Invalid Page'),
  notFound: error(404, 'Resource/NotFound', 'Resource Not Found'),
  unexpected: error(500, 'GeneralError/Unexpected', 'Unexpected Error Encountered'),
};

/** Thrown to be answered as the standard answers. */
export class CdrRefusal extends Error {
  constructor(readonly problem: CdrError) {
    super(problem.detail);
  }
}

export const refuse = (problem: CdrError): never => { throw new CdrRefusal(problem); };

type Headers = Record<string, string | string[] | undefined>;

const isVersion = (text: string): boolean => /^[1-9]\d{0,3}$/.test(text);

/**
 * The version to answer with: the highest supported one from x-min-v to x-v. An x-min-v that is not below x-v is as if absent. Without
 * x-v, with one that is no positive integer, or without a common version the request is refused.
 */
export function negotiated(headers: Headers, supported: readonly number[]): number {
  const [wanted, least] = [headers['x-v'], headers['x-min-v']].map((value) => [value].flat()[0]);
  if (wanted === undefined) return refuse(cdrErrors.missingHeader('x-v'));
  if (!isVersion(wanted)) return refuse(cdrErrors.invalidVersion('x-v must be a positive integer'));
  if (least !== undefined && !isVersion(least)) return refuse(cdrErrors.invalidVersion('x-min-v must be a positive integer'));
  const most = Number(wanted);
  const from = least !== undefined && Number(least) < most ? Number(least) : most;
  const version = Math.max(...supported.filter((one) => one >= from && one <= most));
  return version > 0 ? version : refuse(cdrErrors.unsupportedVersion(`Supported: ${supported.join(', ')}`));
}

export interface CdrPage { page: number; pageSize: number }

export const largestPage = 1_000;

export function pageOf(query: Record<string, unknown>): CdrPage {
  const read = (name: string, otherwise: number, problem: (detail: string) => CdrError): number => {
    const text = query[name];
    if (text === undefined) return otherwise;
    return typeof text === 'string' && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : refuse(problem(`${name} must be a positive integer`));
  };
  const page = read('page', 1, cdrErrors.invalidField);
  const pageSize = read('page-size', 25, cdrErrors.invalidField);
  if (pageSize > largestPage) refuse(cdrErrors.invalidPageSize(`page-size must be at most ${largestPage}`));
  return { page, pageSize };
}
