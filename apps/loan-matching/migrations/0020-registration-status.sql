-- Where the registration of an enterprise stands, as the master tells it; null where it does not. What is not active is not verified.
alter table loan_matching.enterprise_copies add column registration_status text;
alter table loan_matching.applications
  drop constraint applications_verification_check,
  add constraint applications_verification_check check
    (verification in ('VERIFIED', 'ABSENT', 'NAME_MISMATCH', 'OUTSIDE', 'NOT_ACTIVE', 'PERSON', 'BY_SUPERVISOR', 'REFUSED'));
