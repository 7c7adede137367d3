-- A feed's last entries, among which those that come back under another identity are looked for.
-- entries.quiet may also be 'archive': what a rebuilt feed shows again and we never had.
create index entries_feed on entries (feed_id, id);
