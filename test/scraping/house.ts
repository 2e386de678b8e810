/**
 * The scraper with everything around it played: bookmakers that answer as a test says, books that only note what
 * they were told. Matching is the real one.
 */
import { Clock, Effect, Layer, Scope, Stream, SubscriptionRef } from "effect"
import type { Config } from "effect"
import { Supervisor } from "../../src/actor/Supervisor.ts"
import type { ActorSpec, ActorStatus } from "../../src/actor/Supervisor.ts"
import type { Adapter, MainMarkets, Target } from "../../src/bookmakers/Adapter.ts"
import type { Endpoint, FetchError } from "../../src/bookmakers/FetchError.ts"
import { Roster } from "../../src/bookmakers/Roster.ts"
import { emptyBoard } from "../../src/domain/Board.ts"
import { BookmakerId, Bookmakers } from "../../src/domain/Bookmaker.ts"
import { EventId } from "../../src/domain/Event.ts"
import type { EventFacts, ListedEvent } from "../../src/domain/Event.ts"
import type { Reason, Standing } from "../../src/domain/Freshness.ts"
import { RunStore } from "../../src/domain/Run.ts"
import type { Run, RunFailure } from "../../src/domain/Run.ts"
import { DEFAULT_SETTINGS, LiveSettings } from "../../src/domain/Settings.ts"
import type { Settings } from "../../src/domain/Settings.ts"
import type { Scope as Covers, Snapshot } from "../../src/domain/Snapshot.ts"
import { Matcher } from "../../src/matching/Matcher.ts"
import type { OddsBook } from "../../src/odds/OddsBook.ts"
import { OddsBooks } from "../../src/odds/OddsBooks.ts"
import { PublishedBoard } from "../../src/odds/PublishedBoard.ts"
import { columnsOf } from "../../src/odds/Reading.ts"
import { NO_PAUSE, Pauses } from "../../src/scraping/politeness/Pauses.ts"
import type { Pause } from "../../src/scraping/politeness/Pauses.ts"
import { Quarantine } from "../../src/scraping/Quarantine.ts"
import type { Found } from "../../src/scraping/Quarantine.ts"
import { Scraping } from "../../src/scraping/Scraping.ts"

/** The instant at which every house starts. */
export const START = Date.UTC(2026, 10, 20, 12)
export const HOUR = 3_600_000

export const alpha = BookmakerId("alpha-ng")
export const beta = BookmakerId("beta-ng")
export const gamma = BookmakerId("gamma-ng")

export interface Request {
  readonly bookmakerId: BookmakerId
  readonly endpoint: Endpoint
  readonly eventId: string | undefined
  readonly at: number
  /** Of a list that is asked for odds. */
  readonly page?: string
}

export interface Played {
  readonly bookmakers: readonly BookmakerId[]
  /** What each lists; every bookmaker lists the same events unless a test changes it. */
  readonly lists: Map<BookmakerId, readonly ListedEvent[]>
  /** How many events one page of a list tells the main markets of; absent where none does. */
  readonly pageSizes: Map<BookmakerId, number>
  latencyMs: (request: Request) => number
  /** What a request comes back with; undefined = what was asked for. */
  answer: (request: Request) => FetchError | "DEFECT" | undefined
  /** What the books do before they take a snapshot. */
  observing: (eventId: EventId) => Effect.Effect<void>
  /** What the books do when asked to settle. */
  settles: Effect.Effect<number | undefined>
  readonly requests: Request[]
  /** Requests under way, and the most there ever were, by bookmaker. */
  readonly active: Map<BookmakerId, number>
  readonly most: Map<BookmakerId, number>
  readonly standings: { readonly bookmakerId: BookmakerId; readonly standing: Standing; readonly at: number }[]
  readonly missed: { readonly bookmakerId: BookmakerId; readonly eventId: EventId; readonly reason: Reason }[]
  readonly gone: { readonly bookmakerId: BookmakerId; readonly eventId: EventId }[]
  readonly observed: { readonly bookmakerId: BookmakerId; readonly eventId: EventId; readonly requestedAt: number }[]
  /** The same of parts, which confirm nothing. */
  readonly parts: Played["observed"][number][]
  readonly saved: { readonly run: Run; readonly failures: readonly RunFailure[] }[]
  readonly actors: Map<string, (lastError: string) => Effect.Effect<void>>
  /** Facts and books as a process finds them at its start. */
  readonly facts: Map<EventId, EventFacts>
  readonly confirmedAt: Map<string, number>
  readonly published: Map<BookmakerId, Standing>
  readonly quarantined: Found[]
  /** Pauses as a process finds them at its start, and keeps them. */
  readonly pauses: Map<BookmakerId, Pause>
  readonly settings: SubscriptionRef.SubscriptionRef<Settings>
}

