/**
 * What Postgres holds of some markets: the newest value, the newest row of history, and what is parked of them.
 *
 * For the check that books and history agree: one statement however many markets are asked for, so both values of a
 * market are of one moment.
 */
import { Effect } from "effect"
import type { BookmakerId } from "../../domain/Bookmaker.ts"
import type { EventId } from "../../domain/Event.ts"
import type { Market } from "../../domain/Market.ts"
import type { MarketState, Position, Record } from "../../domain/Record.ts"
import { decode } from "../../journal/RecordCodec.ts"
import type { Database } from "../Database.ts"
import { readMarket } from "./ReadMarket.ts"
import type { StoredMarketRow } from "./ReadMarket.ts"
import { readable } from "../connection/Statement.ts"
import { NOT_STORED, sidesBy } from "./StoredFacts.ts"
import type { ListingPlace, Side, StoredSides } from "./StoredFacts.ts"

export interface MarketPlace extends ListingPlace {
  readonly market: Market
}

export interface ParkedRecord extends Position {
  readonly record: Record
}

/** One answer per place, in their order. */
export const storedMarkets = Effect.fn("History.markets")(function* (
  database: Database["Service"],
  places: readonly MarketPlace[]
) {
  const rows = yield* readable(
    database.query(
      (sql) => sql<Row[]>`
      with wanted as (
        select * from unnest(${places.map(({ eventId }) => eventId)}::text[],
          ${places.map(({ bookmakerId }) => bookmakerId)}::text[], ${places.map(({ phase }) => phase)}::text[],
          ${places.map(({ market }) => market.type.key)}::text[],
          ${places.map(({ market: { line } }) => (line === undefined ? "" : String(line)))}::text[])
          with ordinality as w(event_id, bookmaker_id, phase, market, line, place)
      ), found as (
        select w.place, 'current' as side, m.epoch, m.seq, m.market, m.line, m.layout_id, m.milli, m.previous, m.states,
          m.state, m.since, m.reason_code, m.reason_text, m.reason_until, m.changed_at
        from wanted w join market_current m on m.event_id = w.event_id and m.bookmaker_id = w.bookmaker_id
          and m.phase = w.phase and m.market = w.market and m.line is not distinct from nullif(w.line, '')::numeric
        union all
        select w.place, 'newest', h.*
        from wanted w cross join lateral (
          select epoch, seq, market, line, layout_id, milli, previous, states, state, since, reason_code, reason_text,
            reason_until, changed_at
          from market_history m where m.event_id = w.event_id and m.bookmaker_id = w.bookmaker_id
            and m.phase = w.phase and m.market = w.market and m.line is not distinct from nullif(w.line, '')::numeric
          order by epoch desc, seq desc, position desc limit 1
        ) h
      )
      select found.*, l.outcome_keys from found join market_layout l on l.id = found.layout_id`
    )
  )
  const sides = sidesBy(rows, ({ place }) => String(place), readMarket)
  return places.map((_, i): StoredSides<MarketState> => sides.get(String(i + 1)) ?? NOT_STORED)
})

interface Row extends StoredMarketRow, Side {
  readonly place: number
}

/** Every market that stands as a newest value of these events, with its place in the journal. */
export const standingMarkets = (database: Database["Service"], events: readonly EventId[]) =>
  readable(
    database.query(
      (sql) => sql<(Position & StandingMarket)[]>`
      select event_id as "eventId", bookmaker_id as "bookmakerId",
        market || coalesce('@' || trim_scale(line)::text, '') as key, epoch, seq
      from market_current where event_id = any(${[...events]}::text[]) and phase = 'PREMATCH'`
    )
  )

interface StandingMarket {
  readonly eventId: EventId
  readonly bookmakerId: BookmakerId
  readonly key: string
}

/** More are a fault of the schema, and that has an alarm of its own. */
const MOST_PARKED = 1_000

/** What Postgres refused and nobody has replayed, newest last: part of the history all the same. */
export const parkedRecords = Effect.fn("History.parkedRecords")(function* (database: Database["Service"]) {
  const letters = yield* readable(
    database.query(
      (sql) => sql<(Position & { readonly payload: Uint8Array })[]>`
      select epoch, seq, payload from (
        select epoch, seq, position, payload from dead_letter order by epoch desc, seq desc, position desc limit ${MOST_PARKED}
      ) newest order by epoch, seq, position`
    )
  )
  return letters.map(({ epoch, seq, payload }): ParkedRecord => ({ epoch, seq, record: decode(payload) }))
})
