/** A small world behind fakes of the neighbouring rooms' doors, for tests of the API. */
import { NodeFileSystem } from "@effect/platform-node"
import { ConfigProvider, Effect, Layer, Option, Stream, SubscriptionRef } from "effect"
import { TestClock } from "effect/testing"
import { Access } from "../../src/access/Access.ts"
import { Supervisor } from "../../src/actor/Supervisor.ts"
import type { ActorStatus } from "../../src/actor/Supervisor.ts"
import { Hub } from "../../src/broadcast/Hub.ts"
import { makeBoardBuilder, OPEN } from "../../src/domain/Board.ts"
import { BookmakerId, Bookmakers } from "../../src/domain/Bookmaker.ts"
import type { Bookmaker } from "../../src/domain/Bookmaker.ts"
import { catalogue, parseMarketKey } from "../../src/domain/Catalogue.ts"
import { CompetitionId } from "../../src/domain/Competition.ts"
import { EventId } from "../../src/domain/Event.ts"
import type { EventFacts } from "../../src/domain/Event.ts"
import { RunStore } from "../../src/domain/Run.ts"
import type { Run } from "../../src/domain/Run.ts"
import { DEFAULT_SETTINGS, LiveSettings } from "../../src/domain/Settings.ts"
import { Connections } from "../../src/graphql/Connections.ts"
import { Documents } from "../../src/graphql/admission/Documents.ts"
import { Pages } from "../../src/graphql/http/Pages.ts"
import { ApiRuntime } from "../../src/graphql/Runtime.ts"
import { ApiSchema } from "../../src/graphql/Schema.ts"
import { Server } from "../../src/graphql/Server.ts"
import { Journal } from "../../src/journal/Journal.ts"
import { Health } from "../../src/observability/Health.ts"
import { Incidents } from "../../src/observability/Incidents.ts"
import { outcomeOf } from "../../src/odds/OddsBook.ts"
import type { OddsBook } from "../../src/odds/OddsBook.ts"
import { PublishedBoard } from "../../src/odds/PublishedBoard.ts"
import type { PublishedEvent } from "../../src/odds/PublishedBoard.ts"
import type { BreakerState } from "../../src/scraping/Work.ts"
import type { DriftCount, DriftSample } from "../../src/scraping/Quarantine.ts"
import { Scraping } from "../../src/scraping/Scraping.ts"
import { History } from "../../src/storage/History.ts"
import { confirmedRecord } from "../support/records.ts"

export const NOW = Date.UTC(2026, 10, 20, 12)
export const EPOCH = NOW - 3_600_000
const BLOCKED = { state: "STALE", since: EPOCH, reason: { code: "BLOCKED", text: "It refuses." } } as const

/** Rows that Postgres refused. */
export const PARKED = [7, 9].map((id) => ({
  id,
  epoch: EPOCH,
  seq: 10 + id,
  record: confirmedRecord(["1"], NOW, new Set(["1x2_ft"])),
  sqlstate: "22021",
  reason: "invalid byte sequence",
  firstSeen: NOW,
  tries: 1
}))

const bookmaker = (id: string, ours: boolean, mapped: readonly string[]): Bookmaker => ({
  id: BookmakerId(id),
  name: id.split("-")[0] ?? id,
  country: "NG",
  ours,
  mapped: new Set(mapped)
})

const ALL_KEYS = catalogue.map(({ key }) => key)

export const PAWA = bookmaker("betpawa-ng", true, ALL_KEYS)
export const SPORTY = bookmaker("sportybet-ng", false, ALL_KEYS)
/** Maps nothing but the full-time result and totals. */
export const NAIJA = bookmaker("bet9ja-ng", false, ["1x2_ft", "over_under_ft"])
export const ROSTER = [PAWA, SPORTY, NAIJA]

export const facts = (id: string, home: string, away: string, hours: number): EventFacts => ({
  id: EventId(id),
  home,
  away,
  kickoff: NOW + hours * 3_600_000,
  competition: { id: CompetitionId("brazil-serie-a"), name: "Série A", countryCode: "BR", countryName: "Brazil" }
})

