-- WebSub: what a feed last announced, and until when its hub is trusted to push (null: poll as ever).
alter table feeds add column hub text;
alter table feeds add column topic text;
alter table feeds add column pushed_until double precision;
create index feeds_hub on feeds (id) where hub is not null;

-- What we ask of a hub, and what it promised: one row for each hub and topic that a feed announced.
create table hub_subscriptions (
    id {id},
    feed_id bigint not null references feeds (id),
    hub text not null,
    topic text not null,                 -- the feed's rel=self, else where it was found
    token text not null unique,          -- last part of our callback's path: nobody can guess it
    secret text not null,                -- key of the hub's signatures
    mode text not null,                  -- subscribe, unsubscribe: what we want; off: nothing
    callback text,                       -- as last given to the hub
    due_at double precision not null,    -- when the hub is asked next: again, or to renew
    asked_at double precision,           -- what the hub may verify was asked then
    attempts bigint not null default 0,  -- since the last verification
    verified_at double precision,
    lease_until double precision,        -- until then the hub pushes; null: it does not
    denied_at double precision,
    error text,                          -- a Problem, as JSON
    pushed_at double precision,
    push_hash text,                      -- SHA-256 of the last body, so that a copy is not read
    pinged_at double precision,          -- "look yourself", not looked at yet
    ignored bigint not null default 0,   -- pushes that were not signed by the hub
    pushed_in_row bigint not null default 0, -- pushes that brought news before any poll did
    missed_in_row bigint not null default 0, -- polls that found news before any push did
    trusted_at double precision,
    leased_by text,
    leased_until double precision not null default 0,
    created_at double precision not null,
    unique (feed_id, hub, topic)
);
create index hub_subscriptions_due on hub_subscriptions (due_at) where mode <> 'off';
create index hub_subscriptions_pinged on hub_subscriptions (feed_id) where pinged_at is not null;
