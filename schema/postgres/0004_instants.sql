-- What it takes to tell any retained instant: the facts of events as they were, when each newest value came, every check
-- by its time and scope, and the gaps. And the bounds of a row: what breaks one is parked, not held for ever.

alter table event add column at timestamptz not null default '-infinity';
alter table event_listing add column at timestamptz not null default '-infinity';

create table event_history (
  day date not null,
  epoch bigint not null,
  seq bigint not null,
  position integer not null,
  at timestamptz not null,
  event_id text not null,
  home text not null,
  away text not null,
  kickoff timestamptz not null,
  competition_id text not null,
  closed_at timestamptz,
  primary key (day, epoch, seq, position)
) partition by range (day);
create index event_history_by_event on event_history (event_id, at);
create table event_history_default partition of event_history default;

-- The market types that were looked at; none = the whole listing. A whole check does not extend the span of a partial one.
alter table check_span add column markets text[] not null default '{}';
-- When it was looked at, ascending; empty in spans older than this column.
alter table check_span add column times timestamptz[] not null default '{}';
alter table check_span drop constraint check_span_pkey;
alter table check_span add primary key (event_id, bookmaker_id, phase, markets, from_at);

-- The ids a bookmaker has for a competition of ours; it may have several.
create table competition_listing (
  competition_id text not null,
  bookmaker_id text not null,
  bookmaker_competition_id text not null,
  epoch bigint not null,
  seq bigint not null,
  primary key (competition_id, bookmaker_id, bookmaker_competition_id)
);

-- Numbers from..to are not in this history; what they had changed was told again at healed_at.
create table history_gap (
  epoch bigint not null,
  from_seq bigint not null,
  to_seq bigint not null,
  at timestamptz not null,
  reason text not null,
  healed_at timestamptz,
  primary key (epoch, from_seq)
);

alter table event add constraint event_is_sound check (
  octet_length(id) <= 200 and octet_length(home) <= 1000 and octet_length(away) <= 1000
  and octet_length(competition_id) <= 500
);
alter table competition add constraint competition_is_sound check (
  octet_length(id) <= 500 and octet_length(name) <= 1000 and octet_length(country_code) <= 100
  and octet_length(country_name) <= 1000
);
alter table bookmaker add constraint bookmaker_is_sound check (octet_length(id) <= 100);
alter table listing_history add constraint listing_history_is_sound check (
  state in ('CONFIRMED', 'STALE', 'SUSPENDED', 'WITHDRAWN', 'NEVER_OFFERED', 'UNMAPPED')
  and phase in ('PREMATCH', 'INPLAY') and octet_length(event_id) <= 200 and octet_length(bookmaker_id) <= 100
  and octet_length(bookmaker_event_id) <= 200
);
alter table market_history add constraint market_history_is_sound check (
  state in ('CONFIRMED', 'STALE', 'SUSPENDED', 'WITHDRAWN', 'NEVER_OFFERED', 'UNMAPPED')
  and phase in ('PREMATCH', 'INPLAY') and octet_length(event_id) <= 200 and octet_length(bookmaker_id) <= 100
  and octet_length(run_id) <= 200 and layout_id > 0
  and cardinality(milli) = octet_length(states) and array_position(milli, null) is null
);
alter table check_span add constraint check_span_is_sound check (
  octet_length(event_id) <= 200 and octet_length(bookmaker_id) <= 100 and cardinality(markets) <= 500
);
alter table market_layout add constraint market_layout_is_sound check (
  octet_length(market) <= 200 and pg_column_size(outcome_keys) <= 2000
);