export const play = Effect.fnUntraced(function* (events: readonly ListedEvent[], change: Partial<Settings> = {}) {
  const bookmakers = [alpha, beta, gamma]
  const played: Played = {
    bookmakers,
    lists: new Map(
      bookmakers.map((id) => [id, events.map((event) => ({ ...event, bookmakerEventId: `${id}:${event.eventId}` }))])
    ),
    pageSizes: new Map(),
    latencyMs: () => 100,
    answer: () => undefined,
    observing: () => Effect.void,
    settles: Effect.sync(() => played.observed.length),
    requests: [],
    active: new Map(),
    most: new Map(),
    standings: [],
    missed: [],
    gone: [],
    observed: [],
    parts: [],
    saved: [],
    actors: new Map(),
    facts: new Map(),
    confirmedAt: new Map(),
    published: new Map(),
    pauses: new Map(),
    quarantined: [],
    settings: yield* SubscriptionRef.make<Settings>({ ...DEFAULT_SETTINGS, pace: {}, ...change })
  }
  return played
})

export const eventAt = (id: number, kickoff: number, competition = "Premier League"): ListedEvent => ({
  bookmakerEventId: "",
  eventId: EventId(String(id)),
  home: `Home ${id}`,
  away: `Away ${id}`,
  kickoff,
  competition: { nativeId: "c", name: competition, country: "England" }
})

/** `schedule`: whether the scheduler's loop runs by itself. */
export const house = (
  played: Played,
  schedule: "SCHEDULED" | "BY_REQUEST"
): Layer.Layer<Scraping | Matcher, Config.ConfigError> => {
  const roster = Layer.succeed(Roster, { adapters: played.bookmakers.map((id) => adapterOf(played, id)) })
  const bookmakers = Layer.succeed(Bookmakers, { all: played.bookmakers.map(bookmakerOf) })
  const around = Layer.mergeAll(
    roster,
    bookmakers,
    booksOf(played),
    boardOf(played),
    storeOf(played),
    pausesOf(played.pauses),
    Layer.succeed(Quarantine, {
      keep: (found) => Effect.sync(() => played.quarantined.push(found)),
      list: Effect.succeed([]),
      counts: () => []
    }),
    settingsOf(played),
    supervisorOf(played, schedule)
  )
  return Scraping.layer.pipe(Layer.provideMerge(Matcher.layer), Layer.provide(around))
}

const bookmakerOf = (id: BookmakerId) => ({
  id,
  name: id,
  country: "NG",
  ours: id === alpha,
  mapped: new Set<string>()
})

const adapterOf = (played: Played, bookmakerId: BookmakerId): Adapter => {
  const ask = Effect.fnUntraced(function* (endpoint: Endpoint, eventId: string | undefined, page?: string) {
    const at = yield* Clock.currentTimeMillis
    const request: Request = { bookmakerId, endpoint, eventId, at, ...(page !== undefined && { page }) }
    played.requests.push(request)
    const active = (played.active.get(bookmakerId) ?? 0) + 1
    played.active.set(bookmakerId, active)
    played.most.set(bookmakerId, Math.max(active, played.most.get(bookmakerId) ?? 0))
    yield* Effect.sleep(played.latencyMs(request)).pipe(
      Effect.ensuring(Effect.sync(() => played.active.set(bookmakerId, (played.active.get(bookmakerId) ?? 1) - 1)))
    )
    const answer = played.answer(request)
    if (answer === "DEFECT") return yield* Effect.die("a bug in an adapter")
    return answer === undefined ? request : yield* Effect.fail(answer)
  })
  const told = Effect.fnUntraced(function* (
    { eventId }: Target,
    { at }: Request,
    scope: Covers,
    runId: string | undefined
  ): Effect.fn.Return<Snapshot> {
    return {
      eventId,
      bookmakerId,
      phase: "PREMATCH",
      listed: played.lists.get(bookmakerId)?.find((each) => each.eventId === eventId) ?? eventAt(0, 0),
      requestedAt: at,
      observedAt: yield* Clock.currentTimeMillis,
      publishedAt: undefined,
      scope,
      board: emptyBoard(),
      rejected: new Set(),
      unkeyedReject: false,
      unmapped: [],
      finerPrices: 0,
      runId
    }
  })
  const size = played.pageSizes.get(bookmakerId)
  const mainMarkets: MainMarkets | undefined =
    size === undefined
      ? undefined
      : {
          types: MAIN_TYPES,
          pageOf: (place) => String(Math.floor(place / size)),
          fetch: Effect.fnUntraced(function* (page, targets, gate, runId) {
            const request = yield* gate("list", ask("list", undefined, page))
            return {
              snapshots: yield* Effect.forEach(targets, (target) => told(target, request, MAIN_TYPES, runId)),
              failures: []
            }
          })
        }
  return {
    bookmaker: bookmakerOf(bookmakerId),
    ...(mainMarkets !== undefined && { mainMarkets }),
    discover: (gate) =>
      Stream.fromEffect(
        Effect.map(gate("list", ask("list", undefined)), () => ({
          events: played.lists.get(bookmakerId) ?? [],
          failures: []
        }))
      ),
    fetch: Effect.fnUntraced(function* (target, gate, runId) {
      return yield* told(target, yield* gate("event", ask("event", target.eventId)), "FULL", runId)
    })
  }
}

