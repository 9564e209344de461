import { SizeClass } from '@finharbor/contracts/vocabulary';
import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { Decimal, LocalDate } from '@finharbor/platform/subgraph/scalars';
import { localDate } from '@finharbor/standards/working-days';
import { Directive, ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { Entity } from 'typeorm';
import { Channel, EnterpriseKind, EnterpriseTag, RegistrationStatus } from '../vocabulary.js';
import { OutsideReason } from './derivation.js';

registerEnumType(OutsideReason, { name: 'OutsideReason', description: 'Why an enterprise is outside the programme: never recommended.' });

/** An enterprise or self-employed person of the master, as all lists together state it (docs/enterprises.md). */
@ObjectType({ description: 'An enterprise of the master, seen by those who pushed or claimed it. What no list stated is null.' })
@Directive('@key(fields: "id")')
@Entity({ schema: 'enterprise_lists', name: 'enterprises' })
export class Enterprise {
  @Property(() => ID, { description: 'Id, made from the credit code.', column: { primary: true } }) id: string;
  @Property(() => String, { description: 'Unified social credit code (统一社会信用代码, GB 32100-2015).', column: {} }) creditCode: string;
  @Property(() => String, { description: 'Name as the newest list writes it.', column: {} }) name: string;
  @Property(() => EnterpriseKind, { description: 'Kind, as a list states it, else by the credit code.', enum: EnterpriseKind, enumName: 'EnterpriseKind', column: {} }) kind: EnterpriseKind;
  @Property(() => String, { description: 'Type as registered (企业类型).', nullable: true, column: {} }) entityType: string | null;
  @Property(() => LocalDate, { description: 'Day of registration.', nullable: true, column: {} }) establishedOn: string | null;
  @Property(() => Decimal, { description: 'Registered capital, in the unit of its currency.', nullable: true, column: {} }) registeredCapital: string | null;
  @Property(() => String, { description: 'Currency of the capital, ISO 4217.', nullable: true, column: {} }) capitalCurrency: string | null;
  @Property(() => String, { description: 'Business scope (经营范围).', nullable: true, column: {} }) businessScope: string | null;
  @Property(() => String, { description: 'Code of its region (GB/T 2260), by district, else by the credit code.', nullable: true, column: {} }) regionCode: string | null;
  @Property(() => String, { description: 'Registered address.', nullable: true, column: {} }) address: string | null;
  @Property(() => String, { description: 'Industry, GB/T 4754-2017.', nullable: true, column: {} }) industryCode: string | null;
  @Property(() => Int, { description: 'Persons employed.', nullable: true, column: {} }) employees: number | null;
  @Property(() => Decimal, { description: 'Revenue of a year, yuan.', nullable: true, column: {} }) revenue: string | null;
  @Property(() => Decimal, { description: 'Total assets, yuan.', nullable: true, column: {} }) assets: string | null;
  @Property(() => SizeClass, { description: 'Size class (国统字〔2017〕213号).', enum: SizeClass, enumName: 'SizeClass', column: {} }) sizeClass: SizeClass;
  @Property(() => Boolean, { description: 'Privately owned (民营), as stated, else by the type; null where nothing says so.', nullable: true, column: {} }) isPrivate: boolean | null;
  @Property(() => String, { description: 'Code of its street or town in 万州.', nullable: true, column: {} }) streetCode: string | null;
  @Property(() => String, { description: 'Code of its functional zone in 万州.', nullable: true, column: {} }) zoneCode: string | null;
  @Property(() => RegistrationStatus, { description: 'Where its registration stands (登记状态).', nullable: true, enum: RegistrationStatus, enumName: 'RegistrationStatus', column: {} })
  registrationStatus: RegistrationStatus | null;

  @Property(() => OutsideReason, { description: 'Why it is outside the programme; null where it is not.', nullable: true, enum: OutsideReason, enumName: 'OutsideReason', column: {} })
  outsideReason: OutsideReason | null;

  @Property(() => Channel, { description: 'The channel that its rows go through unless another is named: GREEN by green tags.', enum: Channel, enumName: 'Channel',
    column: { insert: false, update: false } })
  defaultChannel: Channel;

  @Property(() => [EnterpriseTag], { description: 'Sectors, green plates and tiers that hold today, stated and by its industry.', enum: EnterpriseTag, enumName: 'EnterpriseTag' })
  get tags(): EnterpriseTag[] { return this.allTags.filter((tag) => (this.tagsUntil?.[tag] ?? '9') >= localDate(new Date())); }

  @Property(() => [String], { description: 'Categories of the green catalogue behind their editions, which stand side by side: `EDITION_2025 绿色服务`.' })
  get greenCategories(): string[] { return Object.entries(this.greens ?? {}).map((one) => one.join(' ')); }

  @Hidden({ name: 'tags', type: 'text', array: true }) allTags: EnterpriseTag[];
  @Hidden({ type: 'jsonb', nullable: true }) tagsUntil: Partial<Record<EnterpriseTag, string>> | null;
  @Hidden({ name: 'green_categories', type: 'jsonb', nullable: true }) greens: Record<string, string> | null;
  @Property(() => Int, { description: 'Rises with every change.', column: {} }) version: number;
  @Property(() => Date, { description: 'When it last changed.', column: {} }) changedAt: Date;
  @Property(() => String, { description: 'Name of the contact, masked.', nullable: true }) contactName: string | null;
  @Property(() => String, { description: 'Phone number of the contact, masked.', nullable: true }) contactPhone: string | null;
  @Hidden({ type: 'text', nullable: true }) contactNameEncrypted: string | null;
  @Hidden({ type: 'text', nullable: true }) contactPhoneEncrypted: string | null;
}
