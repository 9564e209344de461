import { taxGrades } from '@finharbor/contracts/eligibility/facts';
import type { ApplicantKind, PurposeKind, SpecialGroup } from '@finharbor/contracts/eligibility/facts';
import type { GuaranteeType, SizeClass } from '@finharbor/contracts/vocabulary';
import type {
  CollateralKind, InsuranceClass, LoanStage, LprTerm, MonetaryTool, OfferPartKind, PricingKind, ProductChannel, ProductLine, ProductOrigin,
  RepaymentMode,
} from '../vocabulary.js';

/** What people write for each code, the word of the template first. A code itself is taken too. */
export type Words<Code extends string = string> = Readonly<Record<Code, readonly string[]>>;

export const lineWords: Words<ProductLine> = { LOAN: ['贷款'], INSURANCE: ['保险'], GUARANTEE: ['担保'], COMBINED: ['组合产品', '金融+'] };

export const sizeWords: Words<Exclude<SizeClass, SizeClass.UNKNOWN>> = {
  LARGE: ['大型', '大型企业'], MEDIUM: ['中型', '中型企业'], SMALL: ['小型', '小型企业'], MICRO: ['微型', '微型企业'], NOT_APPLICABLE: ['不划型'],
};

export const guaranteeWords: Words<GuaranteeType> = { CREDIT: ['信用'], GUARANTEE: ['保证'], MORTGAGE: ['抵押'], PLEDGE: ['质押'] };

export const kindWords: Words<ApplicantKind> = {
  ENTERPRISE: ['企业', '公司'], SELF_EMPLOYED: ['个体工商户', '个体户'], COOPERATIVE: ['农民专业合作社', '合作社'], FAMILY_FARM: ['家庭农场'],
  NATURAL_PERSON: ['自然人', '个人'],
};

export const gradeWords: Words = Object.fromEntries(taxGrades.map((grade) => [grade, [grade, `${grade}级`]]));

export const groupWords: Words<SpecialGroup> = {
  REGISTERED_UNEMPLOYED: ['登记失业人员'], DISABLED: ['残疾人'], VETERAN: ['退役军人'], GRADUATE: ['高校毕业生'], RETURNED_MIGRANT_WORKER: ['返乡农民工', '返乡创业农民工'],
  ONLINE_MERCHANT: ['网络商户'],
};

export const purposeWords: Words<PurposeKind> = {
  WORKING_CAPITAL: ['流动资金'], EQUIPMENT: ['设备购置'], PREMISES: ['经营场所'], RESEARCH: ['研发'], TRADE: ['贸易'], AGRICULTURE: ['农业生产'], START_UP: ['创业'],
  GREEN: ['绿色项目'], REPLACING_DEBT: ['置换债务'], HOME: ['住房'], VEHICLE: ['车辆'], CONSUMPTION: ['消费'], OTHER: ['其他'],
};

export const repaymentWords: Words<RepaymentMode> = {
  EQUAL_INSTALMENTS: ['等额本息'], EQUAL_PRINCIPAL: ['等额本金'], INTEREST_THEN_PRINCIPAL: ['先息后本'], BULLET: ['到期一次还本付息', '到期还本付息'],
  BORROW_REPAY_ANYTIME: ['随借随还'],
};

export const pricingWords: Words<PricingKind> = { LPR: ['LPR加减点', 'LPR'], FIXED: ['固定利率', '固定'] };
export const lprWords: Words<LprTerm> = { ONE_YEAR: ['1年期', '一年期'], FIVE_YEARS: ['5年期以上', '五年期以上', '5年期'] };
export const originWords: Words<ProductOrigin> = { POLICY: ['政策性'], COMMERCIAL: ['商业性'] };
export const stageWords: Words<LoanStage> = { FIRST_LOAN: ['首贷'], RENEWAL: ['续贷', '无还本续贷'] };

export const collateralWords: Words<CollateralKind> = {
  REAL_ESTATE: ['房产', '不动产'], LAND_USE_RIGHT: ['土地使用权'], FOREST_RIGHT: ['林权'], VEHICLE: ['车辆'], EQUIPMENT: ['设备'], INVENTORY: ['存货'], RECEIVABLES: ['应收账款'],
  BILLS: ['票据'], DEPOSITS: ['存单'], INTELLECTUAL_PROPERTY: ['知识产权'], OTHER: ['其他'],
};

export const toolWords: Words<MonetaryTool> = {
  AGRICULTURE_RELENDING: ['支农再贷款'], SMALL_BUSINESS_RELENDING: ['支小再贷款'], REDISCOUNT: ['再贴现'], INCLUSIVE_LOAN_SUPPORT: ['普惠小微贷款支持工具'],
  CARBON_REDUCTION: ['碳减排支持工具'], SCIENCE_AND_EQUIPMENT_RELENDING: ['科技创新和技术改造再贷款'], OTHER: ['其他'],
};

export const channelWords: Words<ProductChannel> = {
  OUTLET: ['网点'], HARBOR: ['金融服务港湾', '港湾'], ONLINE_BANKING: ['网上银行', '网银'], MOBILE: ['手机银行', '手机'], PHONE: ['电话'],
};

export const insuranceWords: Words<InsuranceClass> = {
  CONSTRUCTION: ['工程险'], TECHNICAL_EQUIPMENT: ['技术装备险'], TRANSPORT: ['货物运输险'], INTELLECTUAL_PROPERTY: ['知识产权险'], DISASTER: ['巨灾险'],
  BUSINESS_INTERRUPTION: ['营业中断险'], PRODUCT_LIABILITY: ['产品责任险'], EMPLOYER_LIABILITY: ['雇主责任险'], SHORT_TERM_EXPORT_CREDIT: ['短期出口信用险'],
  DOMESTIC_TRADE_CREDIT: ['国内贸易信用险'], OVERSEAS_INVESTMENT: ['海外投资险'],
};

export const partWords: Words<OfferPartKind> = { LOAN: ['贷款'], GUARANTEE: ['担保'], SUBSIDY: ['贴息', '补贴'], INSURANCE: ['保险'] };

/** Tags of the enterprise master by the words that people write. Other words are taken as they are. */
export const tagWords: Words = {
  SPECIALISED_SME: ['专精特新', '专精特新中小企业'], LITTLE_GIANT: ['专精特新小巨人', '小巨人'], INNOVATIVE_SME: ['创新型中小企业'], HIGH_TECH: ['高新技术企业'],
  TECH_SME: ['科技型中小企业'], FOREIGN_TRADE: ['外贸'], ADVANCED_MANUFACTURING: ['先进制造业'], STRATEGIC_EMERGING: ['战略性新兴产业'], GREEN_BUILDING: ['绿色建筑'],
  GREEN_TRANSPORT: ['绿色交通'], GREEN_CIRCULAR: ['循环产业'], LODGING: ['住宿'], CATERING: ['餐饮'], RETAIL: ['零售'], EDUCATION: ['教育'], CULTURE: ['文化'],
  TOURISM: ['旅游'], SPORTS: ['体育'], TRANSPORT: ['交通运输'],
};

/** The words of the template. */
export const firstWords = (words: Words): string[] => Object.values(words).map(([first]) => first);
