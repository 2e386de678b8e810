/**
 * What Postgres holds of some listings beside their markets: the facts of the event, how the listing and its bookmaker
 * stand, each as the newest value and as the end of its history.
 *
 * For the check that books and history agree: one statement per kind, so both values of one thing are of one moment.
 */
import { Effect } from "effect"
import type { BookmakerId } from "../../domain/Bookmaker.ts"
import type { EventId, Phase } from "../../domain/Event.ts"
import type { ListingState, Position } from "../../domain/Record.ts"
import type { Standing } from "../../domain/Freshness.ts"
import { readable } from "../connection/Statement.ts"
import type { Database } from "../Database.ts"
import { readListing, readStanding } from "./ReadMarket.ts"
import type { StandingRow, StoredListingRow } from "./ReadMarket.ts"

export interface ListingPlace {
  readonly eventId: EventId
  readonly bookmakerId: BookmakerId
  readonly phase: Phase
}

export interface Stored<A> extends Position {
  readonly state: A
}

export interface StoredSides<A> {
  readonly current: Stored<A> | undefined
  /** Undefined also where retention has taken it. */
  readonly newest: Stored<A> | undefined
}

/** An event as its own tables have it. */
export interface EventValue {
  readonly home: string
  readonly away: string
  readonly kickoff: number
  readonly competitionId: string
  readonly closed: boolean
}

/** Where nothing of it is stored. */
export const NOT_STORED = { current: undefined, newest: undefined }

export interface StoredFacts {
  readonly event: StoredSides<EventValue>
  readonly listing: StoredSides<ListingState>
  /** Neither side where nothing was ever told of it. */
  readonly bookmaker: StoredSides<Standing>
}

/** One answer per place, in their order. */
export const storedFacts = Effect.fn("History.facts")(function* (
  database: Database["Service"],
  places: readonly ListingPlace[]
) {
  const events = yield* eventsOf(
    database,
    places.map(({ eventId }) => eventId)
  )
  const listings = yield* listingsOf(database, places)
  const bookmakers = yield* bookmakersOf(
    database,
    places.map(({ bookmakerId }) => bookmakerId)
  )
  return places.map((place): StoredFacts => ({
    event: events.get(place.eventId) ?? NOT_STORED,
    listing: listings.get(keyOf(place.eventId, place.bookmakerId, place.phase)) ?? NOT_STORED,
    bookmaker: bookmakers.get(place.bookmakerId) ?? NOT_STORED
  }))
})

const eventsOf = (database: Database["Service"], ids: readonly string[]) =>
  Effect.map(
    readable(
      database.query(
        (sql) => sql<(Side & EventRow)[]>`
        select 'current' as side, id, home, away, kickoff, competition_id, closed_at is not null as closed, epoch, seq
        from event where id = any(${[...new Set(ids)]}::text[])
        union all
        select 'newest', h.* from unnest(${[...new Set(ids)]}::text[]) w(id) cross join lateral (
          select event_id, home, away, kickoff, competition_id, closed_at is not null, epoch, seq
          from event_history where event_id = w.id order by epoch desc, seq desc, position desc limit 1
        ) h`
      )
    ),
    (rows) =>
      sidesBy(
        rows,
        ({ id }) => id,
        ({ away, closed, competition_id, home, kickoff }): EventValue => ({
          home,
          away,
          kickoff,
          competitionId: competition_id,
          closed
        })
      )
  )

const listingsOf = (database: Database["Service"], places: readonly ListingPlace[]) =>
  Effect.map(
    readable(
      database.query(
        (sql) => sql<(Side & ListingRow)[]>`
        with wanted as (
          select distinct * from unnest(${places.map(({ eventId }) => eventId)}::text[],
            ${places.map(({ bookmakerId }) => bookmakerId)}::text[], ${places.map(({ phase }) => phase)}::text[])
            as w(event_id, bookmaker_id, phase)
        )
        select 'current' as side, event_id, bookmaker_id, phase, bookmaker_event_id, state, since, reason_code, reason_text,
          reason_until, mapped_count, unmapped, epoch, seq
        from wanted join event_listing l using (event_id, bookmaker_id, phase)
        union all
        select 'newest', h.* from wanted w cross join lateral (
          select event_id, bookmaker_id, phase, bookmaker_event_id, state, since, reason_code, reason_text, reason_until,
            mapped_count, unmapped, epoch, seq
          from listing_history l
          where l.event_id = w.event_id and l.bookmaker_id = w.bookmaker_id and l.phase = w.phase
          order by epoch desc, seq desc, position desc limit 1
        ) h`
      )
    ),
    (rows) => sidesBy(rows, (row) => keyOf(row.event_id, row.bookmaker_id, row.phase), readListing)
  )

const bookmakersOf = (database: Database["Service"], ids: readonly string[]) =>
  Effect.map(
    readable(
      database.query(
        (sql) => sql<(Side & StandingRow & { readonly id: string })[]>`
        select 'current' as side, id, state, since, reason_code, reason_text, reason_until, epoch, seq
        from bookmaker where id = any(${[...new Set(ids)]}::text[]) and state is not null
        union all
        select 'newest', h.* from unnest(${[...new Set(ids)]}::text[]) w(id) cross join lateral (
          select bookmaker_id, state, since, reason_code, reason_text, reason_until, epoch, seq
          from bookmaker_history where bookmaker_id = w.id order by epoch desc, seq desc, position desc limit 1
        ) h`
      )
    ),
    (rows) => sidesBy(rows, ({ id }) => id, readStanding)
  )

export interface Side extends Position {
  readonly side: "current" | "newest"
}

interface EventRow {
  readonly id: string
  readonly home: string
  readonly away: string
  readonly kickoff: number
  readonly competition_id: string
  readonly closed: boolean
}

interface ListingRow extends StoredListingRow {
  readonly event_id: string
  readonly bookmaker_id: string
  readonly phase: string
}

const keyOf = (eventId: string, bookmakerId: string, phase: string): string => `${eventId}/${bookmakerId}/${phase}`

/** Both sides of each thing, by the key of its rows. */
export const sidesBy = <R extends Side, A>(
  rows: readonly R[],
  key: (row: R) => string,
  read: (row: R) => A
): ReadonlyMap<string, StoredSides<A>> => {
  const found = new Map<string, StoredSides<A>>()
  for (const row of rows) {
    const { epoch, seq, side } = row
    found.set(key(row), { ...(found.get(key(row)) ?? NOT_STORED), [side]: { epoch, seq, state: read(row) } })
  }
  return found
}
