/**
 * Size classes of enterprises, 国统字〔2017〕213号 (统计上大中小微型企业划分办法) after 工信部联企业〔2011〕300号: per group the lower limits of
 * large, medium and small. Employees in persons, revenue and assets in 万元 (10,000 yuan). `以上` includes the number.
 */
import type { SizeGroup } from './size-class.js';

export type Limits = readonly [large: number, medium: number, small: number];

export interface SizeRow {
  employees?: Limits;
  revenue?: Limits;
  assets?: Limits;
}

export interface SizeTable {
  /** ISO date of the document. The ministry is revising the standard: a new edition becomes a second table. */
  validFrom: string;
  source: string;
  rows: Readonly<Record<SizeGroup, SizeRow>>;
}

/** Oldest first. */
export const SIZE_TABLES: readonly SizeTable[] = [
  {
    validFrom: '2017-12-28',
    source: '国统字〔2017〕213号',
    rows: {
      AGRI: { revenue: [20000, 500, 50] },
      INDUSTRY: { employees: [1000, 300, 20], revenue: [40000, 2000, 300] },
      CONSTRUCTION: { revenue: [80000, 6000, 300], assets: [80000, 5000, 300] },
      WHOLESALE: { employees: [200, 20, 5], revenue: [40000, 5000, 1000] },
      RETAIL: { employees: [300, 50, 10], revenue: [20000, 500, 100] },
      TRANSPORT: { employees: [1000, 300, 20], revenue: [30000, 3000, 200] },
      WAREHOUSE: { employees: [200, 100, 20], revenue: [30000, 1000, 100] },
      POST: { employees: [1000, 300, 20], revenue: [30000, 2000, 100] },
      LODGING: { employees: [300, 100, 10], revenue: [10000, 2000, 100] },
      CATERING: { employees: [300, 100, 10], revenue: [10000, 2000, 100] },
      INFO_TRANSMISSION: { employees: [2000, 100, 10], revenue: [100000, 1000, 100] },
      SOFTWARE_IT: { employees: [300, 100, 10], revenue: [10000, 1000, 50] },
      REAL_ESTATE_DEV: { revenue: [200000, 1000, 100], assets: [10000, 5000, 2000] },
      PROPERTY_MGMT: { employees: [1000, 300, 100], revenue: [5000, 1000, 500] },
      LEASING_BUSINESS: { employees: [300, 100, 10], assets: [120000, 8000, 100] },
      OTHER: { employees: [300, 100, 10] },
    },
  },
];
