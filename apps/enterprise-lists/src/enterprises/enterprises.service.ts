import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { In } from 'typeorm';
import { Contacts } from './contacts.js';
import { Enterprise } from './enterprise.entity.js';

@Injectable()
export class EnterprisesService {
  constructor(private readonly tenancy: Tenancy, private readonly contacts: Contacts) {}

  /** Those of the enterprises that the caller may know; row level security leaves out the others. */
  byIds(caller: Caller, ids: readonly string[]): Promise<Map<string, Enterprise>> {
    return this.tenancy.run(caller, async (tx) => {
      const rows = await tx.manager.findBy(Enterprise, { id: In(ids.filter((id) => isUUID(id))) });
      await this.contacts.show(tx, rows);
      return new Map(rows.map((row) => [row.id, row]));
    });
  }
}
