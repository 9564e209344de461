-- Tokens that their clients gave back before they ran out.
create table partners.revoked_tokens (
  jti text primary key,
  client_id uuid not null,
  expires_at timestamptz not null
);
create index revoked_tokens_expiry on partners.revoked_tokens (expires_at);
comment on table partners.revoked_tokens is 'internal: what gateways must refuse; nobody but the worker reads it';
grant select, insert, update, delete on partners.revoked_tokens to partners_worker;
