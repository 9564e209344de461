-- Named people whom an organisation wants to be told things. Of somebody who works at a harbor (harbor_person_id) name and mobile are
-- read there. subscriptions: [{"kind": …, "channel": …}]. *_opted_out: whose word it is that nothing more goes out there.
create table partners.message_recipients (
  id uuid primary key,
  org_id uuid not null references partners.organisations,
  harbor_person_id uuid,
  name_encrypted text,
  mail_encrypted text,
  mobile_encrypted text,
  subscriptions jsonb not null default '[]',
  mail_opted_out text check (mail_opted_out in ('RECIPIENT', 'ORGANISATION')),
  sms_opted_out text check (sms_opted_out in ('RECIPIENT', 'ORGANISATION')),
  created_at timestamptz not null default now(),
  removed_at timestamptz
);
create index message_recipients_page on partners.message_recipients (org_id, id);
create index message_recipients_removed on partners.message_recipients (removed_at) where removed_at is not null;
select partners.own_table('message_recipients');
grant select, insert, update on partners.message_recipients to partners_app, partners_supervisor;

-- Something that an organisation is to be told, once for each event. Alike ones are gathered into one message to each recipient.
create table partners.message_notices (
  id uuid primary key,
  org_id uuid not null,
  kind text not null,
  variables jsonb not null,
  count int not null check (count > 0),
  at timestamptz not null default now()
);
create index message_notices_at on partners.message_notices (at);
comment on table partners.message_notices is 'internal: what waits to become messages; nobody but the worker reads it';
grant select, insert, delete on partners.message_notices to partners_worker;
