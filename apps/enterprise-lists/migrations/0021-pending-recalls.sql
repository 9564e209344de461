-- Supervisors look for the recalls that any bank has still to process.
create index referral_recalls_pending on enterprise_lists.referral_recalls (id) where acknowledged_at is null;
