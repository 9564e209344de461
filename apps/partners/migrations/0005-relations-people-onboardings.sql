-- The one administrator has become three; what the old one did most is the system administrator's. The owner sees no row under force.
alter table partners.api_clients no force row level security;
update partners.api_clients set role = 'system-administrator' where role = 'administrator';
alter table partners.api_clients force row level security;

-- What one organisation is to another from valid_from on, until the day before valid_to.
create table partners.organisation_relations (
  id uuid primary key,
  organisation_id uuid not null references partners.organisations,
  kind text not null,
  related_id uuid not null references partners.organisations,
  valid_from date not null,
  valid_to date,
  constraint organisation_relations_days check (valid_from < valid_to),
  constraint organisation_relations_two check (organisation_id <> related_id)
);
create unique index organisation_relations_open on partners.organisation_relations (organisation_id, kind, related_id) where valid_to is null;
create index organisation_relations_kind on partners.organisation_relations (kind, related_id);
comment on table partners.organisation_relations is 'public: who belongs to whom is known to all';
grant select on partners.organisation_relations to partners_app, partners_supervisor, partners_worker;
grant insert, update (valid_to) on partners.organisation_relations to partners_supervisor;

create table partners.harbor_copies (id uuid primary key, host_bank_id uuid not null);
comment on table partners.harbor_copies is 'public: the registry of harbors is the programme''s public face';
grant select on partners.harbor_copies to partners_app, partners_supervisor;
grant select, insert on partners.harbor_copies to partners_worker;

-- org_id is who employs the person: the host bank, or the area organisation of a liaison.
create table partners.harbor_people (
  id uuid primary key,
  org_id uuid not null references partners.organisations,
  harbor_id uuid not null,
  post text not null,
  name_encrypted text,
  phone_encrypted text,
  work_address text,
  valid_from date not null,
  valid_to date,
  constraint harbor_people_days check (valid_from < valid_to)
);
create index harbor_people_page on partners.harbor_people (org_id, id);
create index harbor_people_harbor on partners.harbor_people (org_id, harbor_id, id);
select partners.tenant_table('harbor_people');

-- What one administrator proposes and another approves. `client` is what the client will be made of: its public keys, never a secret.
create table partners.onboardings (
  id uuid primary key,
  state text not null,
  organisation_id uuid references partners.organisations,
  organisation jsonb,
  client jsonb not null,
  reason text not null,
  proposed_by text not null,
  proposed_at timestamptz not null,
  expires_at timestamptz not null,
  decided_by text,
  decided_at timestamptz,
  decision_reason text,
  client_id uuid references partners.api_clients,
  constraint onboardings_organisation check (organisation_id is not null or organisation is not null),
  constraint onboardings_two_persons check (state not in ('APPROVED', 'REJECTED') or (decided_by is not null and decided_by <> proposed_by)),
  constraint onboardings_client check ((state = 'APPROVED') = (client_id is not null))
);
comment on table partners.onboardings is 'internal: proposals, for administrators alone';
grant select, insert, update on partners.onboardings to partners_supervisor;
grant select, update on partners.onboardings to partners_worker;
