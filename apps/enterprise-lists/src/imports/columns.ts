import {
  type CellReader, readAmount, readCapital, readCount, readCreditCode, readDay, readGuaranteeType, readIndustry, readMonths, readPastDay,
  readPhone, readPrivate, readText, readYesNo,
} from './cell-rules.js';
import { readGreenEdition, readKind, readRegistrationStatus, readStreet, readTags, readZone } from './cell-words.js';

interface Column<T> {
  /** Headers that name the column, normalised as `normaliseHeader` does. The first is the usual Chinese one. */
  names: string[];
  /** Headers that could name others too: they name this column where no other header does. */
  looseNames?: string[];
  /** Units that the header may name in brackets behind the name. */
  units?: string[];
  read: CellReader<T>;
  /** Personal data: encrypted, and never repeated in a rejection. */
  personal?: true;
}

const column = <T>(names: string, read: CellReader<T>, options: Pick<Column<T>, 'units' | 'personal' | 'looseNames'> = {}): Column<T> =>
  ({ names: names.split(' '), read, ...options });

const money = { units: ['万元', '元', 'yuan', '万', '人民币元', '人民币万元', '万元人民币', '万人民币元'] };

/** Headers of the evidence of one criterion. */
const evidence = (chinese: string, english: string): Column<string> =>
  column(`${chinese}佐证 ${chinese}依据 ${chinese}佐证材料 ${english}evidence`, readText(1, 1000));

