-- How far the journal has been drained, what could not be stored, what was run, and what was set.

create table drain_mark (
  single boolean primary key default true check (single),
  epoch bigint not null,
  seq bigint not null,
  -- One life of one process; a writer whose mark has another owner stops.
  owner text not null,
  at timestamptz not null default now()
);

create table dead_letter (
  id bigint generated always as identity primary key,
  epoch bigint not null,
  seq bigint not null,
  position integer not null,
  sqlstate text not null,
  reason text not null,
  -- The record in the journal's own encoding: bytes, because text is what Postgres may have refused.
  payload bytea not null,
  first_seen timestamptz not null default now(),
  tries integer not null default 1
);

create table scrape_run (
  id text primary key,
  trigger text not null,
  request jsonb not null,
  phase text not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  current integer not null,
  total integer not null,
  events_count integer not null,
  message text not null,
  at timestamptz not null,
  counts jsonb not null,
  timings jsonb not null,
  durable_seq bigint,
  failure_count integer not null
);
create index scrape_run_by_trigger on scrape_run (trigger, id desc);

create table scrape_failure (
  run_id text not null,
  number integer not null,
  bookmaker_id text not null,
  event_id text,
  class text not null,
  message text not null,
  duration_ms integer not null,
  at timestamptz not null,
  primary key (run_id, number)
);

create table setting (
  single boolean primary key default true check (single),
  version integer not null,
  value jsonb not null
);

create table setting_change (
  version integer primary key,
  who text not null,
  at timestamptz not null default now(),
  old_value jsonb not null,
  new_value jsonb not null
);
