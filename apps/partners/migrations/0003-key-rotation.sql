-- A key is published from created_at on, and signs from signs_from on until a later key does. Its private part is destroyed
-- when it is retired, after the last token that it signed has run out.
alter table partners.signing_keys add column signs_from timestamptz;
update partners.signing_keys set signs_from = created_at;
-- The default is for replicas of the version before, which make the first key without it.
alter table partners.signing_keys alter column signs_from set default now(), alter column signs_from set not null;
alter table partners.signing_keys alter column private_jwk_encrypted drop not null;
comment on table partners.signing_keys is 'internal: keys that sign access tokens; nobody but the worker reads the keys themselves';
grant update (private_jwk_encrypted) on partners.signing_keys to partners_worker;
grant select (kid, created_at, signs_from, retired_at) on partners.signing_keys to partners_supervisor;
