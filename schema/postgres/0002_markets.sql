-- Prices: the newest value of every market, and every change, partitioned by day so that retention drops whole tables.
-- milli and previous are thousandths in the order of the layout's outcome keys; states has one letter per outcome:
-- Open, Suspended, Unreadable, Withdrawn.

create table market_layout (
  id integer generated always as identity primary key,
  market text not null,
  outcome_keys text[] not null,
  unique (market, outcome_keys)
);

create table market_current (
  event_id text not null,
  bookmaker_id text not null,
  phase text not null,
  market text not null,
  line numeric(7, 2),
  layout_id integer not null,
  milli integer[] not null,
  previous integer[] not null,
  states text not null,
  state text not null,
  since timestamptz not null,
  reason_code text,
  reason_text text,
  reason_until timestamptz,
  changed_at timestamptz not null,
  at timestamptz not null,
  published_at timestamptz,
  run_id text,
  epoch bigint not null,
  seq bigint not null,
  position integer not null,
  unique nulls not distinct (event_id, bookmaker_id, phase, market, line)
);

-- No foreign keys: a row must never wait for, or fail because of, another table.
create table market_history (
  day date not null,
  epoch bigint not null,
  seq bigint not null,
  position integer not null,
  at timestamptz not null,
  event_id text not null,
  bookmaker_id text not null,
  phase text not null,
  market text not null,
  line numeric(7, 2),
  layout_id integer not null,
  milli integer[] not null,
  previous integer[] not null,
  states text not null,
  state text not null,
  since timestamptz not null,
  reason_code text,
  reason_text text,
  reason_until timestamptz,
  changed_at timestamptz not null,
  published_at timestamptz,
  run_id text,
  primary key (day, epoch, seq, position)
) partition by range (day);
create index market_history_by_event on market_history (event_id, market, at);
create table market_history_default partition of market_history default;

create table listing_history (
  day date not null,
  epoch bigint not null,
  seq bigint not null,
  position integer not null,
  at timestamptz not null,
  event_id text not null,
  bookmaker_id text not null,
  phase text not null,
  bookmaker_event_id text not null,
  state text not null,
  since timestamptz not null,
  reason_code text,
  reason_text text,
  reason_until timestamptz,
  mapped_count integer not null,
  unmapped jsonb not null,
  primary key (day, epoch, seq, position)
) partition by range (day);
create index listing_history_by_event on listing_history (event_id, at);
create table listing_history_default partition of listing_history default;
