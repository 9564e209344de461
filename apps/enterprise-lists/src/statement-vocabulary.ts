/** What a list may state of an enterprise, in words. Free of Nest: lists are read in a worker thread. */

/** Kind of a market entity by the first two characters of its credit code (GB 32100-2015); a family farm only by what a list says. */
export enum EnterpriseKind {
  ENTERPRISE = 'ENTERPRISE',
  SELF_EMPLOYED = 'SELF_EMPLOYED',
  COOPERATIVE = 'COOPERATIVE',
  /** 家庭农场: registered as an enterprise or as a self-employed household, so no code tells it (H-003). */
  FAMILY_FARM = 'FAMILY_FARM',
  PUBLIC_BODY = 'PUBLIC_BODY',
  SOCIAL_ORGANISATION = 'SOCIAL_ORGANISATION',
  RURAL_COLLECTIVE = 'RURAL_COLLECTIVE',
  OTHER = 'OTHER',
}

/** What must hold of a row before it is recommended: three of the notice (H-040), five of the country (domain.md 4, decision 3). */
export enum Criterion {
  /** 发展前景好 */
  GOOD_PROSPECTS = 'GOOD_PROSPECTS',
  /** 信贷需求强 */
  STRONG_DEMAND = 'STRONG_DEMAND',
  /** 信用记录好 */
  SOUND_CREDIT = 'SOUND_CREDIT',
  /** 合规持续经营 */
  LAWFUL_OPERATION = 'LAWFUL_OPERATION',
  /** 固定经营场所 */
  FIXED_PREMISES = 'FIXED_PREMISES',
  /** 真实融资需求 */
  REAL_DEMAND = 'REAL_DEMAND',
  /** 信用状况良好 */
  GOOD_CREDIT_STANDING = 'GOOD_CREDIT_STANDING',
  /** 贷款用途依法合规 */
  LAWFUL_PURPOSE = 'LAWFUL_PURPOSE',
}

/** What a list says an enterprise counts as: sectors of the 2023 notice, H-052, green plates (H-053), tiers (domain.md 3.9). */
export enum EnterpriseTag {
  /** 住宿 */
  LODGING = 'LODGING',
  /** 餐饮 */
  CATERING = 'CATERING',
  /** 零售 */
  RETAIL = 'RETAIL',
  /** 教育 */
  EDUCATION = 'EDUCATION',
  /** 文化 */
  CULTURE = 'CULTURE',
  /** 旅游 */
  TOURISM = 'TOURISM',
  /** 体育 */
  SPORTS = 'SPORTS',
  /** 交通运输 */
  TRANSPORT = 'TRANSPORT',
  /** 外贸: no industry, so only a list can say it. */
  FOREIGN_TRADE = 'FOREIGN_TRADE',
  /** 先进制造业 */
  ADVANCED_MANUFACTURING = 'ADVANCED_MANUFACTURING',
  /** 战略性新兴产业 */
  STRATEGIC_EMERGING = 'STRATEGIC_EMERGING',
  /** 循环产业: the first of the five green plates (H-053), which make the green channel the default of a row. */
  GREEN_CIRCULAR = 'GREEN_CIRCULAR',
  /** 智能绿色交通 */
  GREEN_TRANSPORT = 'GREEN_TRANSPORT',
  /** 生物医药园区 */
  GREEN_BIOMEDICINE = 'GREEN_BIOMEDICINE',
  /** 数字新基建 */
  GREEN_DIGITAL = 'GREEN_DIGITAL',
  /** 绿色建筑 */
  GREEN_BUILDING = 'GREEN_BUILDING',
  /** 创新型中小企业 */
  INNOVATIVE_SME = 'INNOVATIVE_SME',
  /** 专精特新中小企业 */
  SPECIALISED_SME = 'SPECIALISED_SME',
  /** 专精特新“小巨人”企业 */
  LITTLE_GIANT = 'LITTLE_GIANT',
  /** 高新技术企业 */
  HIGH_TECH = 'HIGH_TECH',
  /** 科技型中小企业 */
  TECH_SME = 'TECH_SME',
}

/** Edition of the green catalogue that a category is taken from: 绿色产业指导目录 2019, 绿色债券 2021, 绿色金融支持项目目录 2025. */
export enum GreenEdition {
  EDITION_2019 = 'EDITION_2019',
  EDITION_2021 = 'EDITION_2021',
  EDITION_2025 = 'EDITION_2025',
}

/**
 * Where the registration of a market entity stands (登记状态, 经营状态), as the national enterprise credit information system
 * publishes it. Only ACTIVE is what the programme is for.
 */
export enum RegistrationStatus {
  /** 存续, 在业, 开业, 在营, 在册 */
  ACTIVE = 'ACTIVE',
  /** 停业, 歇业: registered, and not at work for a while. */
  SUSPENDED = 'SUSPENDED',
  /** 清算, 破产 */
  IN_LIQUIDATION = 'IN_LIQUIDATION',
  /** 吊销, 责令关闭, 除名: it may do nothing but wind up. */
  REVOKED = 'REVOKED',
  /** 撤销: the registration should never have been made. */
  ANNULLED = 'ANNULLED',
  /** 注销, also after it was revoked: it is no more. */
  DEREGISTERED = 'DEREGISTERED',
  /** 迁出: another authority registers it now. */
  MOVED_OUT = 'MOVED_OUT',
}
