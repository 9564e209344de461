import { SizeClass } from '@finharbor/contracts/vocabulary';
import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { Decimal, LocalDate } from '@finharbor/platform/subgraph/scalars';
import { Directive, ID, Int, ObjectType } from '@nestjs/graphql';
import { Entity } from 'typeorm';
import { EnterpriseKind } from '../vocabulary.js';

/** An enterprise or self-employed person of the master, as the lists together state it. The newest statement counts. */
@ObjectType({ description: 'An enterprise of the master, seen by those who pushed or claimed it. What no list stated is null.' })
@Directive('@key(fields: "id")')
@Entity({ schema: 'enterprise_lists', name: 'enterprises' })
export class Enterprise {
  @Property(() => ID, { description: 'Id, made from the credit code.', column: { primary: true } })
  id: string;

  @Property(() => String, { description: 'Unified social credit code (统一社会信用代码, GB 32100-2015).', column: {} })
  creditCode: string;

  @Property(() => String, { description: 'Name as the newest list writes it.', column: {} })
  name: string;

  @Property(() => EnterpriseKind, { description: 'Kind, by the credit code.', enum: EnterpriseKind, enumName: 'EnterpriseKind', column: {} })
  kind: EnterpriseKind;

  @Property(() => String, { description: 'Type as registered (企业类型).', nullable: true, column: {} })
  entityType: string | null;

  @Property(() => LocalDate, { description: 'Day of registration.', nullable: true, column: {} })
  establishedOn: string | null;

  @Property(() => Decimal, { description: 'Registered capital, in the unit of its currency.', nullable: true, column: {} })
  registeredCapital: string | null;

  @Property(() => String, { description: 'Currency of the capital, ISO 4217.', nullable: true, column: {} })
  capitalCurrency: string | null;

  @Property(() => String, { description: 'Business scope (经营范围).', nullable: true, column: {} })
  businessScope: string | null;

  @Property(() => String, { description: 'Code of its region (GB/T 2260), by district, else by the credit code.', nullable: true, column: {} })
  regionCode: string | null;

  @Property(() => String, { description: 'Registered address.', nullable: true, column: {} })
  address: string | null;

  @Property(() => String, { description: 'Industry, GB/T 4754-2017.', nullable: true, column: {} })
  industryCode: string | null;

  @Property(() => Int, { description: 'Persons employed.', nullable: true, column: {} })
  employees: number | null;

  @Property(() => Decimal, { description: 'Revenue of a year, yuan.', nullable: true, column: {} })
  revenue: string | null;

  @Property(() => Decimal, { description: 'Total assets, yuan.', nullable: true, column: {} })
  assets: string | null;

  @Property(() => SizeClass, { description: 'Size class (国统字〔2017〕213号).', enum: SizeClass, enumName: 'SizeClass', column: {} })
  sizeClass: SizeClass;

  @Property(() => Int, { description: 'Rises with every change.', column: {} })
  version: number;

  @Property(() => Date, { description: 'When it last changed.', column: {} })
  changedAt: Date;

  @Property(() => String, { description: 'Name of the contact, masked.', nullable: true })
  contactName: string | null;

  @Property(() => String, { description: 'Phone number of the contact, masked.', nullable: true })
  contactPhone: string | null;

  @Hidden({ type: 'text', nullable: true })
  contactNameEncrypted: string | null;

  @Hidden({ type: 'text', nullable: true })
  contactPhoneEncrypted: string | null;
}
