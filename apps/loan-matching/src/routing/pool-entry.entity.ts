import { GuaranteeType, SizeClass } from '@finharbor/contracts/vocabulary';
import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { Decimal } from '@finharbor/platform/subgraph/scalars';
import { ID, Int, ObjectType } from '@nestjs/graphql';
import { Entity } from 'typeorm';
import { DemandKind } from '../demands/demand-states.js';

/** Its id is its own: neither that of the application nor of any demand, so that it cannot be told which bank had it before. */
@ObjectType({ description: 'An application in the open pool, without who asks. The first bank that accepts has it.' })
@Entity({ schema: 'loan_matching', name: 'pool_entries' })
export class PoolEntry {
  @Property(() => ID, { description: 'Id of the entry; the bank that accepts gets a demand with an id of its own.', column: { primary: true } }) id: string;
  @Property(() => DemandKind, { description: 'First loan (首贷), renewal (续贷) or other.', enum: DemandKind, enumName: 'DemandKind', column: {} })
  kind: DemandKind;
  @Property(() => Decimal, { description: 'Amount asked for, in yuan.', column: {} }) amount: string;
  @Property(() => Int, { description: 'Term asked for, in months.', column: {} }) termMonths: number;
  @Property(() => String, { description: 'What the money is for.', column: {} }) purpose: string;
  @Property(() => [GuaranteeType], { description: 'Security that can be offered; empty where nothing was said.', enum: GuaranteeType, enumName: 'GuaranteeType', column: {} })
  guaranteeTypes: GuaranteeType[];
  @Property(() => String, { description: 'District (GB/T 2260).', nullable: true, column: {} }) regionCode: string | null;
  @Property(() => String, { description: 'Division of the industry (GB/T 4754-2017).', nullable: true, column: {} }) industryCode: string | null;
  @Property(() => SizeClass, { description: 'Size class (国统字〔2017〕213号).', enum: SizeClass, enumName: 'SizeClass', column: {} }) sizeClass: SizeClass;
  @Property(() => Date, { description: 'Since when it is in the pool.', column: {} }) listedAt: Date;
  @Property(() => Date, { description: 'Until when; null where the calendar does not reach.', nullable: true, column: {} }) closesAt: Date | null;
  @Property(() => Boolean, { description: 'Whether it goes through the green channel of special groups (H-112): before others.', column: {} })
  greenChannel: boolean;
  @Hidden({ type: 'uuid' }) orgId: string;
  @Hidden({ type: 'uuid' }) applicationId: string;
  @Hidden({ type: 'uuid', array: true }) hadBy: string[];
  @Hidden({ type: 'timestamptz', nullable: true }) closedAt: Date | null;
  @Hidden({ type: 'uuid', nullable: true }) takenBy: string | null;
}
