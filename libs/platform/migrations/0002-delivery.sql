-- Envelopes for a consumer whose queue is full wait here, marked by a publication that never was.
create index delivery_held on {schema}.delivery (consumer, id) where published_at = 'infinity';

-- What is old enough to be forgotten is found without reading what is not.
create index idempotency_keys_age on {schema}.idempotency_keys (created_at);

-- A dead letter that is tried again leaves the table in the transaction of its effect; the inbox remembers it from the beginning.
comment on column {schema}.dead_letters.body is 'the event as it travelled';
