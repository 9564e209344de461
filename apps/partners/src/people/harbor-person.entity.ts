import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { LocalDate } from '@finharbor/platform/subgraph/scalars';
import { ID, ObjectType, registerEnumType } from '@nestjs/graphql';
import { Entity } from 'typeorm';

/** What a person is at a harbor. */
export enum HarborPost {
  /** 港湾负责人 (H-075). */
  HEAD = 'HEAD',
  /** 普惠信贷员, of whom each harbor has one at least (twelve items, 2). */
  CREDIT_OFFICER = 'CREDIT_OFFICER',
  /** 当值人员 (H-100). */
  DUTY_OFFICER = 'DUTY_OFFICER',
  /** 大堂经理 (H-100). */
  LOBBY_MANAGER = 'LOBBY_MANAGER',
  /** 双向联络员: one of the bank, one of the area (H-106). */
  LIAISON = 'LIAISON',
}

registerEnumType(HarborPost, { name: 'HarborPost', description: 'What a person is at a harbor (H-075, H-100, H-106).' });

/** Rows stay when somebody leaves: who was responsible then must be known later. */
@ObjectType({ description: 'Somebody who works at a harbor or is its liaison, with the days. Name and phone are masked.' })
@Entity({ schema: 'partners', name: 'harbor_people' })
export class HarborPerson {
  @Property(() => ID, { description: 'Id of the entry.', column: { primary: true } })
  id: string;

  @Property(() => ID, { description: 'Who employs the person: the host bank, or an area organisation.', column: { name: 'org_id' } })
  organisationId: string;

  @Property(() => ID, { description: 'The harbor.', column: {} })
  harborId: string;

  @Property(() => HarborPost, { description: 'What the person is there.', enum: HarborPost, enumName: 'HarborPost', column: {} })
  post: HarborPost;

  @Property(() => String, { description: 'Name, masked; null when it was erased.', nullable: true })
  name: string | null;

  @Property(() => String, { description: 'Phone, masked; null when it was erased.', nullable: true })
  phone: string | null;

  @Property(() => String, { description: 'Where a liaison works, as it stands on the service plate (H-106).', nullable: true, column: {} })
  workAddress: string | null;

  @Property(() => LocalDate, { description: 'First day at the post.', column: {} })
  validFrom: string;

  @Property(() => LocalDate, { description: 'First day no more at the post; null while there.', nullable: true, column: {} })
  validTo: string | null;

  @Hidden({ type: 'text', nullable: true })
  nameEncrypted: string | null;

  @Hidden({ type: 'text', nullable: true })
  phoneEncrypted: string | null;
}