/** Prices in thousandths by market key, in catalogue order of outcomes; `captured` is milliseconds before now. */
export const book = (
  event: EventFacts,
  { id }: Bookmaker,
  prices: Readonly<Record<string, readonly number[]>>,
  captured = 1_000
): OddsBook => {
  const builder = makeBoardBuilder()
  for (const [key, outcomes] of Object.entries(prices)) {
    const market = parseMarketKey(key)
    if (market !== undefined) outcomes.forEach((milli, i) => builder.add(market, i, milli, OPEN))
  }
  const { shape, milli, states } = builder.build()
  const at = NOW - captured
  return {
    eventId: event.id,
    bookmakerId: id,
    phase: "PREMATCH",
    listing: {
      state: "CONFIRMED",
      since: EPOCH,
      bookmakerEventId: `native-${event.id}`,
      mappedCount: shape.slots.length,
      unmapped: [{ nativeId: "77", name: "Corner race", outcomeCount: 3 }]
    },
    confirmedAt: at,
    requestedAt: at,
    observedAt: at,
    publishedAt: undefined,
    shape,
    outcomes: milli.map((price, i) => outcomeOf(price, states[i] ?? OPEN)),
    previous: milli.map(() => 0),
    since: shape.slots.map(() => EPOCH),
    changedAt: shape.slots.map(() => EPOCH)
  }
}

const DERBY = facts("100", "São Paulo", "Santos", 1)
const CUP = facts("101", "Flamengo", "Vasco", 5)
const FAR = facts("102", "Grêmio", "Bahia", 50)

const published = (event: EventFacts, ...books: readonly OddsBook[]): PublishedEvent => ({
  facts: event,
  books: new Map(books.map((held) => [held.bookmakerId, held]))
})

/** Our best edge is on the cup: 2.00 against 1.80. The far match is missing at ours. */
export const EVENTS: readonly PublishedEvent[] = [
  published(
    DERBY,
    book(DERBY, PAWA, { "1x2_ft": [1_900, 3_400, 4_200], "over_under_ft@2.5": [1_800, 1_950] }),
    book(DERBY, SPORTY, { "1x2_ft": [1_950, 3_300, 4_200], "over_under_ft@2.5": [1_850, 1_900] }),
    book(DERBY, NAIJA, { "1x2_ft": [1_920, 3_500, 4_000] }, 60_000)
  ),
  published(
    CUP,
    book(CUP, PAWA, { "1x2_ft": [2_000, 3_100, 3_900] }),
    book(CUP, SPORTY, { "1x2_ft": [1_800, 3_200, 4_000] })
  ),
  published(FAR, book(FAR, SPORTY, { "1x2_ft": [1_500, 4_000, 6_500] }))
]

export const RUN: Run = {
  id: "run-1",
  trigger: "MANUAL",
  request: { bookmakers: undefined, competitions: undefined, events: undefined },
  phase: "COMPLETED",
  startedAt: NOW - 60_000,
  endedAt: NOW,
  current: 3,
  total: 3,
  eventsCount: 3,
  message: "Done.",
  at: NOW,
  counts: [{ bookmakerId: PAWA.id, discovered: 3, planned: 3, fetched: 3, failed: 0, gone: 0 }],
  timings: [{ stage: "fetch", bookmakerId: PAWA.id, count: 3, p50: 10, p95: 20, p99: 20, total: 40 }],
  durableSeq: 5,
  failureCount: 1
}

/** Before it: one of something else, one that had not ended yet, and one that asked for the same. */
const EARLIER: readonly Run[] = [
  { ...RUN, id: "run-03", endedAt: NOW - 70_000, request: { ...RUN.request, bookmakers: [PAWA.id] } },
  { ...RUN, id: "run-02", endedAt: NOW - 50_000 },
  { ...RUN, id: "run-01", endedAt: NOW - 80_000 }
]

const FAILURE = {
  id: "run-1/1",
  bookmakerId: NAIJA.id,
  eventId: DERBY.id,
  class: "TIMED_OUT",
  message: "bet9ja /event: no answer in 10 s.",
  durationMs: 10_000,
  at: NOW
} as const

const OPEN_BREAKER: BreakerState = {
  endpoint: "refusal",
  state: "OPEN",
  since: NOW - 60_000,
  until: NOW + 240_000,
  reason: "BLOCKED",
  openings: 1
}

const DRIFTED: DriftCount = { endpoint: "event", reason: "DRIFTED", count: 2, lastAt: NOW - 5_000 }

export const DRIFT: DriftSample = {
  file: "quarantine/2026-11-20T11-59-00.000Z_bet9ja-ng_event_unreadable.json",
  at: NOW - 60_000,
  bookmakerId: NAIJA.id,
  endpoint: "event",
  reason: "UNREADABLE",
  path: "$.D.O",
  message: "bet9ja-ng event: payload cannot be read at $.D.O (Expected object)",
  sample: `{"R":"OK","D":${" ".repeat(3_000)}}`
}