const MAIN_TYPES: ReadonlySet<string> = new Set(["1x2_ft"])

const booksOf = (played: Played) =>
  Layer.succeed(OddsBooks, {
    place: (facts) => Effect.sync(() => played.facts.set(facts.id, facts)),
    observe: ({ bookmakerId, eventId, requestedAt, observedAt, scope }) =>
      Effect.map(
        Effect.suspend(() => played.observing(eventId)),
        () => {
          if (scope !== "FULL") {
            played.parts.push({ bookmakerId, eventId, requestedAt })
            return
          }
          played.observed.push({ bookmakerId, eventId, requestedAt })
          played.confirmedAt.set(`${eventId}/${bookmakerId}`, observedAt)
        }
      ),
    gone: (bookmakerId, eventId) => Effect.sync(() => played.gone.push({ bookmakerId, eventId })),
    missed: (bookmakerId, eventId, reason) => Effect.sync(() => played.missed.push({ bookmakerId, eventId, reason })),
    bookmaker: (bookmakerId, standing, at) =>
      Effect.sync(() => {
        played.standings.push({ bookmakerId, standing, at })
        played.published.set(bookmakerId, standing)
      }),
    settled: Effect.suspend(() => played.settles)
  })

const boardOf = (played: Played) => {
  const books = new Map<string, OddsBook>()
  // Made once per confirmation: a long play asks a million times.
  const bookAt = (id: BookmakerId, eventId: EventId): OddsBook | undefined => {
    const key = `${eventId}/${id}`
    const at = played.confirmedAt.get(key)
    const held = books.get(key)
    if (at === undefined || held?.confirmedAt === at) return at === undefined ? undefined : held
    const book = bookOf(id, eventId, at)
    books.set(key, book)
    return book
  }
  const eventOf = (facts: EventFacts) => {
    const books = new Map<BookmakerId, OddsBook>()
    for (const id of played.bookmakers) {
      const book = bookAt(id, facts.id)
      if (book !== undefined) books.set(id, book)
    }
    return { facts, books }
  }
  return Layer.succeed(PublishedBoard, {
    mark: () => ({ epoch: 1, seq: played.observed.length }),
    durable: () => true,
    kept: () => true,
    event: (id) => {
      const facts = played.facts.get(id)
      return facts === undefined ? undefined : eventOf(facts)
    },
    events: () => [...played.facts.values()].map(eventOf),
    bookmaker: (id) => ({
      standing: played.published.get(id) ?? { state: "CONFIRMED", since: 0 },
      lastSuccessAt: undefined
    }),
    size: () => ({ events: 0, listings: 0, markets: 0, prices: 0 })
  })
}

const bookOf = (bookmakerId: BookmakerId, eventId: EventId, at: number): OddsBook => ({
  eventId,
  bookmakerId,
  phase: "PREMATCH",
  confirmedAt: at,
  requestedAt: at,
  observedAt: at,
  publishedAt: undefined,
  listing: {
    state: "CONFIRMED",
    since: at,
    bookmakerEventId: `${bookmakerId}:${eventId}`,
    mappedCount: 0,
    unmapped: []
  },
  ...columnsOf([])
})

export const pausesOf = (kept: Map<BookmakerId, Pause>) =>
  Layer.succeed(Pauses, {
    of: (id) => kept.get(id) ?? NO_PAUSE,
    keep: (id, pause) => Effect.sync(() => kept.set(id, { ...(kept.get(id) ?? NO_PAUSE), ...pause }))
  })

const storeOf = (played: Played) =>
  Layer.succeed(RunStore, {
    save: (run, failures) => Effect.sync(() => played.saved.push({ run, failures })),
    list: () => Effect.sync(() => ({ nodes: newestOf(played), hasNextPage: false, totalCount: 0 })),
    get: (id) => Effect.sync(() => newestOf(played).find((run) => run.id === id)),
    failures: () => Effect.succeed({ nodes: [], hasNextPage: false, totalCount: 0 })
  })

export const newestOf = ({ saved }: Played): readonly Run[] =>
  [...new Map(saved.map(({ run }) => [run.id, run])).values()].reverse()

const settingsOf = (played: Played) =>
  Layer.succeed(LiveSettings, { current: played.settings, update: () => Effect.succeed([]) })

const supervisorOf = (played: Played, schedule: "SCHEDULED" | "BY_REQUEST") =>
  Layer.effect(
    Supervisor,
    Effect.map(SubscriptionRef.make<ReadonlyMap<string, ActorStatus>>(new Map()), (actors) => ({
      actors,
      supervise: <E, R>(spec: ActorSpec<E, R>): Effect.Effect<void, never, R | Scope.Scope> => {
        played.actors.set(spec.name, spec.onFailed)
        const runs = spec.name !== "scraper" || schedule === "SCHEDULED"
        return runs ? Effect.asVoid(Effect.forkScoped(spec.loop)) : Effect.void
      }
    }))
  )

/** For a gate alone: nothing was kept, and nothing is. */
export const noPauses: Pauses["Service"] = { of: () => NO_PAUSE, keep: () => Effect.void }
