-- How each bookmaker stood as a whole at any retained instant. A row holds until the next one of its bookmaker; there are
-- so few that they are not kept by days.

create table bookmaker_history (
  epoch bigint not null,
  seq bigint not null,
  position integer not null,
  at timestamptz not null,
  bookmaker_id text not null,
  state text not null,
  since timestamptz not null,
  reason_code text,
  reason_text text,
  reason_until timestamptz,
  primary key (epoch, seq, position)
);
create index bookmaker_history_by_bookmaker on bookmaker_history (bookmaker_id, at);

insert into bookmaker_history (epoch, seq, position, at, bookmaker_id, state, since, reason_code, reason_text, reason_until)
select epoch, seq, 0, since, id, state, since, reason_code, reason_text, reason_until from bookmaker where state is not null;
