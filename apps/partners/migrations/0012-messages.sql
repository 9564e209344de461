-- Messages to people: never their text or address, which are made when they are sent. attempts counts up when one is claimed; while it
-- is SENDING, claimed_until tells when whoever claimed it must be taken for dead.
create table partners.messages (
  id uuid primary key,
  org_id uuid not null,
  recipient_id uuid not null,
  kind text not null,
  channel text not null check (channel in ('MAIL', 'SMS')),
  variables jsonb not null,
  count int not null,
  state text not null default 'WAITING' check (state in ('WAITING', 'SENDING', 'SENT', 'FAILED', 'UNCERTAIN', 'CANCELLED')),
  reason text,
  attempts int not null default 0,
  send_after timestamptz not null,
  claimed_until timestamptz,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  constraint messages_claimed check ((state = 'SENDING') = (claimed_until is not null)),
  constraint messages_ended check ((state in ('WAITING', 'SENDING')) = (ended_at is null))
);
create index messages_page on partners.messages (org_id, id);
create index messages_state on partners.messages (org_id, state, id);
create index messages_recipient on partners.messages (org_id, recipient_id, id);
create index messages_due on partners.messages (send_after) where ended_at is null;
create index messages_ended_at on partners.messages (ended_at);
select partners.own_table('messages');
grant select on partners.messages to partners_app, partners_supervisor;
