import { DomainError, type FieldError } from '@finharbor/contracts/errors';
import { Property } from '@finharbor/platform/subgraph/property';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { ObjectType } from '@nestjs/graphql';
import { columnKeys } from './columns.js';
import type { HeaderMapping } from './headers.js';

@ObjectType({ description: 'What one header means.' })
export class MappedHeader {
  @Property(() => String, { description: 'The header as files write it.' })
  header: string;

  @Property(() => String, { description: 'The column, by its English header; null where it is passed over.', nullable: true })
  column: string | null;
}

/** What a department's own headers mean, in whatever it imports. */
@ObjectType({ description: 'What a department’s own headers mean.' })
export class ImportMapping {
  @Property(() => [MappedHeader], { description: 'Header by header.' })
  headers: MappedHeader[];

  constructor(mapping: HeaderMapping, readonly version: number) {
    this.headers = Object.entries(mapping).map(([header, column]) => Object.assign(new MappedHeader(), { header, column }));
  }
}

const maxHeaders = 200;
const maxHeader = 100;

/** The mapping as ours; VALIDATION_FAILED where it is none. */
export function mappingOf(mapping: Record<string, unknown>): HeaderMapping {
  const entries = Object.entries(mapping);
  const errors = entries.flatMap(([header, column]): FieldError[] => {
    const field = `mapping.${header.slice(0, maxHeader)}`;
    if (header.trim() === '' || header.length > maxHeader) return [{ field, rule: 'length', message: `a header has 1 to ${maxHeader} characters` }];
    if (column === null || columnKeys.some((key) => key === column)) return [];
    return [{ field, rule: 'enumeration', message: `must be null or one of ${columnKeys.join(', ')}` }];
  });
  if (entries.length > maxHeaders) errors.push({ field: 'mapping', rule: 'size', message: `a mapping has at most ${maxHeaders} headers` });
  if (errors.length > 0) throw new DomainError('VALIDATION_FAILED', undefined, errors);
  return mapping as HeaderMapping;
}

@Injectable()
export class MappingsService {
  constructor(private readonly tenancy: Tenancy) {}

  get(caller: Caller): Promise<ImportMapping> {
    return this.tenancy.run(caller, async (tx) => this.saved(tx, tx.organisationId));
  }

  /** The mapping that a department saved; an empty one, of version 0, where it did not. */
  async saved(tx: Tx, departmentId: string): Promise<ImportMapping> {
    const [row] = await tx.query<{ mapping: HeaderMapping; version: number }>('select mapping, version from enterprise_lists.import_mappings where org_id = $1', [departmentId]);
    return new ImportMapping(row?.mapping ?? {}, row?.version ?? 0);
  }

  /** Replaces it. PRECONDITION_FAILED when it was changed meanwhile. */
  save(caller: Caller, version: number, given: Record<string, unknown>): Promise<ImportMapping> {
    const mapping = mappingOf(given);
    return this.tenancy.run(caller, async (tx) => {
      const parameters = [tx.organisationId, JSON.stringify(mapping), version];
      const [saved] = version === 0
        ? await tx.query<{ version: number }>(
          `insert into enterprise_lists.import_mappings (org_id, mapping, version, changed_at) values ($1, $2, $3::int + 1, now())
           on conflict do nothing returning version`, parameters)
        : await tx.query<{ version: number }>(
          `update enterprise_lists.import_mappings set mapping = $2, version = version + 1, changed_at = now() where org_id = $1 and version = $3 returning version`, parameters);
      if (!saved) throw new DomainError('PRECONDITION_FAILED');
      await audit(tx, { action: 'import-mapping.save', resource: 'import-mapping', resourceId: null, detail: { headers: Object.keys(mapping).length } });
      return new ImportMapping(mapping, saved.version);
    });
  }
}
