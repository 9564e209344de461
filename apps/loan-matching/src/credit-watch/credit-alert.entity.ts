import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { Decimal } from '@finharbor/platform/subgraph/scalars';
import { ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { Entity } from 'typeorm';

/** What is watched; each has its figure in `credit_rules`. */
export enum CreditAlertKind {
  /** 多头申请: open demands with more banks than this. */
  PARALLEL_DEMANDS = 'PARALLEL_DEMANDS',
  /** 过度授信: approved by all banks together, more yuan than this. */
  CREDIT_TOTAL = 'CREDIT_TOTAL',
  /** Registered fewer months ago than this. */
  NEWLY_REGISTERED = 'NEWLY_REGISTERED',
  /** States no more revenue than this. */
  NO_OPERATION = 'NO_OPERATION',
  /** One contact asks for more enterprises than this. */
  SHARED_CONTACT = 'SHARED_CONTACT',
  /** So many banks reported that the identity of a small business is misused. */
  MISUSE_SUSPECTED = 'MISUSE_SUSPECTED',
}

export enum CreditAlertState {
  OPEN = 'OPEN',
  HANDLED = 'HANDLED',
}

/** How much an enterprise is credited in all, for a bank that works on its demand: coarse, so that nobody reads another bank in it. */
export enum CreditBandLevel {
  NORMAL = 'NORMAL',
  ELEVATED = 'ELEVATED',
  HIGH = 'HIGH',
}

registerEnumType(CreditAlertKind, { name: 'CreditAlertKind', description: 'What is watched about the credit of enterprises.' });
registerEnumType(CreditAlertState, { name: 'CreditAlertState', description: 'Whether a supervisor looked into an alert.' });

@ObjectType({ description: 'Something about the credit or the demands of an enterprise that a supervisor is to look into (防范过度授信、套取资金).' })
@Entity({ schema: 'loan_matching', name: 'credit_alerts' })
export class CreditAlert {
  @Property(() => ID, { description: 'Id of the alert; rises with time.', column: { primary: true } })
  id: string;

  @Property(() => ID, { description: 'The enterprise.', column: {} })
  enterpriseId: string;

  @Property(() => String, { description: 'Its name; null while nobody told it.', nullable: true })
  enterpriseName: string | null = null;

  @Property(() => CreditAlertKind, { description: 'What was found.', enum: CreditAlertKind, enumName: 'CreditAlertKind', column: {} })
  kind: CreditAlertKind;

  @Property(() => CreditAlertState, { description: 'Whether somebody looked into it.', enum: CreditAlertState, enumName: 'CreditAlertState', column: {} })
  state: CreditAlertState;

  @Property(() => Decimal, { description: 'What was measured: banks, yuan, months or enterprises, by kind. Follows while the alert is open.', column: {} })
  measured: string;

  @Property(() => Decimal, { description: 'The figure that it was compared with.', column: {} })
  threshold: string;

  @Property(() => String, { description: 'What the supervisor found.', nullable: true, column: {} })
  note: string | null;

  @Property(() => Date, { description: 'When it was found.', column: {} })
  raisedAt: Date;

  @Property(() => Date, { description: 'When it was looked into.', nullable: true, column: {} })
  handledAt: Date | null;

  @Property(() => Int, { description: 'Rises with every change; If-Match asks for it.', column: {} })
  version: number;

  @Hidden({ type: 'uuid' })
  orgId: string;
}

@ObjectType({ description: 'From which figure on something is watched. The district sets it.' })
export class CreditRule {
  @Property(() => CreditAlertKind, { description: 'What is watched.', enum: CreditAlertKind, enumName: 'CreditAlertKind' })
  kind: CreditAlertKind;

  @Property(() => Decimal, { description: 'The figure.' })
  threshold: string;

  @Property(() => String, { description: 'What it counts: BANKS, YUAN, MONTHS or ENTERPRISES.' })
  unit: string;

  @Property(() => String, { description: 'On what it rests.' })
  source: string;

  @Property(() => Int, { description: 'Rises with every change; If-Match asks for it.' })
  version: number;
}

@ObjectType({ description: 'How much the enterprise of a demand is credited in all, as a band.' })
export class CreditBand {
  @Property(() => ID, { description: 'The demand.' })
  demandId: string;

  @Property(() => String, { description: 'NORMAL, ELEVATED from half of what is watched on, HIGH beyond it.', enum: CreditBandLevel, enumName: 'CreditBandLevel' })
  band: CreditBandLevel;
}
