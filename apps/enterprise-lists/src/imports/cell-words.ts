import { regionOn, streetOf, zoneOf } from '@finharbor/standards/regions';
import { normaliseCode } from '@finharbor/standards/text';
import { EnterpriseKind, type EnterpriseTag, GreenEdition, RegistrationStatus } from '../statement-vocabulary.js';
import { CellProblem, type CellReader } from './cell-rules.js';

const kindWords: Record<string, EnterpriseKind> = {
  企业: EnterpriseKind.ENTERPRISE, 公司: EnterpriseKind.ENTERPRISE, 个体工商户: EnterpriseKind.SELF_EMPLOYED, 个体户: EnterpriseKind.SELF_EMPLOYED,
  个体: EnterpriseKind.SELF_EMPLOYED, 农民专业合作社: EnterpriseKind.COOPERATIVE, 专业合作社: EnterpriseKind.COOPERATIVE,
  合作社: EnterpriseKind.COOPERATIVE, 家庭农场: EnterpriseKind.FAMILY_FARM, 事业单位: EnterpriseKind.PUBLIC_BODY, 机关: EnterpriseKind.PUBLIC_BODY,
  社会组织: EnterpriseKind.SOCIAL_ORGANISATION, 社会团体: EnterpriseKind.SOCIAL_ORGANISATION, 农村集体经济组织: EnterpriseKind.RURAL_COLLECTIVE,
  其他: EnterpriseKind.OTHER,
};

/** The kind of a market entity in words; where it says nothing of the kind, the credit code does. */
export const readKind: CellReader<EnterpriseKind> = (text) => {
  const word = normaliseCode(text);
  return kindWords[word] ?? Object.values(EnterpriseKind).find((kind) => kind === word)
    ?? new CellProblem('enumeration', 'is none of 企业 ENTERPRISE, 个体工商户 SELF_EMPLOYED, 农民专业合作社 COOPERATIVE, 家庭农场 FAMILY_FARM');
};

/** Words for tags, the official name first, without 企业 at the end and without who awarded it. */
export const tagWords: Record<EnterpriseTag, string[]> = {
  LODGING: ['住宿', '住宿业', '酒店', '民宿'], CATERING: ['餐饮', '餐饮业'], RETAIL: ['零售', '零售业'], EDUCATION: ['教育'], CULTURE: ['文化', '文化产业'],
  TOURISM: ['旅游', '旅游业'], SPORTS: ['体育', '体育产业'], TRANSPORT: ['交通运输', '交通运输业', '交通', '运输'],
  FOREIGN_TRADE: ['外贸', '对外贸易', '进出口'], ADVANCED_MANUFACTURING: ['先进制造业', '先进制造'],
  STRATEGIC_EMERGING: ['战略性新兴产业', '战略新兴产业', '战新产业', '战新'], GREEN_CIRCULAR: ['循环产业', '循环经济'],
  GREEN_TRANSPORT: ['智能绿色交通', '绿色交通'], GREEN_BIOMEDICINE: ['生物医药园区', '生物医药'], GREEN_DIGITAL: ['数字新基建', '新基建'],
  GREEN_BUILDING: ['绿色建筑'], INNOVATIVE_SME: ['创新型中小企业', '创新型中小', '创新型'],
  SPECIALISED_SME: ['专精特新中小企业', '专精特新', '专精特新中小'], LITTLE_GIANT: ['专精特新小巨人', '小巨人'],
  HIGH_TECH: ['高新技术企业', '高新技术', '高新', '高企'], TECH_SME: ['科技型中小企业', '科技型中小', '科技型'],
};

const tagOf = new Map(Object.entries(tagWords).flatMap(([tag, words]) =>
  [tag, ...words].map((word) => [word, tag as EnterpriseTag] as const)));

