-- What tells a source that is calm from one that we no longer hear.
alter table feeds add column failed_since double precision;  -- the first of its failures in a row
alter table feeds add column empty_since double precision;   -- since then it answers with no item
alter table feeds add column heard_at double precision;      -- its newest news, as far as we know
alter table feeds add column usual_gap double precision;     -- seconds from one item to the next
alter table feeds add column silent_after double precision;  -- seconds without news that are unusual
alter table feeds add column habit_at double precision;     -- when the last two were worked out
update feeds set heard_at = last_new_at;
update feeds set failed_since = last_attempt_at where error_count > 0;
create index entries_seen on entries (feed_id, first_seen_at);

-- What moderators are told outside of events: one open row for each trouble, however long it lasts.
create table notices (
    id {id},
    kind text not null,                  -- feed, country, network, retired
    subject text not null,               -- 'feed:12', 'country:NE', 'all'
    params text not null,                -- JSON, by kind: what its sentence is made of
    spacing double precision not null,   -- seconds that it leaves a moderator alone after another
    opened_at double precision not null,
    ended_at double precision,
    back_at double precision             -- null also when the end is not worth a word
);
create unique index notices_open on notices (kind, subject) where ended_at is null;
create index notices_ended on notices (kind, subject, ended_at);

-- The outbox of notices: each on its way to each moderator, its beginning and its end.
create table notice_letters (
    id {id},
    notice_id bigint not null references notices (id),
    about text not null,                 -- begun, over
    address text not null,
    sender text not null,                -- 'telegram', 'console': who delivers there
    state text not null default 'pending',  -- pending, sent, superseded, dead
    due_at double precision not null,
    attempts bigint not null default 0,
    leased_by text,
    leased_until double precision not null default 0,
    sent_at double precision,
    error text,
    unique (notice_id, about, address)
);
create index notice_letters_due on notice_letters (sender, due_at) where state = 'pending';
create index notice_letters_address on notice_letters (address, sent_at);
