import { DomainError, notFound } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, readPage } from '@finharbor/platform/http/page';
import { Contact } from '@finharbor/platform/person-records/contact';
import { PersonalData } from '@finharbor/platform/personal-data/personal-data';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { dataKeyIdOf } from '@finharbor/security/encryption/data-key';
import type { Caller } from '@finharbor/security/tokens/caller';
import { maskName, maskPhone } from '@finharbor/standards/masking';
import { Injectable } from '@nestjs/common';
import { HarborPerson, HarborPost } from './harbor-person.entity.js';
import type { EnterHarborPersonInput, HarborPeopleArgs, HarborPeopleQuery, LeaveHarborInput } from './harbor-person.inputs.js';

/** Who works at harbors: each organisation keeps its own people, supervisors see all. What harbors do with them is theirs. */
@Injectable()
export class HarborPeopleService {
  constructor(private readonly tenancy: Tenancy, private readonly cursors: Cursors, private readonly personalData: PersonalData) {}

  /** Enters somebody. A bank does so at its own harbors; an area organisation names its liaison at any. */
  enter(caller: Caller, input: EnterHarborPersonInput): Promise<HarborPerson> {
    return this.tenancy.run(caller, async (tx) => {
      const { harborId, post, name, phone, workAddress = null, validFrom } = input;
      const [harbor] = await tx.query<{ host_bank_id: string }>('select host_bank_id from partners.harbor_copies where id = $1', [harborId]);
      if (!harbor || (caller.role === 'bank' && harbor.host_bank_id !== tx.organisationId)) throw notFound('harbor');
      if (caller.role === 'area' && post !== HarborPost.LIAISON) throw invalid('post', 'liaison', 'an area organisation names a LIAISON and nobody else');
      if (post === HarborPost.LIAISON && !workAddress) throw invalid('workAddress', 'required', 'workAddress of a LIAISON stands on the service plate');
      const place = { id: newId(), organisationId: tx.organisationId };
      const [sealed] = await this.personalData.seal(tx, 'harbor_people', [{ ...place, texts: { name, phone }, identifiers: [phone] }]);
      const person = tx.manager.create(HarborPerson, {
        ...place, harborId, post, workAddress, validFrom, validTo: null,
        nameEncrypted: sealed.name, phoneEncrypted: sealed.phone,
      });
      await tx.manager.insert(HarborPerson, person);
      await audit(tx, { action: 'harbor-person.enter', resource: 'harbor-person', resourceId: place.id, detail: { harborId, post, validFrom } });
      return (await this.masked(tx, [person]))[0];
    });
  }

  /** Newest first: one's own people, of all organisations for supervisors. */
  list(caller: Caller, query: HarborPeopleQuery | HarborPeopleArgs): Promise<Page<HarborPerson>> {
    return this.tenancy.run(caller, async (tx) => {
      const people = tx.manager.createQueryBuilder(HarborPerson, 'person');
      if (query.harborId) people.where('person.harborId = :harborId', { harborId: query.harborId });
      const page = await readPage(people, query, this.cursors, { list: 'harbor-people', organisationId: caller.organisationId, filter: query.harborId });
      return { ...page, items: await this.masked(tx, page.items) };
    });
  }

  /** The person leaves the post with a day, once. */
  leave(caller: Caller, id: string, { validTo }: LeaveHarborInput): Promise<HarborPerson> {
    return this.tenancy.run(caller, async (tx) => {
      const person = await tx.manager.findOne(HarborPerson, { where: { id }, lock: { mode: 'pessimistic_write' } });
      if (!person) throw notFound('person');
      if (person.validTo) throw new DomainError('ILLEGAL_STATE', `The person left the post on ${person.validTo}.`);
      if (validTo <= person.validFrom) throw invalid('validTo', 'afterStart', `validTo must be after ${person.validFrom}, the first day at the post`);
      await tx.manager.update(HarborPerson, { id }, { validTo });
      await audit(tx, { action: 'harbor-person.leave', resource: 'harbor-person', resourceId: id, detail: { validTo } });
      return (await this.masked(tx, [Object.assign(person, { validTo })]))[0];
    });
  }

  /** How to reach somebody, in the clear. Who looked and why stays in the audit. */
  viewContact(caller: Caller, id: string, reason: string): Promise<Contact> {
    return this.tenancy.run(caller, async (tx) => {
      const person = await tx.manager.findOneBy(HarborPerson, { id });
      if (!person) throw notFound('person');
      const [{ name, phone }] = await this.open(tx, [person]);
      if (name === null || phone === null) throw notFound('contact');
      tx.disclosed = dataKeyIdOf(person.phoneEncrypted ?? '');
      await audit(tx, { action: 'harbor-person.contact-view', resource: 'harbor-person', resourceId: id, detail: { reason } });
      return Object.assign(new Contact(), { name, phone });
    });
  }

  private open(tx: Tx, people: HarborPerson[]): Promise<Record<'name' | 'phone', string | null>[]> {
    return this.personalData.open(tx, 'harbor_people', people.map(({ id, organisationId, nameEncrypted, phoneEncrypted }) =>
      ({ id, organisationId, sealed: { name: nameEncrypted, phone: phoneEncrypted } })));
  }

  private async masked(tx: Tx, people: HarborPerson[]): Promise<HarborPerson[]> {
    const opened = await this.open(tx, people);
    return people.map((person, index) => {
      const { name, phone } = opened[index];
      return Object.assign(person, { name: name && maskName(name), phone: phone && maskPhone(phone) });
    });
  }
}

const invalid = (field: string, rule: string, message: string): DomainError => new DomainError('VALIDATION_FAILED', undefined, [{ field, rule, message }]);
