import { until } from '@finharbor/testing/until';
import type { Holding } from './holding.js';
import type { Mine } from './mine.js';
import { done } from './party.js';

/** Imports of the side's department: announced, checked as a dry run, and applied. */
export const makeImports = async (of: Holding): Promise<Holding['imports']> =>
  ({ begun: await begin(of, false), checked: await ended(of, true), applied: await ended(of, false) });

const begin = async ({ department, tags }: Holding, dryRun: boolean): Promise<Mine> =>
  done(await department.post('/v1/imports', { title: `导入${tags.list}`, period: '2026-11', dryRun }));

/** A row that is taken and one that is not, with a person in either; until nothing is under way any more. */
async function ended(of: Holding, dryRun: boolean): Promise<Mine> {
  const { department, phone, tags: { list, personal } } = of;
  const { id } = await begin(of, dryRun);
  const rows = ['x', ''].map((employees) => [`企业${list}`, of.creditCode(), employees, `欧阳${personal}`, phone].join(','));
  const body = ['企业名称,统一社会信用代码,从业人员,联系人,联系电话', ...rows].join('\n');
  done(await department.ask(`/v1/imports/${id}/file`, { method: 'PUT', body, type: 'text/csv' }));
  await until('the import ended', async () => done(await department.ask(`/v1/imports/${id}`)).busy === false);
  return { id };
}
