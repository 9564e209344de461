import { connectionOf } from '@finharbor/platform/http/page';
import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { LocalDate } from '@finharbor/platform/subgraph/scalars';
import { ArgsType, Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { IsEnum, IsInt, IsUUID, Max, Min } from 'class-validator';
import { Entity } from 'typeorm';
import { DutyFrequency, DutyState } from '../vocabulary.js';

/** How often a department has to push a list (H-040), with the period that is open. */
@ObjectType({ description: 'How often a department has to push a list (H-040), and how it stands with the period that is open.' })
@Entity({ schema: 'enterprise_lists', name: 'push_duties' })
export class PushDuty {
  @Property(() => ID, { description: 'The department.', column: { name: 'org_id', primary: true } })
  departmentId: string;

  @Property(() => DutyFrequency, { description: 'How often.', enum: DutyFrequency, enumName: 'DutyFrequency', column: {} })
  frequency: DutyFrequency;

  @Property(() => Int, { description: 'Natural days after the end of a period in which its list is still in time.', column: {} })
  graceDays: number;

  @Property(() => String, { description: 'The open period, like 2026-11 or 2026-Q4.', column: {} })
  period: string;

  @Property(() => LocalDate, { description: 'Its last day.', column: {} })
  dueOn: string;

  @Property(() => DutyState, { description: 'How the department stands with it.', enum: DutyState, enumName: 'DutyState' })
  state: DutyState;

  @Property(() => Date, { description: 'When its first list was pushed.', nullable: true })
  submittedAt: Date | null;

  @Property(() => Date, { description: 'When the duty was set.', column: {} })
  changedAt: Date;

  @Hidden({ type: 'integer' })
  version: number;
}

@ObjectType({ description: 'A page of duties, by department.' })
export class PushDutyConnection extends connectionOf(PushDuty, 'PushDuty') {}

/** Sets the duty of a department. */
@ArgsType()
export class SetPushDutyArgs {
  @Field(() => ID, { description: 'The department.' })
  @IsUUID()
  id: string;

  @Field(() => DutyFrequency, { description: 'How often it has to push a list.' })
  @IsEnum(DutyFrequency)
  frequency: DutyFrequency;

  @Field(() => Int, { defaultValue: 0, description: 'Natural days after the end of a period in which its list is still in time, at most 60.' })
  @IsInt() @Min(0) @Max(60)
  graceDays: number = 0;
}
