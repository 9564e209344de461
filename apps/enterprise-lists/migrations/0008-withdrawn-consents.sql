-- Consents that hold no more: no demand that is accepted gives access under one, in whichever order the two are told.
create table enterprise_lists.withdrawn_consents (consent_id uuid primary key, withdrawn_at timestamptz not null);
comment on table enterprise_lists.withdrawn_consents is 'internal: what the worker must not disclose under; nobody else reads it';
grant select, insert on enterprise_lists.withdrawn_consents to enterprise_lists_worker;
create index enterprise_access_consent on enterprise_lists.enterprise_access (consent_id) where consent_id is not null;
