import {
  type CellReader, readAmount, readCapital, readCount, readCreditCode, readGuaranteeType, readIndustryCode, readMonths, readPastDay,
  readPhone, readText, readYesNo,
} from './cell-rules.js';

interface Column<T> {
  /** Headers that name the column, normalised as `normaliseHeader` does. The first is the usual Chinese one. */
  names: string[];
  /** Units that the header may name in brackets behind the name. */
  units?: string[];
  read: CellReader<T>;
  /** Personal data: encrypted, and never repeated in a rejection. */
  personal?: true;
}

const column = <T>(names: string, read: CellReader<T>, options: Pick<Column<T>, 'units' | 'personal'> = {}): Column<T> =>
  ({ names: names.split(' '), read, ...options });

const money = { units: ['万元', '元', 'yuan'] };

/** The columns that a list may have, by the names of ListEntry and Enterprise. Adding one is adding a line. */
export const columns = {
  creditCode: column('统一社会信用代码 社会信用代码 统一信用代码 信用代码 creditcode uscc unifiedsocialcreditcode socialcreditcode', readCreditCode),
  name: column('企业名称 名称 单位名称 公司名称 企业全称 主体名称 市场主体名称 name enterprise enterprisename company companyname', readText(2, 200)),
  establishedOn: column('注册日期 成立日期 成立时间 注册时间 设立日期 establishedon established registrationdate establishmentdate', readPastDay),
  entityType: column('企业类型 主体类型 市场主体类型 公司类型 entitytype enterprisetype companytype', readText(1, 100)),
  registeredCapital: column('注册资金 注册资本 注册资本金 registeredcapital capital', readCapital, money),
  businessScope: column('经营范围 businessscope scope', readText(1, 20_000)),
  province: column('所在省份 省份 省 所属省份 province', readText(1, 50)),
  district: column('地区 区县 所在区县 所属区县 所在地区 district county', readText(1, 50)),
  address: column('注册地址 地址 住所 企业地址 address registeredaddress', readText(1, 500)),
  source: column('来源文件 来源 数据来源 source sourcefile', readText(1, 500)),
  industryCode: column('行业代码 国民经济行业代码 行业分类代码 industrycode', readIndustryCode),
  employees: column('从业人员 从业人数 从业人员数 员工人数 职工人数 employees employeecount headcount', readCount, { units: ['人'] }),
  revenue: column('营业收入 年营业收入 营收 revenue annualrevenue', readAmount, money),
  assets: column('资产总额 总资产 资产总计 assets totalassets', readAmount, money),
  contactName: column('联系人 联系人姓名 contact contactname contactperson', readText(1, 50), { personal: true }),
  contactPhone: column('联系电话 联系人电话 联系方式 电话 手机 手机号 手机号码 contactphone phone telephone mobile', readPhone, { personal: true }),
  goodProspects: column('发展前景好 发展前景 goodprospects', readYesNo),
  strongDemand: column('信贷需求强 strongdemand', readYesNo),
  soundCredit: column('信用记录好 soundcredit', readYesNo),
  demandAmount: column('需求金额 融资需求金额 贷款需求金额 融资金额 demandamount', readAmount, money),
  demandTermMonths: column('需求期限 融资期限 贷款期限 demandterm demandtermmonths termmonths', readMonths, { units: ['月', '个月', '年', 'months'] }),
  demandPurpose: column('资金用途 贷款用途 融资用途 demandpurpose purpose', readText(1, 500)),
  guaranteeType: column('担保方式 guaranteetype guarantee', readGuaranteeType),
} satisfies Record<string, Column<unknown>>;

export type ColumnKey = keyof typeof columns;

export const columnKeys = Object.keys(columns) as ColumnKey[];

/** A list without these two cannot be used. */
export const requiredColumns: readonly ColumnKey[] = ['creditCode', 'name'];
