-- An upload of a list (导入), from its announcement to its effect (ADR 24). Its rows wait in import_rows until it is applied.
create table enterprise_lists.imports (
  id uuid primary key,
  org_id uuid not null,
  title text not null, period text not null,
  mode text not null, atomicity text not null, dry_run boolean not null, apply_asked boolean not null,
  sheet text, delimiter text, mapping jsonb not null default '{}',
  file_name text, expected_bytes int,
  state text not null,
  -- What is to be done next, and until when a process has it in hand, by the database's clock.
  wanted text, lease_holder uuid, leased_until timestamptz, attempts int not null default 0,
  file_id uuid, file_key_encrypted text, file_bytes int, file_sha256 text, file_deleted_at timestamptz,
  -- Of the file and of what it was sent with: the same again changes nothing.
  content_hash text, repeat_of uuid,
  format text, encoding text, read_sheet text,
  -- Where the validation goes on after a crash: saved with the chunk that it stands behind.
  checkpoint jsonb,
  read_bytes int not null default 0,
  row_count int not null default 0, accepted_count int not null default 0, rejected_count int not null default 0, warned_count int not null default 0,
  added_count int, changed_count int, unchanged_count int, skipped_count int,
  causes jsonb not null default '[]', warnings jsonb not null default '[]', failure jsonb,
  push_list_id uuid,
  version int not null default 1,
  created_at timestamptz not null default now(),
  uploaded_at timestamptz, validated_at timestamptz, ended_at timestamptz, undone_at timestamptz
);
create index imports_org on enterprise_lists.imports (org_id, id);
create index imports_org_state on enterprise_lists.imports (org_id, state, id);
create index imports_state on enterprise_lists.imports (state, id);
create index imports_org_content on enterprise_lists.imports (org_id, content_hash) where content_hash is not null;
select enterprise_lists.tenant_table('imports');
create table enterprise_lists.import_parts (
  id uuid primary key, org_id uuid not null, import_id uuid not null, number int not null,
  file_id uuid not null, file_key_encrypted text not null, bytes int not null, sha256 text not null,
  constraint import_parts_once unique (org_id, import_id, number)
);
select enterprise_lists.tenant_table('import_parts');
-- Errors and warnings of rows; column_number counts from 1, and is null where the row as a whole is meant. Written by COPY, which
-- row level security knows not: read as worker, for whoever may read the import.
create table enterprise_lists.import_findings (
  import_id uuid not null, row_number int not null, ordinal int not null,
  column_number int, field text, severity text not null, rule text not null, message text not null, value text,
  primary key (import_id, row_number, ordinal)
);
comment on table enterprise_lists.import_findings is 'internal: the worker writes them, and reads them for whoever may read the import';
grant select, insert, update, delete on enterprise_lists.import_findings to enterprise_lists_worker;
-- What a department's own headers mean, until it says otherwise.
create table enterprise_lists.import_mappings (org_id uuid primary key, mapping jsonb not null, version int not null, changed_at timestamptz not null);
select enterprise_lists.tenant_table('import_mappings');
revoke insert, update on enterprise_lists.imports, enterprise_lists.import_parts, enterprise_lists.import_mappings from enterprise_lists_supervisor;
grant delete on enterprise_lists.import_parts to enterprise_lists_app;
alter table enterprise_lists.push_lists add column import_id uuid;
-- A UUID version 7 whose random part begins with a number: rows that one statement makes by the thousand sort by it.
create function enterprise_lists.numbered_id(at timestamptz, number int) returns uuid language sql volatile as $$
  select encode(substring(int8send((extract(epoch from at) * 1000)::bigint) from 3) || substring(int4send(28672 | (number >> 20)) from 3)
    || substring(int4send(32768 | ((number >> 6) & 16383)) from 3) || set_byte(rest, 0, ((number & 63) << 2) | (get_byte(rest, 0) & 3)), 'hex')::uuid
  from (select substring(uuid_send(gen_random_uuid()) from 11)) as random (rest)
$$;
