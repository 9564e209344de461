-- What the outside platform of the inclusive channel (长江渝融通) is told of an application, under a consent of its own: since when the
-- enterprise agrees, the id under which it is offered there, and what the platform's signed receipts confirmed.
alter table loan_matching.applications
  add column platform_consent_id uuid, add column platform_consent_at timestamptz, add column platform_offer_id uuid,
  add column platform_sent_at timestamptz, add column platform_received_at timestamptz,
  add column platform_recalled_at timestamptz, add column platform_recall_received_at timestamptz,
  -- And the other way: what came in there.
  drop constraint applications_source_check,
  add constraint applications_source_check check (source in ('LOAN_CODE', 'REFERRAL', 'STAFF', 'GRID', 'BATCH', 'PLATFORM')),
  add constraint applications_offer check (platform_offer_id is null or platform_consent_id is not null);
create index applications_platform_offer on loan_matching.applications (org_id, platform_offer_id) where platform_offer_id is not null;
create index applications_platform_consent on loan_matching.applications (org_id, platform_consent_id) where platform_consent_id is not null;
grant update (platform_consent_id, platform_consent_at, platform_offer_id, platform_sent_at, platform_received_at, platform_recalled_at,
  platform_recall_received_at) on loan_matching.applications to loan_matching_worker;

-- It came through no harbor, and nobody holds a secret of it: the platform knows the enterprise.
alter table loan_matching.demands
  drop constraint demands_source_check,
  add constraint demands_source_check check (source in ('LOAN_CODE', 'REFERRAL', 'PLATFORM')),
  drop constraint demands_whole,
  add constraint demands_whole check (case source
    when 'LOAN_CODE' then num_nulls(harbor_id, amount, term_months, purpose, consent_id) = 0 and referral_id is null and (bank_id is null or bank_id = org_id)
    when 'PLATFORM' then num_nulls(amount, term_months, purpose, consent_id) = 0 and num_nonnulls(referral_id, loan_code_id, harbor_id, credit_code) = 0
      and (bank_id is null or bank_id = org_id)
    else referral_id is not null and list_entry_id is not null and bank_id = org_id and state not in ('SUBMITTED', 'ROUTED') end);
