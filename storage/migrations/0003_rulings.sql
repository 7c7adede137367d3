-- What moderators decided about events: kept for ever, each undoable.
create table rulings (
    id {id},
    event_id bigint not null references events (id),
    action text not null,                -- merge, split, retract, correct
    params text not null,                -- JSON, by action
    made_by bigint not null,             -- a subscriber's id, who may have been forgotten since
    made_at double precision not null,
    undone_by bigint,
    undone_at double precision
);
create index rulings_event on rulings (event_id, id);

-- A merged event keeps its reports and points at the one that tells it now: directly (merged_into)
-- and in the end (head_id). Both null: it tells itself.
alter table events add column merged_into bigint references events (id);
alter table events add column head_id bigint references events (id);
-- the lowest id of the events of one series of coordinated attacks
alter table events add column campaign_id bigint references events (id);
-- grows with every change of any event, so that whoever remembers events knows what to read again
alter table events add column stamp bigint not null default 0;
update events set stamp = 1;
create index events_stamp on events (stamp);
create index events_head on events (head_id) where head_id is not null;
create index events_campaign on events (campaign_id) where campaign_id is not null;

-- A moderator put the report into its event; a correction by its source leaves it there.
alter table reports add column ruled_at double precision;
