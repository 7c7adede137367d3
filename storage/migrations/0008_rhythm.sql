-- When a feed brings news, by hour and weekday: bounded JSON of bot/feeds/rhythm.py.
-- Null until its first items were seen.
alter table feeds add column rhythm text;
