// @ts-check
/**
 * The generated push list of the demonstration: made-up enterprises with valid credit codes, a few rows faulty on purpose.
 * Deterministic, so that `npm run generate` can check the committed file.
 */
const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/** @param {string} first17 GB 32100-2015 */
function withCheckCharacter(first17) {
  const sum = [...first17].reduce((total, character, index) => total + alphabet.indexOf(character) * weights[index], 0);
  return first17 + alphabet[(31 - (sum % 31)) % 31];
}

/** A small generator of numbers that are the same at every run (mulberry32). @param {number} seed */
function numbers(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const trades = [
  ['柑橘种植专业合作社', 'A0152', '93'], ['榨菜食品厂', 'C1371', '91'], ['电子商务有限公司', 'F5192', '91'], ['冷链物流有限公司', 'G5431', '91'],
  ['软件科技有限公司', 'I6510', '91'], ['生态养殖有限公司', 'A0313', '91'], ['机械制造有限公司', 'C3484', '91'], ['建材经营部', 'F5165', '92'],
  ['餐饮服务店', 'H6210', '92'], ['环保设备有限公司', 'C3591', '91'],
];
const words = ['平湖', '天城', '翠屏', '南浦', '西山', '驸马', '甘宁', '龙驹', '分水', '武陵', '太安', '白羊', '恒合', '罗田', '新田', '长岭'];
const guarantees = ['信用', '保证', '抵押', '质押'];

const header = [
  '企业名称', '统一社会信用代码', '注册日期', '企业类型', '注册资金', '行业代码', '从业人员', '营业收入', '资产总额', '地区', '注册地址',
  '联系人', '联系电话', '发展前景好', '信贷需求强', '信用记录好', '需求金额', '需求期限', '资金用途', '担保方式',
  '合规持续经营', '固定经营场所', '真实融资需求', '信用状况良好', '贷款用途依法合规', '佐证',
];

/**
 * The list as CSV. Every row states all eight criteria with their evidence; a few do not meet those of credit, and so cannot be
 * recommended.
 * @param {number} [rows] @param {number} [seed] of other enterprises
 */
export function generatedList(rows = 120, seed = 20211029) {
  const next = numbers(seed);
  const pick = (/** @type {any[]} */ from) => from[Math.floor(next() * from.length)];
  const lines = [header.join(',')];
  for (let row = 0; row < rows; row++) {
    const [trade, industry, category] = trades[row % trades.length];
    const serial = [...Array(8)].map(() => alphabet[Math.floor(next() * 31)]).join('');
    const code = withCheckCharacter(`${category}500101${serial}${alphabet[Math.floor(next() * 10)]}`);
    const employees = 2 + Math.floor(next() * 80);
    let sound = '是';
    lines.push([
      `万州示例${pick(words)}${row + 1}号${trade}`, code, `${2005 + Math.floor(next() * 20)}-0${1 + Math.floor(next() * 9)}-1${Math.floor(next() * 10)}`,
      category === '92' ? '个体工商户' : category === '93' ? '农民专业合作社' : '有限责任公司', `${10 * (1 + Math.floor(next() * 50))}(万人民币元)`,
      industry, employees, employees * (3 + Math.floor(next() * 20)), employees * 5, '万州', `重庆市万州区示例路${row + 1}号`,
      `示例${pick(['王', '李', '张', '刘', '陈'])}某`, `1380000${String(row).padStart(4, '0')}`,
      '是', '是', sound = next() < 0.95 ? '是' : '否', 5 * (1 + Math.floor(next() * 60)), pick([6, 12, 24, 36]), pick(['采购原材料', '更新设备', '流动资金周转']), pick(guarantees),
      '是', '是', '是', sound, '是', '走访记录、纳税与社保缴纳证明',
    ].join(','));
  }
  // Faulty on purpose, so that a rejection can be seen: a wrong check character, a missing name, a code given twice.
  const [, first] = lines;
  lines.push(first.replace(/9\d500101/, (found) => `${found[0]}${(Number(found[1]) + 1) % 10}500101`), first.replace(/^[^,]*/, ''), first);
  return `${lines.join('\n')}\n`;
}