export const fakes = {
  board: Layer.sync(PublishedBoard, () => ({
    mark: () => ({ epoch: EPOCH, seq: 7 }),
    durable: () => true,
    kept: () => true,
    event: (id) => EVENTS.find(({ facts }) => facts.id === id),
    events: () => EVENTS,
    bookmaker: () => ({ standing: { state: "CONFIRMED", since: EPOCH }, lastSuccessAt: NOW }),
    size: () => ({ events: 3, listings: 6, markets: 8, prices: 20 })
  })),
  bookmakers: Layer.succeed(Bookmakers, { all: ROSTER }),
  settings: Layer.effect(
    LiveSettings,
    Effect.gen(function* () {
      const current = yield* SubscriptionRef.make(DEFAULT_SETTINGS)
      return {
        current,
        update: (change, _, expectedVersion) =>
          Effect.gen(function* () {
            const before = yield* SubscriptionRef.get(current)
            if (expectedVersion !== undefined && expectedVersion !== before.version) {
              return [
                {
                  code: "CONFLICT",
                  message: "Somebody changed them first.",
                  path: ["expectedVersion"],
                  value: String(expectedVersion)
                }
              ]
            }
            yield* SubscriptionRef.set(current, { ...before, ...change, version: before.version + 1 })
            return []
          })
      }
    })
  ),
  runs: Layer.succeed(RunStore, {
    save: () => Effect.void,
    list: (_triggers, _first, after) =>
      Effect.succeed({ nodes: after === RUN.id ? EARLIER : [RUN], hasNextPage: false, totalCount: 1 }),
    get: (id) => Effect.succeed(id === RUN.id ? RUN : undefined),
    failures: () => Effect.succeed({ nodes: [FAILURE], hasNextPage: false, totalCount: 1 })
  }),
  history: Layer.succeed(History, {
    rows: (query) =>
      Effect.succeed({
        rows: query.markets.flatMap((key) => {
          const market = parseMarketKey(key)
          const held = EVENTS[0]?.books.get(PAWA.id)
          const slot = held?.shape.slots[0]
          return market === undefined || slot === undefined
            ? []
            : [
                {
                  epoch: EPOCH,
                  seq: 3,
                  position: 0,
                  at: NOW - 1_000,
                  publishedAt: undefined,
                  runId: "run-1",
                  eventId: DERBY.id,
                  bookmakerId: PAWA.id,
                  phase: "PREMATCH" as const,
                  state: {
                    state: "CONFIRMED" as const,
                    since: EPOCH,
                    market,
                    layout: slot.layout,
                    milli: [1_900, 3_400, 4_200],
                    previous: [0, 0, 0],
                    states: ["OPEN", "OPEN", "OPEN"] as const,
                    changedAt: NOW - 1_000
                  }
                }
              ]
        }),
        checks: [{ eventId: DERBY.id, bookmakerId: PAWA.id, from: EPOCH, to: NOW, checks: 12 }],
        standings: [{ bookmakerId: PAWA.id, at: EPOCH, standing: BLOCKED }],
        hasNextPage: true
      }),
    event: (id) =>
      Effect.succeed(
        id === "998" || id === "999" || id === DERBY.id
          ? {
              facts: { ...DERBY, id, kickoff: NOW - 10 * 3_600_000 },
              listings: [
                {
                  bookmakerId: PAWA.id,
                  phase: "PREMATCH",
                  listing: { state: "CONFIRMED", since: EPOCH, bookmakerEventId: "n", mappedCount: 1, unmapped: [] },
                  confirmedAt: NOW - 11 * 3_600_000,
                  ...(id === "998" && { bookmaker: BLOCKED }),
                  markets: []
                }
              ]
            }
          : undefined
      ),
    deadLetters: (first, after) =>
      Effect.succeed({
        nodes: PARKED.filter(({ id }) => id > after).slice(0, first),
        hasNextPage: PARKED.filter(({ id }) => id > after).length > first,
        totalCount: PARKED.length
      }),
    replayDeadLetters: (ids) =>
      Effect.succeed({ replayed: 2, stillParked: 0, unknown: (ids ?? []).filter((id) => id === "404") }),
    stats: Effect.succeed({
      reachable: true,
      since: EPOCH,
      lastError: undefined,
      drained: { epoch: EPOCH, seq: 6 },
      rowsWritten: 10,
      held: undefined,
      deadLetters: 2,
      partitions: 7,
      bytes: 1_000,
      space: { tables: [{ name: "market_history", bytes: 900 }], growthPerDay: 100, historyBytes: 900, strayDays: 0 },
      disk: { free: 5_000, size: 10_000 },
      daysUntilFull: 50
    })
  }),
  scraping: Layer.succeed(Scraping, {
    driftSamples: Effect.succeed([DRIFT]),
    serviceLevels: Effect.succeed([
      { bookmakerId: PAWA.id, within: 1_800_000, listings: 4, onTime: 3, lastHour: 0.75, lastDay: undefined }
    ]),
    start: (request) =>
      Effect.succeed(
        request.events?.includes(EventId("404"))
          ? {
              _tag: "Refused",
              faults: [{ code: "NOT_FOUND", message: "No event 404.", path: ["events", "0"], value: "404" }]
            }
          : { _tag: "Started", run: RUN, joined: false }
      ),
    retryFailed: () => Effect.succeed({ _tag: "Started", run: RUN, joined: true }),
    cancel: (id) =>
      Effect.succeed({
        _tag: "Refused",
        faults: [{ code: "ALREADY_FINISHED", message: `Run ${id} is over.`, path: ["runId"], value: id }]
      }),
    run: (id) => Effect.succeed(id === RUN.id ? Option.some(RUN) : Option.none()),
    recent: () => Effect.succeed([RUN]),
    failures: (id) => Effect.succeed(id === RUN.id ? Option.some([FAILURE]) : Option.none()),
    watch: () => Stream.succeed(RUN),
    watchAll: () => Stream.never,
    nextRunAt: Effect.succeed(NOW + 60_000),
    work: Effect.succeed([
      {
        bookmakerId: PAWA.id,
        active: 1,
        limit: 50,
        slowed: true,
        pausedUntil: NOW + 20_000,
        retriesLeft: 3,
        breakers: [OPEN_BREAKER],
        drift: [DRIFTED],
        lastSuccessAt: NOW
      }
    ]),
    stop: Effect.void
  }),
  journal: Layer.succeed(Journal, {
    epoch: EPOCH,
    world: "simulator",
    setAside: undefined,
    unbased: undefined,
    based: Effect.void,
    isBehind: Effect.succeed(false),
    append: () => Effect.die("not in this test"),
    read: () => Effect.succeed([]),
    images: Effect.succeed([]),
    floor: Effect.succeed(0),
    last: Effect.succeed(7),
    release: () => Effect.void,
    lastGap: Effect.undefined,
    grown: Effect.never,
    stats: Effect.succeed({
      inFlight: 0,
      inFlightBytes: 0,
      records: 7,
      bytes: 700,
      floor: 0,
      last: 7,
      released: 6,
      degraded: false,
      degradedSince: undefined,
      commits: 3
    })
  }),
  hub: Layer.succeed(Hub, {
    publish: () => undefined,
    connect: () => {
      throw new Error("not in this test")
    },
    disconnect: () => undefined,
    join: () => {
      throw new Error("not in this test")
    },
    stats: () => {
      throw new Error("not in this test")
    },
    down: () => undefined
  })
}

