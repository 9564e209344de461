import { DomainError, notFound } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, readPage } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { audit } from '@finharbor/security/audit/audit';
import { FieldCipher, type FieldPlace } from '@finharbor/security/encryption/field-cipher';
import type { Caller } from '@finharbor/security/tokens/caller';
import { maskName, maskPhone } from '@finharbor/standards/masking';
import { Injectable } from '@nestjs/common';
import { HarborPerson, HarborPost } from './harbor-person.entity.js';
import type { EnterHarborPersonInput, HarborPeopleArgs, HarborPeopleQuery, LeaveHarborInput } from './harbor-person.inputs.js';

/** Who works at harbors: each organisation keeps its own people, supervisors see all. What harbors do with them is theirs. */
@Injectable()
export class HarborPeopleService {
  constructor(private readonly tenancy: Tenancy, private readonly cursors: Cursors, private readonly cipher: FieldCipher) {}

  /** Enters somebody. A bank does so at its own harbors; an area organisation names its liaison at any. */
  enter(caller: Caller, input: EnterHarborPersonInput): Promise<HarborPerson> {
    return this.tenancy.run(caller, async (tx) => {
      const { harborId, post, name, phone, workAddress = null, validFrom } = input;
      const [harbor] = await tx.query<{ host_bank_id: string }>('select host_bank_id from partners.harbor_copies where id = $1', [harborId]);
      if (!harbor || (caller.role === 'bank' && harbor.host_bank_id !== tx.organisationId)) throw notFound('harbor');
      if (caller.role === 'area' && post !== HarborPost.LIAISON) throw invalid('post', 'liaison', 'an area organisation names a LIAISON and nobody else');
      if (post === HarborPost.LIAISON && !workAddress) throw invalid('workAddress', 'required', 'workAddress of a LIAISON stands on the service plate');
      const place = { id: newId(), organisationId: tx.organisationId };
      const person = tx.manager.create(HarborPerson, {
        ...place, harborId, post, workAddress, validFrom, validTo: null,
        nameEncrypted: this.cipher.encrypt(name, placeOf(place, 'name')), phoneEncrypted: this.cipher.encrypt(phone, placeOf(place, 'phone')),
      });
      await tx.manager.insert(HarborPerson, person);
      await audit(tx, { action: 'harbor-person.enter', resource: 'harbor-person', resourceId: place.id, detail: { harborId, post, validFrom } });
      return this.masked(person);
    });
  }

  /** Newest first: one's own people, of all organisations for supervisors. */
  async list(caller: Caller, query: HarborPeopleQuery | HarborPeopleArgs): Promise<Page<HarborPerson>> {
    const page = await this.tenancy.run(caller, (tx) => {
      const people = tx.manager.createQueryBuilder(HarborPerson, 'person');
      if (query.harborId) people.where('person.harborId = :harborId', { harborId: query.harborId });
      return readPage(people, query, this.cursors, { list: 'harbor-people', organisationId: caller.organisationId, filter: query.harborId });
    });
    return { ...page, items: page.items.map((person) => this.masked(person)) };
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
      return this.masked(Object.assign(person, { validTo }));
    });
  }

  private masked(person: HarborPerson): HarborPerson {
    const open = (column: 'name' | 'phone', sealed: string | null): string | null => sealed && this.cipher.decrypt(sealed, placeOf(person, column));
    const [name, phone] = [open('name', person.nameEncrypted), open('phone', person.phoneEncrypted)];
    return Object.assign(person, { name: name && maskName(name), phone: phone && maskPhone(phone) });
  }
}

const placeOf = ({ id, organisationId }: Pick<HarborPerson, 'id' | 'organisationId'>, column: string): FieldPlace =>
  ({ column: `partners.harbor_people.${column}_encrypted`, rowId: id, organisationId });

const invalid = (field: string, rule: string, message: string): DomainError => new DomainError('VALIDATION_FAILED', undefined, [{ field, rule, message }]);
