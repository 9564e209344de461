-- Replicas of the version before keep what an enterprise let an outside platform know as all that a bank may know: they know no other
-- disclosure. The version of the text tells which it is. To go with the next release.
create function partners.tell_need() returns trigger language plpgsql as $$ begin new.disclosure := 'NEED'; return new; end $$;
create trigger consents_to_platforms before insert or update on partners.consents for each row
  when (new.text_version = 'platform-2026-1' and new.disclosure <> 'NEED') execute function partners.tell_need();
alter table partners.consents no force row level security;
update partners.consents set disclosure = 'NEED' where text_version = 'platform-2026-1';
alter table partners.consents force row level security;