export type Fakes = typeof fakes

/** The API over these fakes; tests replace single ones. */
export const api = (replaced: Partial<Fakes> = {}, env: Readonly<Record<string, string>> = {}) => {
  const used = { ...fakes, ...replaced }
  const supervisor = Layer.effect(
    Supervisor,
    Effect.map(
      SubscriptionRef.make<ReadonlyMap<string, ActorStatus>>(
        new Map([
          [
            "odds",
            {
              name: "odds",
              state: "RUNNING" as const,
              since: EPOCH,
              restarts: 0,
              lastError: undefined,
              depth: () => 0
            }
          ]
        ])
      ),
      (actors) => ({ actors, supervise: () => Effect.void })
    )
  )
  const rooms = Layer.mergeAll(
    used.board,
    used.bookmakers,
    used.settings,
    used.runs,
    used.history,
    used.scraping,
    used.journal,
    used.hub,
    supervisor,
    Connections.layer,
    Incidents.layer,
    Health.layer,
    Access.layer
  )
  return Server.layer.pipe(
    Layer.provideMerge(Documents.layer),
    Layer.provideMerge(Layer.mergeAll(ApiSchema.layer, ApiRuntime.layer, Pages.layer)),
    Layer.provideMerge(rooms),
    Layer.provide(NodeFileSystem.layer),
    Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: { PORT: "0", ...env } }))),
    // Before anything starts to beat: a clock that leaps later has every beat on the way to catch up with.
    Layer.provide(Layer.effectDiscard(TestClock.setTime(NOW)))
  )
}
