/** Closed vocabularies that more than one service speaks. Words and their Chinese terms: docs/glossary.md. */
export enum OrganisationKind {
  DEPARTMENT = 'DEPARTMENT',
  CENTRAL_BANK_BRANCH = 'CENTRAL_BANK_BRANCH',
  FINANCE_OFFICE = 'FINANCE_OFFICE',
  FINANCIAL_REGULATOR = 'FINANCIAL_REGULATOR',
  BANK = 'BANK',
  /** Answers for a street, town, park or business district. */
  AREA_ORGANISATION = 'AREA_ORGANISATION',
  INSURER = 'INSURER',
  GUARANTOR = 'GUARANTOR',
  COURT = 'COURT',
  POLICE = 'POLICE',
  MARKET_REGULATOR = 'MARKET_REGULATOR',
  /** Equity fund of H-046. */
  FUND = 'FUND',
  INCUBATOR = 'INCUBATOR',
  OPERATOR = 'OPERATOR',
}

/** Size classes of 国统字〔2017〕213号; UNKNOWN when an indicator is missing, never a guess. */
export enum SizeClass {
  LARGE = 'LARGE',
  MEDIUM = 'MEDIUM',
  SMALL = 'SMALL',
  MICRO = 'MICRO',
  UNKNOWN = 'UNKNOWN',
  NOT_APPLICABLE = 'NOT_APPLICABLE',
}

/** How a loan may be secured. CREDIT is an unsecured loan. */
export enum GuaranteeType {
  CREDIT = 'CREDIT',
  GUARANTEE = 'GUARANTEE',
  MORTGAGE = 'MORTGAGE',
  PLEDGE = 'PLEDGE',
}

/** Why an application or a referral ended as it did; customer-side reasons included (domain.md 2.4). */
export enum ReasonCode {
  MEETS_CRITERIA = 'MEETS_CRITERIA',
  OUT_OF_AREA = 'OUT_OF_AREA',
  INDUSTRY_NOT_SERVED = 'INDUSTRY_NOT_SERVED',
  BELOW_FINANCIAL_CRITERIA = 'BELOW_FINANCIAL_CRITERIA',
  CREDIT_RECORD = 'CREDIT_RECORD',
  NO_QUOTA = 'NO_QUOTA',
  INSUFFICIENT_GUARANTEE = 'INSUFFICIENT_GUARANTEE',
  MATERIALS_INCOMPLETE = 'MATERIALS_INCOMPLETE',
  PURPOSE_NOT_ELIGIBLE = 'PURPOSE_NOT_ELIGIBLE',
  MISUSE_SUSPECTED = 'MISUSE_SUSPECTED',
  CUSTOMER_NO_NEED = 'CUSTOMER_NO_NEED',
  CUSTOMER_QUOTA_TOO_SMALL = 'CUSTOMER_QUOTA_TOO_SMALL',
  CUSTOMER_TOO_EXPENSIVE = 'CUSTOMER_TOO_EXPENSIVE',
  CUSTOMER_UNREACHABLE = 'CUSTOMER_UNREACHABLE',
  OTHER = 'OTHER',
  CUSTOMER_TERMS_UNSUITABLE = 'CUSTOMER_TERMS_UNSUITABLE',
  CUSTOMER_NO_ACCOUNT = 'CUSTOMER_NO_ACCOUNT',
  CUSTOMER_CHOSE_OTHER = 'CUSTOMER_CHOSE_OTHER',
  TOO_SLOW = 'TOO_SLOW',
  RECALLED = 'RECALLED',
  TAKEN_ELSEWHERE = 'TAKEN_ELSEWHERE',
  NO_BANK_LEFT = 'NO_BANK_LEFT',
  NOT_VERIFIED = 'NOT_VERIFIED',
}

/** Reference data of the district that changes: working-day calendar, regions, quotes of the loan prime rate, terms of clocks. */
export enum ReferenceDataKind {
  CALENDAR = 'CALENDAR',
  REGIONS = 'REGIONS',
  LPR = 'LPR',
  SLA = 'SLA',
}

/** What a consent is about. */
export enum ConsentRecordKind {
  DEMAND = 'DEMAND',
  ISSUE = 'ISSUE',
}
