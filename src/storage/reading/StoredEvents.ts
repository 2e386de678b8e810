/**
 * An event as Postgres knows it: the newest, or folded from history to an instant. Three statements.
 *
 * The fold is the newest row per key at or before the instant, because every row is a whole event, listing or market.
 * What has not changed for longer than retention is only in the tables of newest values, so those are folded in, as
 * far as they are not younger than the instant. Before its first row an event was not known.
 */
import { Effect } from "effect"
import { BookmakerId } from "../../domain/Bookmaker.ts"
import type { EventId, Phase } from "../../domain/Event.ts"
import type { Standing } from "../../domain/Freshness.ts"
import type { Database } from "../Database.ts"
import type { StoredEvent } from "../History.ts"
import { readEvent, readListing, readMarket, readStanding } from "./ReadMarket.ts"
import type { StandingRow, StoredEventRow, StoredListingRow, StoredMarketRow } from "./ReadMarket.ts"

interface Of {
  readonly bookmaker_id: string
  readonly phase: Phase
}
type MarketsOf = readonly (StoredMarketRow & Of)[]
type ListingsOf = readonly (StoredListingRow & Of & { readonly confirmed_at: number | null })[]
/** How its bookmaker stood; null = nothing was ever told of it by then. */
interface BookmakerThen {
  readonly bookmaker_state: StandingRow["state"] | null
  readonly bookmaker_since: number | null
  readonly bookmaker_code: StandingRow["reason_code"]
  readonly bookmaker_text: string | null
  readonly bookmaker_until: number | null
}

export const storedEvent = Effect.fn("History.event")(function* (
  database: Database["Service"],
  id: EventId,
  asOf: number | undefined
) {
  const [event] = yield* asOf === undefined ? eventNow(database, id) : eventAt(database, id, asOf)
  if (event === undefined) return undefined
  const [listings, markets] =
    asOf === undefined
      ? [yield* listingsNow(database, id), yield* marketsNow(database, id)]
      : [yield* listingsAt(database, id, asOf), yield* marketsAt(database, id, asOf)]
  return {
    facts: readEvent(event),
    listings: listings.map((listing) => ({
      bookmakerId: BookmakerId(listing.bookmaker_id),
      phase: listing.phase,
      listing: readListing(listing),
      confirmedAt: listing.confirmed_at ?? undefined,
      ...("bookmaker_state" in listing && bookmakerThen(listing)),
      markets: markets
        .filter((market) => market.bookmaker_id === listing.bookmaker_id && market.phase === listing.phase)
        .map(readMarket)
        .sort(
          (a, b) =>
            a.market.type.index - b.market.type.index || (a.market.line ?? -Infinity) - (b.market.line ?? -Infinity)
        )
    }))
  } satisfies StoredEvent
})

const bookmakerThen = (row: BookmakerThen): { readonly bookmaker?: Standing } =>
  row.bookmaker_state === null || row.bookmaker_since === null
    ? {}
    : {
        bookmaker: readStanding({
          state: row.bookmaker_state,
          since: row.bookmaker_since,
          reason_code: row.bookmaker_code,
          reason_text: row.bookmaker_text,
          reason_until: row.bookmaker_until
        })
      }

const eventNow = (database: Database["Service"], id: EventId) =>
  database.query(
    (sql) => sql<StoredEventRow[]>`
    select e.id, e.home, e.away, e.kickoff, e.competition_id, c.name, c.country_code, c.country_name
    from event e left join competition c on c.id = e.competition_id where e.id = ${id}`
  )

const eventAt = (database: Database["Service"], id: EventId, asOf: number) =>
  database.query(
    (sql) => sql<StoredEventRow[]>`
    select e.id, e.home, e.away, e.kickoff, e.competition_id, c.name, c.country_code, c.country_name
    from (
      select event_id as id, home, away, kickoff, competition_id, epoch, seq from event_history
      where event_id = ${id} and at <= ${asOf}::timestamptz
      union all
      select id, home, away, kickoff, competition_id, epoch, seq from event where id = ${id} and at <= ${asOf}::timestamptz
    ) e left join competition c on c.id = e.competition_id
    order by e.epoch desc, e.seq desc limit 1`
  )

