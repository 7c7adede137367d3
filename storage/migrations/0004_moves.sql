-- What redirects for good and answers 410 have said, look after look, until it is acted on.
alter table feeds add column moved_to text;               -- where they led, the feed's items there
alter table feeds add column moved_since double precision;
alter table feeds add column moved_seen bigint not null default 0;   -- looks that saw it
alter table feeds add column gone_since double precision;
alter table feeds add column gone_seen bigint not null default 0;
-- A feed that was retired is paused, and says why: a problem as in last_error, or the feed that
-- is read at its new address.
alter table feeds add column retired_for text;
alter table feeds add column retired_into bigint;
create index feeds_moving on feeds (moved_to) where moved_to is not null;

-- Addresses that a feed was rewritten from, so that the feed file does not bring them back.
create table former_addresses (
    url text primary key,
    feed_id bigint not null references feeds (id),
    left_at double precision not null
);
create index former_addresses_feed on former_addresses (feed_id);