/** The columns that a list may have, by the names of ListEntry and Enterprise. Adding one is adding a line. */
export const columns = {
  creditCode: column('统一社会信用代码 社会信用代码 统一信用代码 信用代码 creditcode uscc unifiedsocialcreditcode socialcreditcode', readCreditCode),
  name: column('企业名称 名称 单位名称 公司名称 企业全称 主体名称 市场主体名称 name enterprise enterprisename company companyname', readText(2, 200)),
  kind: column('主体类别 市场主体类别 经营主体类别 主体性质 kind enterprisekind entitykind', readKind),
  registrationStatus: column(
    '登记状态 经营状态 企业状态 企业登记状态 企业经营状态 主体状态 市场主体状态 经营主体状态 经营主体登记状态 registrationstatus operatingstatus businessstatus',
    readRegistrationStatus, { looseNames: ['状态', 'status'] }),
  establishedOn: column('注册日期 成立日期 成立时间 注册时间 设立日期 establishedon established registrationdate establishmentdate', readPastDay),
  entityType: column('企业类型 主体类型 市场主体类型 公司类型 entitytype enterprisetype companytype', readText(1, 100)),
  isPrivate: column('民营 是否民营 民营企业 是否民营企业 企业性质 所有制 所有制性质 经济性质 isprivate private privatelyowned ownership', readPrivate),
  isForeignTrade: column('外贸 是否外贸 外贸企业 是否外贸企业 isforeigntrade foreigntrade', readYesNo),
  registeredCapital: column('注册资金 注册资本 注册资本金 registeredcapital capital', readCapital, money),
  businessScope: column('经营范围 businessscope scope', readText(1, 20_000)),
  province: column('所在省份 省份 省 所属省份 province', readText(1, 50)),
  district: column('地区 区县 所在区县 所属区县 所在地区 district county', readText(1, 50)),
  address: column('注册地址 地址 住所 企业地址 address registeredaddress', readText(1, 500)),
  streetCode: column('街道 所属街道 所在街道 镇街 所属镇街 镇乡街道 乡镇街道 乡镇 street streetcode town', readStreet),
  zoneCode: column('功能区 所属功能区 所属园区 园区 zone zonecode functionalzone', readZone),
  source: column('来源文件 来源 数据来源 source sourcefile', readText(1, 500)),
  industryCode: column('行业代码 国民经济行业代码 行业分类代码 industrycode', readIndustry),
  industryName: column('行业 行业名称 所属行业 行业类别 国民经济行业 国民经济行业分类 industry industryname', readIndustry),
  employees: column('从业人员 从业人数 从业人员数 员工人数 职工人数 employees employeecount headcount', readCount, { units: ['人'] }),
  revenue: column('营业收入 年营业收入 营收 revenue annualrevenue', readAmount, money),
  assets: column('资产总额 总资产 资产总计 assets totalassets', readAmount, money),
  contactName: column('联系人 联系人姓名 contact contactname contactperson', readText(1, 50), { personal: true }),
  contactPhone: column('联系电话 联系人电话 联系方式 电话 手机 手机号 手机号码 contactphone phone telephone mobile', readPhone, { personal: true }),
  goodProspects: column('发展前景好 发展前景 goodprospects', readYesNo),
  strongDemand: column('信贷需求强 strongdemand', readYesNo),
  soundCredit: column('信用记录好 soundcredit', readYesNo),
  lawfulOperation: column('合规持续经营 依法合规经营 持续合规经营 lawfuloperation', readYesNo),
  fixedPremises: column('固定经营场所 有固定经营场所 fixedpremises', readYesNo),
  realDemand: column('真实融资需求 有真实融资需求 融资需求真实 realdemand', readYesNo),
  goodCreditStanding: column('信用状况良好 goodcreditstanding', readYesNo),
  lawfulPurpose: column('贷款用途依法合规 贷款用途合规 用途依法合规 lawfulpurpose', readYesNo),
  goodProspectsEvidence: evidence('发展前景好', 'goodprospects'),
  strongDemandEvidence: evidence('信贷需求强', 'strongdemand'),
  soundCreditEvidence: evidence('信用记录好', 'soundcredit'),
  lawfulOperationEvidence: evidence('合规持续经营', 'lawfuloperation'),
  fixedPremisesEvidence: evidence('固定经营场所', 'fixedpremises'),
  realDemandEvidence: evidence('真实融资需求', 'realdemand'),
  goodCreditStandingEvidence: evidence('信用状况良好', 'goodcreditstanding'),
  lawfulPurposeEvidence: evidence('贷款用途依法合规', 'lawfulpurpose'),
  evidence: column('佐证 依据 佐证材料 认定依据 推荐依据 推荐理由 evidence', readText(1, 1000)),
  tags: column('标签 企业标签 重点领域 支持领域 tags tag', readTags),
  innovationTier: column('梯度 优质中小企业梯度 创新梯度 企业资质 资质 innovationtier tier', readTags),
  tagsUntil: column('有效期至 资质有效期至 梯度有效期至 认定有效期至 tagsuntil validuntil', readDay),
  greenPlate: column('绿色板块 绿色标签 greenplate', readTags),
  greenCategory: column('绿色目录类别 绿色产业目录 绿色目录 绿色产业类别 绿色项目类别 greencategory', readText(1, 200)),
  greenEdition: column('绿色目录版本 绿色产业目录版本 目录版本 greenedition', readGreenEdition),
  demandAmount: column('需求金额 融资需求金额 贷款需求金额 融资金额 demandamount', readAmount, money),
  demandTermMonths: column('需求期限 融资期限 贷款期限 demandterm demandtermmonths termmonths', readMonths, { units: ['月', '个月', '年', 'months'] }),
  demandPurpose: column('资金用途 贷款用途 融资用途 demandpurpose purpose', readText(1, 500)),
  guaranteeType: column('担保方式 guaranteetype guarantee', readGuaranteeType),
  consentRef: column('授权书编号 同意编号 授权编号 授权书号 信息授权编号 consentref consentid consent', readText(1, 100)),
} satisfies Record<string, Column<unknown>>;

export type ColumnKey = keyof typeof columns;

export const columnKeys = Object.keys(columns) as ColumnKey[];

/** A list without these two cannot be used. */
export const requiredColumns: readonly ColumnKey[] = ['creditCode', 'name'];

/** The last column of a returned workbook: what is wrong with the row. It says nothing of the enterprise and is passed over. */
export const explanationHeaders: readonly string[] = ['错误说明', 'errors'];
