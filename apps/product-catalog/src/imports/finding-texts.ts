interface FindingText { zh: string; fixZh: string }

/** Every rule that a row of products can break, for those who read Chinese. A rule without a line gets `other`. */
const texts: Record<string, FindingText> = {
  required: { zh: '必填项为空', fixZh: '请补填该单元格' },
  choice: { zh: '不在可选范围内', fixZh: '请从模板的可选项中选择' },
  amount: { zh: '金额无法识别', fixZh: '请写成“50万”“1.5亿元”或“300000元”的形式' },
  unit: { zh: '表头单位不对', fixZh: '请按填写说明改正表头括号内的单位' },
  percent: { zh: '百分比无法识别', fixZh: '请写成“3.65”或“3.65%”的形式' },
  integer: { zh: '不是整数', fixZh: '请填写整数' },
  months: { zh: '期限无法识别（1至600个月）', fixZh: '请写成“12”“12个月”或“1年”' },
  years: { zh: '年限无法识别', fixZh: '请填写数字，如“2”' },
  yesNo: { zh: '应填“是”或“否”', fixZh: '请填“是”或“否”' },
  region: { zh: '地区无法识别或已撤销', fixZh: '请填写现行区县、街道的名称或代码' },
  industry: { zh: '行业无法识别', fixZh: '请按 GB/T 4754-2017 填写门类、代码或名称' },
  fee: { zh: '费用无法识别', fixZh: '请写成“评估费 500元；担保费 1%”的形式' },
  share: { zh: '比例无法识别', fixZh: '请写成“万州银行 20%；三峡担保 80%”的形式' },
  parts: { zh: '组合内容无法识别，或不足两项', fixZh: '请写成“贷款：信用贷款；贴息：财政贴息一半”的形式' },
  sum: { zh: '比例合计不是100%', fixZh: '请核对各方比例' },
  range: { zh: '上限小于下限', fixZh: '请核对上下限' },
  positive: { zh: '必须大于零', fixZh: '请填写大于零的数' },
  impossible: { zh: '超出可能的范围', fixZh: '请核对数值和单位' },
  contradiction: { zh: '与其他条件矛盾，没有人能同时满足', fixZh: '请核对这些条件' },
  kind: { zh: '与定价方式不符', fixZh: 'LPR加减点只填LPR期限和加点，固定利率只填年利率' },
  line: { zh: '与产品类别不符', fixZh: '请核对产品类别，或清空该单元格' },
  plainText: { zh: '含有HTML', fixZh: '请改为纯文字' },
  markup: { zh: '含有HTML', fixZh: '请改为纯文字' },
  isLength: { zh: '长度不符合要求', fixZh: '请缩短或补全内容' },
  matches: { zh: '格式不符合要求', fixZh: '请按填写说明填写' },
  notContains: { zh: '不能换行', fixZh: '请写在一行内' },
  arrayMaxSize: { zh: '内容过多', fixZh: '请减少项数' },
  twice: { zh: '与前面的行产品编号重复', fixZh: '每个产品只保留一行' },
  columnCount: { zh: '单元格数量多于表头', fixZh: '请使单元格数与表头一致；含分隔符的内容请加引号' },
  spreadsheetError: { zh: '公式出错或没有计算结果', fixZh: '请修正公式或直接填写数值' },
  spreadsheetNumber: { zh: '数字被表格软件写成科学计数法', fixZh: '请将该列设为文本格式后重新输入' },
  text: { zh: '含有无法保存的字符', fixZh: '请删除不可见字符或重新输入' },
  ILLEGAL_STATE: { zh: '产品已终止，或当前状态不能发布', fixZh: '请核对产品状态；已终止的产品请用新编号' },
  QUALITY_TOO_LOW: { zh: '已保存但未发布：产品信息质量低于发布要求', fixZh: '请补充标出的内容后重新导入' },
  told: { zh: '没有填写，影响产品质量评分', fixZh: '请补充' },
};
const other: FindingText = { zh: '内容有误', fixZh: '请按填写说明更正' };

export const findingText = (rule: string): FindingText => (Object.hasOwn(texts, rule) ? texts[rule] : other);
