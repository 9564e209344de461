-- What can be mended when a bank says no (可修复类别): the problem in words, what helps, and who is responsible. Configuration of the district.
create table loan_matching.cultivation_categories (
  code text primary key,
  problem text not null,
  -- The reasons that are taken for it until a second diagnosis says otherwise; each reason for one category at most.
  reason_codes text[] not null,
  measure text not null,
  -- Whose affair it usually is; an organisation of that name is responsible unless another is set.
  department_name text,
  department_id uuid,
  source text not null,
  version int not null default 1
);
comment on table loan_matching.cultivation_categories is 'public: what can be mended and by whom is known to all';
grant select on loan_matching.cultivation_categories to loan_matching_app, loan_matching_supervisor, loan_matching_worker;
grant update (measure, department_id, version) on loan_matching.cultivation_categories to loan_matching_supervisor;
insert into loan_matching.cultivation_categories (code, problem, reason_codes, measure, department_name, source)
select code, problem, string_to_array(reasons, ' '), measure, department_name,
  '宿州“问题+部门+措施”15类可修复情形（zgfxnews.com，2.7）；类别名称、部门与措施为本系统默认，由本区核定'
from (values
  ('CREDIT_RECORD', '信用记录有瑕疵（逾期、行政处罚）', 'CREDIT_RECORD', '辅导结清欠款，按程序申请信用修复', '发展改革委'),
  ('TAX', '纳税信用偏低或欠税', '', '对接税务部门补缴、补报，申请纳税信用修复', '税务局'),
  ('REGISTRATION', '登记信息不一致或列入经营异常名录', '', '办理变更登记，申请移出经营异常名录', '市场监管局'),
  ('LICENCE', '缺少行业资质或许可', '', '指导补办经营许可和行业资质', '市场监管局'),
  ('OPERATION', '经营不连续或未正常经营', 'MISUSE_SUSPECTED', '上门核实经营状况，属实后提供经营佐证', '经济信息委'),
  ('PREMISES', '无固定经营场所或场所权属不清', '', '核实经营场所，补充租赁合同或权属证明', '市场监管局'),
  ('FINANCES', '财务不规范或指标不达标', 'BELOW_FINANCIAL_CRITERIA', '辅导建账和财务报表，稳定经营后再推荐', '经济信息委'),
  ('GUARANTEE', '担保不足', 'INSUFFICIENT_GUARANTEE', '对接政府性融资担保机构增信', '区金融办'),
  ('MATERIALS', '申请材料不齐', 'MATERIALS_INCOMPLETE', '一次性告知所缺材料，协助补齐', '工商联'),
  ('PURPOSE', '贷款用途不明确或不合规', 'PURPOSE_NOT_ELIGIBLE', '核实融资需求，说明合规用途并补充合同', '商务委'),
  ('ENVIRONMENT', '环保或安全生产处罚未整改', '', '督促整改，出具整改完成证明', '生态环境局'),
  ('LITIGATION', '涉诉或被执行', '', '协调结案或和解，申请屏蔽失信信息', '区人民法院'),
  ('SOCIAL_INSURANCE', '欠缴社会保险费或拖欠工资', '', '协助补缴并出具证明', '人力社保局'),
  ('PRODUCT_FIT', '银行产品与需求不匹配（地区、行业、额度、价格）',
    'OUT_OF_AREA INDUSTRY_NOT_SERVED NO_QUOTA CUSTOMER_QUOTA_TOO_SMALL CUSTOMER_TOO_EXPENSIVE', '推荐适合的产品和银行，再次对接', '区金融办'),
  ('CONTACT', '联系不上或需求已变化', 'CUSTOMER_NO_NEED CUSTOMER_UNREACHABLE', '重新走访核实联系方式和融资意愿', '工商联')
) as seed (code, problem, reasons, measure, department_name);
