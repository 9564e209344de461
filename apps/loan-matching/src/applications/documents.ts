import { ApplicantKind } from '@finharbor/contracts/eligibility/facts';
import { GuaranteeType } from '@finharbor/contracts/vocabulary';
import { Property } from '@finharbor/platform/subgraph/property';
import { ObjectType, registerEnumType } from '@nestjs/graphql';
import { DemandKind } from '../demands/demand-states.js';

/** Kinds of documents that banks ask for. The platform keeps none of them: it knows whether the applicant has one. */
export enum DocumentKind {
  BUSINESS_LICENCE = 'BUSINESS_LICENCE',
  RESIDENT_ID = 'RESIDENT_ID',
  OPERATING_RECORDS = 'OPERATING_RECORDS',
  FINANCIAL_STATEMENTS = 'FINANCIAL_STATEMENTS',
  TAX_RECORDS = 'TAX_RECORDS',
  PURPOSE_EVIDENCE = 'PURPOSE_EVIDENCE',
  PREMISES = 'PREMISES',
  GUARANTOR = 'GUARANTOR',
  COLLATERAL_TITLE = 'COLLATERAL_TITLE',
  PRESENT_LOAN_CONTRACT = 'PRESENT_LOAN_CONTRACT',
  REPAYMENT_RECORD = 'REPAYMENT_RECORD',
  GROUP_CERTIFICATE = 'GROUP_CERTIFICATE',
}

registerEnumType(DocumentKind, { name: 'DocumentKind', description: 'A kind of document that a bank asks for.' });

@ObjectType({ description: 'Something that an application lacks.' })
export class MissingItem {
  @Property(() => String, { description: 'A DocumentKind.' }) item: string;
  @Property(() => String, { description: 'What it is, in words for the applicant.' }) name: string;
}

/** What an application is, as far as its documents depend on it. */
export interface Described {
  applicantKind: ApplicantKind;
  kind: DemandKind;
  guaranteeTypes: readonly GuaranteeType[];
  greenChannel: boolean;
}

const { GUARANTEE, MORTGAGE, PLEDGE } = GuaranteeType;
const isPerson = ({ applicantKind }: Described): boolean => applicantKind === ApplicantKind.NATURAL_PERSON;
const isFirm = ({ applicantKind }: Described): boolean => [ApplicantKind.ENTERPRISE, ApplicantKind.COOPERATIVE].includes(applicantKind);
const offers = (one: Described, ...types: GuaranteeType[]): boolean => types.some((type) => one.guaranteeTypes.includes(type));
const always = (): boolean => true;

/** The checklist (H-101), in the order of the notice. A default of this system, which the district settles; banks may ask for more. */
const checklist: Record<DocumentKind, [name: string, isAsked: (one: Described) => boolean]> = {
  BUSINESS_LICENCE: ['营业执照', (one) => !isPerson(one)],
  RESIDENT_ID: ['法定代表人、经营者或本人身份证', always],
  OPERATING_RECORDS: ['近六个月经营流水', (one) => !isPerson(one)],
  FINANCIAL_STATEMENTS: ['近两年财务报表', isFirm],
  TAX_RECORDS: ['近一年纳税记录', isFirm],
  PURPOSE_EVIDENCE: ['贷款用途证明（合同、订单或计划）', always],
  PREMISES: ['经营场所证明（产权证或租赁合同）', (one) => !isPerson(one)],
  GUARANTOR: ['保证人资料', (one) => offers(one, GUARANTEE)],
  COLLATERAL_TITLE: ['抵（质）押物权属证明', (one) => offers(one, MORTGAGE, PLEDGE)],
  PRESENT_LOAN_CONTRACT: ['原借款合同', ({ kind }) => kind === DemandKind.RENEWAL],
  REPAYMENT_RECORD: ['原贷款还款记录', ({ kind }) => kind === DemandKind.RENEWAL],
  GROUP_CERTIFICATE: ['特殊群体身份证明', ({ greenChannel }) => greenChannel],
};

/** Everything that is missing, at once (一次性告知, H-101): nobody is sent away twice. */
export function missingItems(one: Described, documents: readonly string[]): MissingItem[] {
  const missing = Object.entries(checklist)
    .filter(([kind, [, isAsked]]) => isAsked(one) && !documents.includes(kind)).map(([item, [name]]) => ({ item, name }));
  return missing.map((item) => Object.assign(new MissingItem(), item));
}
