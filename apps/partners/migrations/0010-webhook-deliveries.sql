-- One event on its way to one endpoint. The body is that of the feed event unless it is here (test events are in no feed). A replay is
-- another row for the same event, and so with the same webhook-id. next_attempt_at, claimed_*, attempts, status and error are the sender's.
create table partners.webhook_deliveries (
  id uuid primary key default partners.new_id(),
  org_id uuid not null,
  endpoint_id uuid not null,
  event_id uuid not null,
  type text not null,
  body text,
  is_replay boolean not null default false,
  state text not null default 'PENDING' check (state in ('PENDING', 'DELIVERED', 'FAILED', 'CANCELLED')),
  attempts int not null default 0,
  next_attempt_at timestamptz default now(),
  claimed_until timestamptz,
  claimed_by text,
  status int,
  error text,
  created_at timestamptz not null default now(),
  first_attempt_at timestamptz,
  delivered_at timestamptz,
  constraint webhook_deliveries_due check ((state = 'PENDING') = (next_attempt_at is not null))
);
create index webhook_deliveries_page on partners.webhook_deliveries (org_id, id);
create index webhook_deliveries_endpoint on partners.webhook_deliveries (org_id, endpoint_id, id);
create index webhook_deliveries_event on partners.webhook_deliveries (org_id, event_id);
create index webhook_deliveries_due on partners.webhook_deliveries (endpoint_id, next_attempt_at) where state = 'PENDING';
create index webhook_deliveries_at on partners.webhook_deliveries (created_at);
-- An event waits for an endpoint at most once, however often it is replayed.
create unique index webhook_deliveries_pending on partners.webhook_deliveries (org_id, endpoint_id, event_id) where state = 'PENDING';
select partners.own_table('webhook_deliveries');
grant select, insert, update on partners.webhook_deliveries to partners_app, partners_supervisor;

-- answer: the first 1,000 characters, as text, of what the endpoint answered.
create table partners.webhook_attempts (
  id uuid primary key default partners.new_id(),
  org_id uuid not null,
  endpoint_id uuid not null,
  delivery_id uuid not null,
  number int not null,
  at timestamptz not null default now(),
  status int,
  error text,
  duration_ms int not null,
  answer text
);
create index webhook_attempts_delivery on partners.webhook_attempts (org_id, delivery_id, number);
create index webhook_attempts_at on partners.webhook_attempts (at);
select partners.own_table('webhook_attempts');
grant select on partners.webhook_attempts to partners_app, partners_supervisor;
-- What is on its way, of each endpoint: an endpoint that was away for long has many that wait beside the few that are.
create index webhook_deliveries_claimed on partners.webhook_deliveries (endpoint_id, claimed_until) where claimed_until is not null;
