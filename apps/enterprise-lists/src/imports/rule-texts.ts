interface RuleText {
  /** How to put it right. */
  fix: string;
  /** What is wrong, for those who read Chinese. */
  zh: string;
  fixZh: string;
}

/** Every rule that a row can break or that can warn of it: what to do about it, in both languages. A rule without a line gets `other`. */
export const ruleTexts: Record<string, RuleText> = {
  required: { fix: 'Fill in the cell.', zh: '必填项为空', fixZh: '请补填该单元格' },
  length: { fix: 'Shorten or complete the text.', zh: '长度不符合要求', fixZh: '请缩短或补全内容' },
  tooLong: { fix: 'Shorten the text.', zh: '单元格内容过长（超过 64 KiB）', fixZh: '请缩短内容' },
  columnCount: { fix: 'Give the row as many cells as the header; put text that holds separators in quotes.', zh: '单元格数量与表头不一致', fixZh: '请使单元格数与表头一致；含分隔符的内容请加引号' },
  controlCharacter: { fix: 'Delete the invisible character, or type the cell again.', zh: '含有不可见的控制字符', fixZh: '请删除不可见字符或重新输入' },
  spreadsheetError: { fix: 'Repair the formula, or write the value itself.', zh: '公式出错或没有计算结果', fixZh: '请修正公式或直接填写数值' },
  spreadsheetNumber: { fix: 'Format the column as text and enter the number again.', zh: '数字被表格软件写成科学计数法，末位已丢失', fixZh: '请将该列设为文本格式后重新输入' },
  residentId: { fix: 'Remove the identity number; enterprises are known by their credit code.', zh: '含有居民身份证号码', fixZh: '请删除身份证号码，企业以统一社会信用代码为准' },
  legacyRegistration: { fix: 'Look up the 18-character credit code of the enterprise.', zh: '这是15位旧注册号', fixZh: '请填写18位统一社会信用代码' },
  character: { fix: 'Compare the code with the business licence; I, O, S, V and Z never stand in one.', zh: '信用代码含有不允许的字符', fixZh: '请核对营业执照；代码中不使用 I、O、S、V、Z' },
  checksum: { fix: 'Compare the code with the business licence. If it is really printed so, ask a supervisor to let it pass.', zh: '信用代码校验位不符', fixZh: '请核对营业执照；如执照确系如此，请监管单位放行' },
  checksumExcepted: { fix: 'Nothing to do.', zh: '信用代码校验位不符，已由监管单位放行', fixZh: '无需处理' },
  duplicate: { fix: 'Keep one row for each enterprise.', zh: '与前面的行信用代码重复', fixZh: '每家企业只保留一行' },
  date: { fix: 'Write the day as 2026-11-21.', zh: '日期无法识别', fixZh: '请写成 2026-11-21 的形式' },
  future: { fix: 'Correct the day.', zh: '日期晚于今天', fixZh: '请更正日期' },
  unit: { fix: 'Write 100万, or name the unit in the header: 注册资金(万元).', zh: '金额没有单位', fixZh: '请写明单位，如“100万”，或在表头注明“(万元)”' },
  amount: { fix: 'Write an amount such as 100万 or 1,234.5.', zh: '金额无法识别', fixZh: '请写成“100万”或“1,234.5”的形式' },
  integer: { fix: 'Write a whole number.', zh: '不是整数', fixZh: '请填写整数' },
  months: { fix: 'Write 12, 12个月 or 1年.', zh: '期限无法识别（1至600个月）', fixZh: '请写成“12”“12个月”或“1年”' },
  industry: { fix: 'Look up the code in GB/T 4754-2017.', zh: '行业代码有误', fixZh: '请按 GB/T 4754-2017 填写行业代码' },
  industryName: { fix: 'Write the code, or the name as in GB/T 4754-2017.', zh: '行业名称无法识别，未采用', fixZh: '请按 GB/T 4754-2017 填写行业名称或代码' },
  industrySection: { fix: 'Name the division (two digits) or a class.', zh: '只写了行业门类，无法划型', fixZh: '请填写到行业大类或小类' },
  yesNo: { fix: 'Write 是 or 否.', zh: '应填“是”或“否”', fixZh: '请填“是”或“否”' },
  enumeration: { fix: 'Choose one of the words that the template lists.', zh: '不在可选范围内', fixZh: '请从模板的可选项中选择' },
  phone: { fix: 'Write a number such as 13900000000 or 023-58000000.', zh: '电话号码无法识别', fixZh: '请写成“13900000000”或“023-58000000”的形式' },
  unknownTag: { fix: 'Use the tags that the template lists.', zh: '部分标签无法识别，未采用', fixZh: '请使用模板中列出的标签' },
  street: { fix: 'Write the name as in 万州区, such as 太白街道; leave it empty for other places.', zh: '街道（镇乡）无法识别，未采用', fixZh: '请填写万州区的街道、镇乡全称' },
  zone: { fix: 'Write 万州经开区 or 渝东新区, or leave it empty.', zh: '功能区无法识别，未采用', fixZh: '请填写“万州经开区”或“渝东新区”' },
  registrationStatus: { fix: 'Write 存续, 停业, 清算, 吊销, 撤销, 注销 or 迁出.', zh: '登记状态无法识别，未采用', fixZh: '请填写“存续”“停业”“清算”“吊销”“撤销”“注销”或“迁出”' },
  sizeUnknown: { fix: 'State the industry, the persons employed, the revenue and the assets.', zh: '划型指标不全，企业规模记为未知', fixZh: '请补充行业、从业人员、营业收入和资产总额' },
  regionMismatch: { fix: 'Check the code and the address; both may be right.', zh: '信用代码的登记机关与地址不在同一区县', fixZh: '请核对代码与地址；二者都正确时无需处理' },
  kindMismatch: { fix: 'Check the code and the kind.', zh: '主体类别与信用代码不一致', fixZh: '请核对主体类别与信用代码' },
  greenEdition: { fix: 'Name the edition of the green catalogue.', zh: '未写绿色目录版本，按现行版本记录', fixZh: '请填写绿色目录版本' },
  other: { fix: 'Correct the cell.', zh: '内容有误', fixZh: '请更正' },
};
