import { RegistrationStatus } from '../statement-vocabulary.js';
import { readRegistrationStatus } from './cell-words.js';
import { readHeader } from './headers.js';

/** What a cell states, and the rules that it is warned of. */
function read(cell: string): [status: unknown, warned: string[]] {
  const warned: string[] = [];
  const status = readRegistrationStatus(cell, { today: '2026-11-22', exceptions: new Set(), warn: (rule) => void warned.push(rule) });
  return [status, warned];
}

const { ACTIVE, SUSPENDED, IN_LIQUIDATION, REVOKED, ANNULLED, DEREGISTERED, MOVED_OUT } = RegistrationStatus;

it.each<[string, RegistrationStatus]>([
  ['存续（在营、开业、在册）', ACTIVE], ['存续(在营、开业、在册)', ACTIVE], ['在业', ACTIVE], ['开业', ACTIVE], ['在营（开业）企业', ACTIVE], ['正常', ACTIVE], ['存续状态', ACTIVE],
  [' 存 续 ', ACTIVE], ['开业/正常经营', ACTIVE], ['迁入', ACTIVE], ['active', ACTIVE], ['停业', SUSPENDED], ['歇业', SUSPENDED], ['已停业', SUSPENDED],
  ['清算', IN_LIQUIDATION], ['清算中', IN_LIQUIDATION], ['存续（清算中）', IN_LIQUIDATION], ['注销中', IN_LIQUIDATION], ['In_Liquidation', IN_LIQUIDATION], ['破产', IN_LIQUIDATION],
  ['吊销', REVOKED], ['吊销，未注销', REVOKED], ['吊销,未注销', REVOKED], ['吊销未注销', REVOKED], ['已吊销', REVOKED], ['被吊销', REVOKED], ['除名', REVOKED],
  ['撤销', ANNULLED], ['注销', DEREGISTERED], ['已注销', DEREGISTERED], ['注销企业', DEREGISTERED], ['吊销，已注销', DEREGISTERED], ['吊销后注销', DEREGISTERED], ['注销(2024-05-06)', DEREGISTERED],
  ['迁出', MOVED_OUT], ['已迁出', MOVED_OUT], ['存续（已迁出）', MOVED_OUT], ['moved out', MOVED_OUT],
])('“%s” is %s', (cell, status) => expect(read(cell)).toEqual([status, []]));

it.each(['已走访', '异常', '非正常', '未注销', '1', '、'])('“%s” says nothing of a registration, with a warning', (cell) =>
  expect(read(cell)).toEqual([null, ['registrationStatus']]));

it.each([
  [['登记状态'], 2, []], [['经营状态'], 2, []], [['企业状态'], 2, []], [['Registration Status'], 2, []], [['状态'], 2, []], [['status'], 2, []],
  [['状态', '登记状态'], 3, ['状态']], [['经营状态', 'status'], 2, ['status']], [['状态', 'status'], 2, ['status']],
])('of the headers %j one names the column', (more, index, unknown) => {
  const { columns, warnings } = readHeader(['统一社会信用代码', '企业名称', ...more]);
  expect([columns.get('registrationStatus')?.index, warnings.flatMap(({ rule, header }) => (rule === 'unknownHeader' ? [header] : []))]).toEqual([index, unknown]);
});

it('a header that could mean other things is passed over where a department says so', () => {
  const { columns, warnings } = readHeader(['统一社会信用代码', '企业名称', '状态'], { 状态: null });
  expect([columns.has('registrationStatus'), warnings.map(({ rule }) => rule)]).toEqual([false, ['sizeUnknown']]);
});
