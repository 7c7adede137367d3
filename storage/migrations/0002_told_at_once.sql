-- An update that must not sound yet is shown at once: the delivery edits the message now and is
-- due again as a push at push_at.
alter table deliveries add column push_at double precision;
create index deliveries_push_at on deliveries (push_at) where push_at is not null;