const listingsNow = (database: Database["Service"], id: EventId) =>
  database.query(
    (sql) => sql<[...ListingsOf]>`
    select bookmaker_id, phase, bookmaker_event_id, state, since, reason_code, reason_text, reason_until, mapped_count,
      unmapped, confirmed_at
    from event_listing where event_id = ${id} order by bookmaker_id, phase`
  )

const marketsNow = (database: Database["Service"], id: EventId) =>
  database.query(
    (sql) => sql<[...MarketsOf]>`
    select m.bookmaker_id, m.phase, m.market, m.line, l.outcome_keys, m.milli, m.previous, m.states, m.state, m.since,
      m.reason_code, m.reason_text, m.reason_until, m.changed_at
    from market_current m join market_layout l on l.id = m.layout_id where m.event_id = ${id}`
  )

/** Confirmed when it was last looked at by then; a span without its times is certain only of its ends. */
const listingsAt = (database: Database["Service"], id: EventId, asOf: number) =>
  database.query(
    (sql) => sql<[...(ListingsOf[number] & BookmakerThen)[]]>`
    select distinct on (h.bookmaker_id, h.phase) h.bookmaker_id, h.phase, h.bookmaker_event_id, h.state, h.since, h.reason_code,
      h.reason_text, h.reason_until, h.mapped_count, h.unmapped, (
        select coalesce(
          (select max(t) from unnest(s.times) t where t <= ${asOf}::timestamptz),
          case when s.to_at <= ${asOf}::timestamptz then s.to_at else s.from_at end)
        from check_span s
        where s.event_id = ${id} and s.bookmaker_id = h.bookmaker_id and s.phase = h.phase and s.markets = '{}'
          and s.from_at <= ${asOf}::timestamptz
        order by s.from_at desc limit 1) as confirmed_at, b.state as bookmaker_state, b.since as bookmaker_since,
      b.reason_code as bookmaker_code, b.reason_text as bookmaker_text, b.reason_until as bookmaker_until
    from (
      select bookmaker_id, phase, bookmaker_event_id, state, since, reason_code, reason_text, reason_until, mapped_count,
        unmapped, epoch, seq, position
      from listing_history where event_id = ${id} and at <= ${asOf}::timestamptz
      union all
      select bookmaker_id, phase, bookmaker_event_id, state, since, reason_code, reason_text, reason_until, mapped_count,
        unmapped, epoch, seq, 0
      from event_listing where event_id = ${id} and at <= ${asOf}::timestamptz
    ) h left join lateral (
      select state, since, reason_code, reason_text, reason_until from bookmaker_history s
      where s.bookmaker_id = h.bookmaker_id and s.at <= ${asOf}::timestamptz
      order by s.epoch desc, s.seq desc, s.position desc limit 1
    ) b on true
    order by h.bookmaker_id, h.phase, h.epoch desc, h.seq desc, h.position desc`
  )

/** A newest row without outcomes is the end of a market. */
const marketsAt = (database: Database["Service"], id: EventId, asOf: number) =>
  database.query(
    (sql) => sql<[...MarketsOf]>`
    select m.bookmaker_id, m.phase, m.market, m.line, l.outcome_keys, m.milli, m.previous, m.states, m.state, m.since,
      m.reason_code, m.reason_text, m.reason_until, m.changed_at
    from (
      select distinct on (bookmaker_id, phase, market, line) *
      from (
        select bookmaker_id, phase, market, line, layout_id, milli, previous, states, state, since, reason_code, reason_text,
          reason_until, changed_at, epoch, seq, position
        from market_history where event_id = ${id} and at <= ${asOf}::timestamptz
        union all
        select bookmaker_id, phase, market, line, layout_id, milli, previous, states, state, since, reason_code, reason_text,
          reason_until, changed_at, epoch, seq, position
        from market_current where event_id = ${id} and at <= ${asOf}::timestamptz
      ) h
      order by bookmaker_id, phase, market, line, epoch desc, seq desc, position desc
    ) m join market_layout l on l.id = m.layout_id
    where m.states <> ''`
  )
