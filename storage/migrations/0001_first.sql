-- The nouns of docs/glossary.md. One text for SQLite and PostgreSQL: {id} is the only slot.
-- Times are epoch seconds UTC passed from Python; nullable times stand for flags that happened.
-- An id is never given twice, even after its row is erased: a worker that settles an erased
-- delivery must not hit a later one.

create table feeds (
    id {id},
    url text not null unique,
    name text not null,
    language text not null,
    countries text not null,             -- 'ML,BF'; '' = the whole region
    kind text not null,
    reliability text not null,           -- Admiralty A-F
    state_media bigint not null default 0,
    origin text,                         -- credited origin of its text; null = the feed itself
    host text not null,                  -- for spacing between requests to one host
    paused_at double precision,
    removed_at double precision,         -- kept, so that feeds.yaml does not bring it back
    etag text,
    last_modified text,
    body_hash text,
    next_check_at double precision not null,
    first_success_at double precision,   -- null until a poll succeeded: that one primes, quietly
    last_success_at double precision,
    last_attempt_at double precision,
    last_new_at double precision,
    last_error text,
    error_count bigint not null default 0,
    leased_by text,
    leased_until double precision not null default 0,
    created_at double precision not null
);
create index feeds_due on feeds (next_check_at) where paused_at is null and removed_at is null;
create index feeds_host on feeds (host, last_attempt_at);

create table entries (
    id {id},
    feed_id bigint not null references feeds (id),
    identity text not null,              -- guid, else canonical url, else title
    guid text,
    url text not null,
    canonical_url text not null,
    title text not null,
    summary text not null,
    published_at double precision,       -- null when the source gives none
    first_seen_at double precision not null,
    content_hash text not null,
    fingerprint text not null,
    revision bigint not null default 1,  -- +1 for each correction by the source
    quiet text,                          -- 'first_poll' or 'old': stored, never an alert
    done_at double precision,            -- null while the editor has to look at it
    dead_at double precision,            -- set when it failed too often; moderators see it
    attempts bigint not null default 0,
    due_at double precision not null,
    error text,
    leased_by text,
    leased_until double precision not null default 0,
    unique (feed_id, identity)
);
create index entries_waiting on entries (due_at, id) where done_at is null and dead_at is null;
create index entries_canonical on entries (canonical_url);
create index entries_fingerprint on entries (fingerprint);

-- An entry with what its feed adds: the columns of the record `Entry`.
create view feed_entries as
select e.id, e.feed_id, e.guid, e.url, e.canonical_url, e.title, e.summary, e.published_at,
       e.first_seen_at, e.content_hash, e.fingerprint, e.revision, e.quiet, e.attempts,
       f.name as feed_name, f.url as feed_url, f.kind as feed_kind, f.language as feed_language,
       f.countries as feed_countries, f.reliability as feed_reliability, f.origin as feed_origin,
       f.state_media as feed_state_media
  from entries e
  join feeds f on f.id = e.feed_id;

create table events (
    id {id},
    ref text not null unique,            -- 'ML-2023-0917-a': stem and letter
    ref_stem text not null,              -- 'ML-2023-0917'
    ref_nth bigint not null,             -- 1 = a, 27 = aa
    kind text not null,
    revision bigint not null,
    state text not null,                 -- open, closed, cancelled
    facts text not null,                 -- EventFacts as JSON
    words_norm text not null,
    country text,
    happened_from double precision,
    happened_to double precision,
    first_seen_at double precision not null,
    last_report_at double precision not null,
    last_changed_at double precision not null,
    alerted_at double precision,         -- null while nobody could have been told
    unique (ref_stem, ref_nth)
);
create index events_candidates on events (kind, last_report_at) where state = 'open';
create index events_seen on events (first_seen_at);
create index events_changed on events (last_changed_at);

create table reports (
    id {id},
    entry_id bigint not null references entries (id),
    ordinal bigint not null,
    event_id bigint references events (id),
    facts text not null,                 -- Report as JSON
    unique (entry_id, ordinal)
);
create index reports_event on reports (event_id);

create table alerts (
    id {id},
    event_id bigint not null references events (id),
    revision bigint not null,
    msg_type text not null,              -- alert, update, cancel (CAP msgType)
    facts text not null,                 -- EventFacts as decided, so that a message can be remade
    decided_at double precision not null,
    unique (event_id, revision)
);

create table chats (
    id {id},
    address text not null unique,
    platform text not null,              -- the address up to its colon: who delivers there
    language text not null,
    created_at double precision not null,
    paused_at double precision,
    pause_reason text
);
create index chats_paused on chats (id) where paused_at is not null;

create table subscribers (
    id {id},
    identity text not null unique,       -- 'telegram:123': platform and user id, nothing else
    created_at double precision not null
);

create table subscriptions (
    id {id},
    subscriber_id bigint not null references subscribers (id),
    chat_id bigint not null references chats (id),
    query text not null,
    query_norm text not null,
    created_at double precision not null,
    unique (chat_id, subscriber_id, query_norm)
);
create index subscriptions_subscriber on subscriptions (subscriber_id);

-- The outbox. A row is written in the transaction that decides the alert.
create table deliveries (
    id {id},
    alert_id bigint not null references alerts (id),
    event_id bigint not null references events (id),
    chat_id bigint not null references chats (id),
    sender text not null,                -- 'telegram', 'console': whose budget it spends
    action text not null,                -- push a message, or edit the one that was sent
    why text not null,                   -- query and matched words as JSON
    state text not null default 'pending',  -- pending, sent, superseded, dead
    priority bigint not null,            -- 0 most urgent
    due_at double precision not null,
    attempts bigint not null default 0,
    leased_by text,
    leased_until double precision not null default 0,
    message_ref text,                    -- the platform's id of the message, once sent
    sent_at double precision,
    dead_at double precision,
    error text,
    unique (alert_id, chat_id)
);
create index deliveries_due on deliveries (sender, priority, due_at, id) where state = 'pending';
create index deliveries_told on deliveries (event_id, chat_id);
create index deliveries_turn on deliveries (chat_id, priority, due_at, id) where state = 'pending';
create index deliveries_sending on deliveries (chat_id, leased_until) where leased_by is not null;
create index deliveries_chat on deliveries (chat_id, sent_at);
create index deliveries_dead on deliveries (dead_at) where state = 'dead';

-- Work that only one process may do at a time: 'editor', 'sender:telegram', 'talk:telegram'.
create table leases (
    name text primary key,
    holder text not null,
    until double precision not null
);
