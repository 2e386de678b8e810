/**
 * The rooms with actors, from scraper to broadcaster, on a virtual clock: bookmakers and journal are played, all
 * else is what runs in production.
 */
import { Clock, Effect, Layer, Stream, SubscriptionRef } from "effect"
import { Fatal } from "../../../src/actor/Fatal.ts"
import { Hub } from "../../../src/broadcast/Hub.ts"
import type { Adapter } from "../../../src/bookmakers/Adapter.ts"
import { Roster } from "../../../src/bookmakers/Roster.ts"
import { BookmakerId, Bookmakers } from "../../../src/domain/Bookmaker.ts"
import { EventId } from "../../../src/domain/Event.ts"
import type { ListedEvent } from "../../../src/domain/Event.ts"
import { RunStore } from "../../../src/domain/Run.ts"
import { DEFAULT_SETTINGS, LiveSettings } from "../../../src/domain/Settings.ts"
import { Matcher } from "../../../src/matching/Matcher.ts"
import { OddsBooks } from "../../../src/odds/OddsBooks.ts"
import { Pauses } from "../../../src/scraping/politeness/Pauses.ts"
import { Quarantine } from "../../../src/scraping/Quarantine.ts"
import { Scraping } from "../../../src/scraping/Scraping.ts"
import { noPauses } from "../../../test/scraping/house.ts"
import { memoryJournal } from "../../../test/support/MemoryJournal.ts"
import { boardOf } from "../../../test/support/snapshots.ts"
import { killableSupervisor } from "./Killable.ts"

export const IDS = ["alpha-ng", "beta-ng", "gamma-ng"].map((id) => BookmakerId(id))

const EVENTS = 6
const LATENCY_MS = 150

/** Each instance is a house of its own. */
export const house = (beside?: string) =>
  Layer.fresh(Scraping.layer).pipe(
    Layer.provideMerge(Layer.fresh(Matcher.layer)),
    Layer.provideMerge(Layer.fresh(OddsBooks.layer)),
    Layer.provideMerge(Layer.fresh(Hub.layer)),
    Layer.provideMerge([
      memoryJournal(),
      Layer.fresh(Fatal.layer),
      Layer.succeed(Roster, { adapters: IDS.map(adapterOf) }),
      Layer.succeed(Bookmakers, { all: IDS.map(bookmakerOf) }),
      Layer.succeed(Pauses, noPauses),
      Layer.succeed(Quarantine, { keep: () => Effect.void, list: Effect.succeed([]), counts: () => [] }),
      settings,
      store
    ]),
    Layer.provideMerge(killableSupervisor(beside))
  )

const bookmakerOf = (id: BookmakerId) => ({
  id,
  name: id,
  country: "NG",
  ours: id === IDS[0],
  mapped: new Set<string>()
})

/** A price moves with each request, so every fetch is a change. */
const adapterOf = (bookmakerId: BookmakerId): Adapter => {
  let requests = 0
  return {
    bookmaker: bookmakerOf(bookmakerId),
    discover: (gate) =>
      Stream.fromEffect(
        gate(
          "list",
          Effect.map(Effect.delay(Clock.currentTimeMillis, LATENCY_MS), (now) => ({
            events: Array.from({ length: EVENTS }, (_, i) => listed(i, now)),
            failures: []
          }))
        )
      ),
    fetch: (target, gate, runId) =>
      gate(
        "event",
        Effect.gen(function* () {
          const requestedAt = yield* Clock.currentTimeMillis
          yield* Effect.sleep(LATENCY_MS)
          const observedAt = yield* Clock.currentTimeMillis
          requests += 1
          return {
            eventId: target.eventId,
            bookmakerId,
            phase: "PREMATCH",
            listed: listed(Number(target.eventId), observedAt),
            requestedAt,
            observedAt,
            publishedAt: undefined,
            scope: "FULL",
            board: boardOf(`btts_ft yes ${1_500 + (requests % 400)}`, "btts_ft no 1900"),
            rejected: new Set(),
            unkeyedReject: false,
            unmapped: [],
            finerPrices: 0,
            runId
          }
        })
      )
  }
}

/** Always a day away, so that no event ends during a run however long. */
const listed = (id: number, now: number): ListedEvent => ({
  bookmakerEventId: String(id),
  eventId: EventId(String(id)),
  home: `Home ${id}`,
  away: `Away ${id}`,
  kickoff: Math.ceil(now / DAY_MS + 1) * DAY_MS,
  competition: { nativeId: "1", name: "Premier League", country: "England" }
})

const DAY_MS = 86_400_000

const settings = Layer.effect(
  LiveSettings,
  Effect.map(SubscriptionRef.make({ ...DEFAULT_SETTINGS, pace: {}, scrapeIntervalMs: 30_000 }), (current) => ({
    current,
    update: () => Effect.succeed([])
  }))
)

const store = Layer.succeed(RunStore, {
  save: () => Effect.void,
  list: () => Effect.succeed({ nodes: [], hasNextPage: false, totalCount: 0 }),
  get: () => Effect.undefined,
  failures: () => Effect.succeed({ nodes: [], hasNextPage: false, totalCount: 0 })
})
