-- Special groups and age of the applicant, sealed under the key of its contact: to match the application again. Null where none were told,
-- and of applications of before.
alter table loan_matching.applications add column personal_facts_encrypted text;
grant update (personal_facts_encrypted) on loan_matching.applications to loan_matching_worker;
