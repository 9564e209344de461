alter table loan_matching.product_copies add column annual_rate_min numeric(8, 4);

-- The catalogue as it was at every change, for ever: what was matched with it can be matched again years later.
create table loan_matching.catalogue_changes (
  catalogue_version bigint not null,
  product_id uuid not null,
  product_version int not null,
  bank_id uuid,
  name text,
  eligibility jsonb,
  annual_rate_min numeric(8, 4),
  on_offer boolean not null,
  primary key (catalogue_version, product_id)
);
comment on table loan_matching.catalogue_changes is 'internal: versions of products that demands were matched with; added to and never changed';
grant select on loan_matching.catalogue_changes to loan_matching_supervisor;
grant select, insert on loan_matching.catalogue_changes to loan_matching_worker;
create index catalogue_changes_product on loan_matching.catalogue_changes (product_id, catalogue_version desc);

create table loan_matching.catalogue (version bigint not null);
comment on table loan_matching.catalogue is 'internal: one row, the version of the catalogue; processes compare their index with it';
grant select on loan_matching.catalogue to loan_matching_supervisor;
grant select, update on loan_matching.catalogue to loan_matching_worker;
insert into loan_matching.catalogue values (1);
insert into loan_matching.catalogue_changes
select 1, id, version, bank_id, name, eligibility, null, published from loan_matching.product_copies;

-- Numbers follow one another in the order of the commits: the row of the catalogue is locked last of all, for as long as a commit takes.
-- A trigger, so that processes of the version before this one number their changes too.
create function loan_matching.catalogue_changed() returns trigger language plpgsql as $$
begin
  with next as (update loan_matching.catalogue set version = version + 1 returning version)
  insert into loan_matching.catalogue_changes
  select next.version, new.id, new.version, new.bank_id, new.name, new.eligibility, new.annual_rate_min, new.published from next;
  return null;
end $$;
create constraint trigger product_copies_changed after insert or update on loan_matching.product_copies
  deferrable initially deferred for each row execute function loan_matching.catalogue_changed();

-- Where a match stands and why; those of before came by verdict and name. The day on which it was shown, for the shares of banks.
alter table loan_matching.matches
  add column position int check (position > 0),
  add column factors jsonb,
  add column shown_on date;
create index matches_shown on loan_matching.matches (shown_on, bank_id) where position <= 10 and verdict <> 'FAIL';
