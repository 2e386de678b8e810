/**
 * The base that warms a start without a journal: every open event as it is stored, with what is parked of it.
 *
 * Readiness waits for it where a journal was set aside or our own database was there without one, because then there was
 * a board to know; it waits a short while for a database that somebody named, since that may have come along without its
 * journal.
 */
import { Clock, Context, Effect, Layer, Schedule } from "effect"
import { BookmakerId } from "../domain/Bookmaker.ts"
import { EventId } from "../domain/Event.ts"
import type { Standing } from "../domain/Freshness.ts"
import type { MarketState } from "../domain/Record.ts"
import { Journal } from "../journal/Journal.ts"
import { decode } from "../journal/RecordCodec.ts"
import { Health } from "../observability/Health.ts"
import type { StorageUnavailable } from "../domain/StorageUnavailable.ts"
import { readable } from "./connection/Statement.ts"
import type { RowRefused } from "./connection/Statement.ts"
import { Database } from "./Database.ts"
import { readStanding } from "./reading/ReadMarket.ts"
import type { StandingRow } from "./reading/ReadMarket.ts"
import type { StoredEvent } from "./History.ts"
import { Writer } from "./Writer.ts"
import { storedEvent } from "./reading/StoredEvents.ts"

/** Open events with how bookmakers stood as a whole. */
export interface StoredPart {
  readonly events: readonly StoredEvent[]
  readonly bookmakers: ReadonlyMap<BookmakerId, Standing>
}

export class StoredBase extends Context.Service<
  StoredBase,
  {
    /** False while Postgres may know what nobody here has been told of. */
    readonly isRead: () => boolean
    /** Ends once everything is taken and told; waits for the database as long as that takes. */
    /** Whether readiness waits for it at all. */
    readonly isExpected: boolean
    readonly read: (take: (part: StoredPart) => Effect.Effect<void>, told: Effect.Effect<void>) => Effect.Effect<void>
  }
>()("oddswire/storage/StoredBase") {
  static readonly layer = Layer.effect(
    StoredBase,
    Effect.suspend(() => make)
  )
}

const make = Effect.gen(function* () {
  const database = yield* Database
  const health = yield* Health
  const { unbased } = yield* Journal
  const writer = yield* Writer
  let isRead = unbased === undefined
  /** Until when readiness waits. */
  let waits: number | undefined

  yield* health.register({
    name: "base",
    kind: "ready",
    complaint: Effect.map(Clock.currentTimeMillis, (now) =>
      waits !== undefined && now < waits
        ? `The journal has no base: waiting for what Postgres knows. ${database.reachability().lastError ?? ""}`.trim()
        : undefined
    )
  })

  const patience =
    unbased === "SET_ASIDE" || database.stood === true ? Infinity : database.stood === false ? 0 : NEW_FOLDER_WAITS_MS

  return {
    isExpected: patience > 0,
    isRead: () => isRead,
    read: Effect.fn("Storage.base")(function* (
      take: (part: StoredPart) => Effect.Effect<void>,
      told: Effect.Effect<void>
    ) {
      waits = (yield* Clock.currentTimeMillis) + patience
      // A database that refuses this process ends it; here that is only a reason to wait.
      yield* Effect.catch(database.opened, () => Effect.never)
      // What this journal has told by now is newer: an event that it closed must not come back from the table.
      yield* writer.caughtUp
      const bookmakers = yield* held(standings(database))
      const ids = yield* held(openEvents(database))
      const parked = yield* held(parkedMarkets(database))
      for (let from = 0; from < ids.length; from += SLICE) {
        const events = yield* held(
          Effect.forEach(ids.slice(from, from + SLICE), (id) => storedEvent(database, id, undefined), {
            concurrency: 4
          })
        )
        yield* take({
          bookmakers,
          events: events.flatMap((event) => (event === undefined ? [] : withParked(event, parked)))
        })
      }
      yield* told
      waits = undefined
      isRead = true
    })
  }
})

const NEW_FOLDER_WAITS_MS = 10_000
const SLICE = 20

/** As long as it takes: what the base is needed for waits for nothing but this. */
const held = <A>(read: Effect.Effect<A, StorageUnavailable | RowRefused>) =>
  Effect.orDie(
    Effect.retry(readable(read), Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("5 seconds")]))
  )

const openEvents = (database: Database["Service"]) =>
  Effect.map(
    database.query((sql) => sql<{ id: string }[]>`select id from event where closed_at is null order by kickoff, id`),
    (rows) => rows.map(({ id }) => EventId(id))
  )

const standings = (database: Database["Service"]) =>
  Effect.map(
    database.query(
      (sql) => sql<(StandingRow & { readonly id: string })[]>`
      select id, state, since, reason_code, reason_text, reason_until from bookmaker where state is not null`
    ),
    (rows): ReadonlyMap<BookmakerId, Standing> => new Map(rows.map((row) => [BookmakerId(row.id), readStanding(row)]))
  )

/** The newest parked value of each market, by listing; what was parked in an earlier life of its event is over. */
const parkedMarkets = (database: Database["Service"]) =>
  Effect.map(
    database.query(
      (sql) => sql<{ readonly payload: Uint8Array; readonly left_since: readonly string[] }[]>`
      select payload, array(
        select distinct event_id from event_history h
        where h.closed_at is not null and (h.epoch, h.seq) > (d.epoch, d.seq)) as left_since
      from dead_letter d order by epoch, seq`
    ),
    (rows) => {
      const parked = new Map<string, Map<string, MarketState>>()
      for (const { left_since, payload } of rows) {
        const record = decode(payload)
        if (record.kind !== "MARKETS" || left_since.includes(record.event.id)) continue
        const key = `${record.event.id}/${record.bookmakerId}/${record.phase}`
        const markets = parked.get(key) ?? new Map<string, MarketState>()
        for (const market of record.markets) markets.set(market.market.key, market)
        parked.set(key, markets)
      }
      return parked
    }
  )

/** A parked row counts like a stored one until it is replayed: it was shown. */
const withParked = (
  { facts, listings }: StoredEvent,
  parked: ReadonlyMap<string, ReadonlyMap<string, MarketState>>
): StoredEvent => ({
  facts,
  listings: listings.map((listing) => {
    const newest = new Map(listing.markets.map((market) => [market.market.key, market]))
    for (const market of parked.get(`${facts.id}/${listing.bookmakerId}/${listing.phase}`)?.values() ?? []) {
      if ((newest.get(market.market.key)?.changedAt ?? -Infinity) < market.changedAt)
        newest.set(market.market.key, market)
    }
    return { ...listing, markets: [...newest.values()] }
  })
})
