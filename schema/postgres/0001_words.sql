-- What is known of the world, its bookmakers, competitions, events and listings: one row each, the newest value.
-- (epoch, seq) is the journal's number of the record a row came from; only a newer one replaces it.

create table world (
  single boolean primary key default true check (single),
  name text not null,
  created_at timestamptz not null default now()
);

create table bookmaker (
  id text primary key,
  name text not null,
  country text not null,
  ours boolean not null,
  state text,
  since timestamptz,
  reason_code text,
  reason_text text,
  reason_until timestamptz,
  epoch bigint not null default 0,
  seq bigint not null default 0
);

create table competition (
  id text primary key,
  name text not null,
  country_code text not null,
  country_name text not null,
  epoch bigint not null,
  seq bigint not null
);

create table event (
  id text primary key,
  home text not null,
  away text not null,
  kickoff timestamptz not null,
  competition_id text not null,
  -- When it left memory.
  closed_at timestamptz,
  epoch bigint not null,
  seq bigint not null
);
create index event_by_competition on event (competition_id, kickoff);

create table event_listing (
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
  confirmed_at timestamptz,
  epoch bigint not null,
  seq bigint not null,
  primary key (event_id, bookmaker_id, phase)
);

-- Outside a span nobody looked; inside one, nothing changed but what history says.
create table check_span (
  event_id text not null,
  bookmaker_id text not null,
  phase text not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  checks integer not null,
  primary key (event_id, bookmaker_id, phase, from_at)
);
