-- Which demand the mirrored decision is of: decisions of two demands may arrive in either order, and the newer demand's counts.
alter table enterprise_lists.referrals add column loan_demand_id uuid;
comment on column enterprise_lists.referrals.loan_demand_id is 'the demand whose decision stands in loan_outcome; a UUID version 7, and so newer where greater';