function readTag(word: string): EnterpriseTag | undefined {
  const plain = normaliseCode(word).replace(/["'“”‘’「」]/g, '').replace(/^(?:国家级?|省级|市级|区级|重庆市)/, '');
  return tagOf.get(plain) ?? tagOf.get(plain.replace(/企业$/, ''));
}

/** Tags, several to a cell: `专精特新、绿色建筑`. Words that are none cost a warning: such columns hold all kinds of words. */
export const readTags: CellReader<EnterpriseTag[]> = (text, { warn }) => {
  const words = text.split(/[\s,，、;；/|+]+/).filter((word) => word !== '');
  const tags = words.map(readTag);
  const unknown = tags.filter((tag) => !tag).length;
  if (unknown > 0) warn('unknownTag', `${unknown} of its ${words.length} words ${unknown === 1 ? 'is no tag' : 'are no tags'} and ${unknown === 1 ? 'is' : 'are'} left out`);
  return [...new Set(tags.filter((tag) => tag !== undefined))].sort();
};

/** Words for where a registration stands, the usual one first, without 已 before and 状态 or 中 behind them; the gravest status last. */
export const statusWords: Record<RegistrationStatus, string[]> = {
  ACTIVE: [
    '存续', '在业', '开业', '在营', '在册', '在营在册', '在业在册', '正常', '正常经营', '正常营业', '正常在业', '营业', '经营', '有效', '登记', '登记成立', '确立',
    '成立', '设立', '迁入', '恢复营业',
  ],
  SUSPENDED: ['停业', '歇业', '停产', '停业整顿', '暂停营业'],
  IN_LIQUIDATION: ['清算', '清算组备案', '强制清算', '破产', '破产清算', '破产重整', '重整', '拟注销', '正在注销', '注销中', '注销公告'],
  REVOKED: ['吊销', '吊销营业执照', '吊销未注销', '责令关闭', '除名'],
  ANNULLED: ['撤销', '撤销登记', '撤销设立', '撤销设立登记'],
  DEREGISTERED: ['注销', '吊销注销', '吊销已注销', '吊销后注销', '吊销并注销', '强制注销', '核准注销'],
  MOVED_OUT: ['迁出', '迁往市外', '迁往省外'],
};

const statusOf = new Map(Object.entries(statusWords).flatMap(([status, words]) =>
  [status.replace('_', ''), ...words].map((word) => [word, status as RegistrationStatus] as const)));
const gravity = Object.values(RegistrationStatus);
const readStatus = (word: string): RegistrationStatus | undefined =>
  statusOf.get(word) ?? statusOf.get(word.replace(/^(?:已经?|被)/, '').replace(/(?:状态|企业)$/, '').replace(/中$/, ''));

/**
 * Where a registration stands: `存续（在营、开业、在册）`, `吊销，未注销`. Of several words the gravest counts. One that begins with no
 * such word is left out with a warning: columns of that name hold all kinds of words.
 */
export const readRegistrationStatus: CellReader<RegistrationStatus | null> = (text, { warn }) => {
  const words = normaliseCode(text).replaceAll('_', '').split(/[(),，、;；:：/|[\]【】-]+/).filter((word) => word !== '');
  const [first, ...more] = words.map(readStatus);
  if (first) return gravity.findLast((status) => status === first || more.includes(status)) ?? first;
  warn('registrationStatus', 'is no status of a registration: it is left out');
  return null;
};

/** The edition of the green catalogue, by its year. */
export const readGreenEdition: CellReader<GreenEdition> = (text) => {
  const year = /(?:2019|2021|2025)/.exec(normaliseCode(text))?.[0];
  return Object.values(GreenEdition).find((edition) => year && edition.endsWith(year))
    ?? new CellProblem('enumeration', 'is none of the editions 2019, 2021 and 2025');
};

/** A street or town of 万州区 by name, short name or code. Others are passed over with a warning: an enterprise may lie elsewhere. */
export const readStreet: CellReader<string | null> = (text, { today, warn }) => {
  const code = normaliseCode(text);
  const region = /^500101\d{3}$/.test(code) ? regionOn(code, today) : streetOf(text, today) ?? streetOf(`${code}街道`, today);
  if (!region) warn('street', 'is no street or town of 万州区: it is left out');
  return region?.code ?? null;
};

/** A functional zone of 万州区 by name or code. */
export const readZone: CellReader<string | null> = (text, { today, warn }) => {
  const code = normaliseCode(text);
  const region = /^500101Z\d\d$/.test(code) ? regionOn(code, today) : zoneOf(text, today);
  if (!region) warn('zone', 'is no functional zone of 万州区: it is left out');
  return region?.code ?? null;
};
