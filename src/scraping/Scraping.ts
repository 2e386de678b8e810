/**
 * The door of the scraper: start, watch and cancel runs.
 *
 * Every run goes through the same pipeline, whoever asked for it; asking for what is already being fetched joins it.
 */
import { Context, Effect, Layer, Option, Stream, SubscriptionRef } from "effect"
import { Supervisor } from "../actor/Supervisor.ts"
import type { Adapter } from "../bookmakers/Adapter.ts"
import { Roster } from "../bookmakers/Roster.ts"
import type { BookmakerId } from "../domain/Bookmaker.ts"
import { RunStore } from "../domain/Run.ts"
import type { Run, RunFailure, RunRequest, RunTrigger } from "../domain/Run.ts"
import { LiveSettings, paceOf } from "../domain/Settings.ts"
import { Matcher } from "../matching/Matcher.ts"
import { makeBookmakerScraper } from "./BookmakerScraper.ts"
import type { BookmakerScraper } from "./BookmakerScraper.ts"
import { makeCoordinator } from "./runs/Coordinator.ts"
import { makeDiscovery } from "./Discovery.ts"
import { makeGate } from "./politeness/Gate.ts"
import type { BookmakerGate } from "./politeness/Gate.ts"
import { makeLedger } from "./schedule/Ledger.ts"
import { makeScheduler } from "./schedule/Scheduler.ts"
import { makeServiceLevels } from "./schedule/ServiceLevel.ts"
import type { ServiceLevel } from "./schedule/ServiceLevel.ts"
import type { Works } from "./runs/EventFetch.ts"
import { Quarantine } from "./Quarantine.ts"
import type { DriftSample } from "./Quarantine.ts"
import { Settings } from "./Settings.ts"
import { workOf } from "./Work.ts"
import type { BookmakerWork } from "./Work.ts"
import { Pauses } from "./politeness/Pauses.ts"
import { makeAnnouncer } from "./politeness/Standings.ts"
import { makeThrottle } from "./politeness/Throttle.ts"

/** A request that cannot be served: which field, which value, what next. */
export interface RequestFault {
  readonly code: "BAD_INPUT" | "NOT_FOUND" | "CONFLICT" | "ALREADY_FINISHED" | "DISABLED"
  readonly message: string
  readonly path: readonly string[]
  readonly value: string | undefined
}

export type Started =
  | { readonly _tag: "Started"; readonly run: Run; readonly joined: boolean }
  | { readonly _tag: "Refused"; readonly faults: readonly RequestFault[] }

export class Scraping extends Context.Service<
  Scraping,
  {
    readonly start: (request: RunRequest, idempotencyKey: string | undefined) => Effect.Effect<Started>
    /** A new run with the failed items of an old one only. */
    readonly retryFailed: (runId: string, idempotencyKey: string | undefined) => Effect.Effect<Started>
    readonly cancel: (runId: string) => Effect.Effect<Started>
    /** Runs this process holds in memory (the last 50 and all that are under way); older ones are in the RunStore. */
    readonly run: (runId: string) => Effect.Effect<Option.Option<Run>>
    readonly recent: (triggers: readonly RunTrigger[]) => Effect.Effect<readonly Run[]>
    readonly failures: (runId: string) => Effect.Effect<Option.Option<readonly RunFailure[]>>
    /** Progress of one run from where it stands now to its end, at most ten a second; a run already over: one element. */
    readonly watch: (runId: string) => Stream.Stream<Run>
    /** Progress of every run of these triggers, from now on. */
    readonly watchAll: (triggers: readonly RunTrigger[]) => Stream.Stream<Run>
    readonly nextRunAt: Effect.Effect<number | undefined>
    /** Pieces of payloads that could not be read, newest first. */
    readonly driftSamples: Effect.Effect<readonly DriftSample[]>
    readonly work: Effect.Effect<readonly BookmakerWork[]>
    /** Per bookmaker and cadence tier: how many listings are on time, and were over the last hour and day. */
    readonly serviceLevels: Effect.Effect<readonly ServiceLevel[]>
    /** Ends when nothing is being fetched any more; no new fetch starts. For shutdown. */
    readonly stop: Effect.Effect<void>
  }
>()("oddswire/scraping/Scraping") {
  static readonly layer = Layer.effect(
    Scraping,
    Effect.suspend(() => make)
  )
}

const LAST_FETCHES_MS = 5_000

const make = Effect.gen(function* () {
  const { adapters } = yield* Roster
  const { current } = yield* LiveSettings
  const matcher = yield* Matcher
  const store = yield* RunStore
  const supervisor = yield* Supervisor
  const afterRefusal = yield* Settings
  const pauses = yield* Pauses
  const quarantine = yield* Quarantine
  const settings = () => SubscriptionRef.getUnsafe(current)
  const ledger = makeLedger()
  let closing = false

  const build = Effect.fnUntraced(function* (adapter: Adapter) {
    const { bookmaker } = adapter
    const standing = matcher.standing(bookmaker.id)
    let actorError: string | undefined
    const gate: BookmakerGate = yield* makeGate({
      bookmaker,
      standing,
      afterRefusal,
      pauses,
      pace: () => paceOf(settings(), bookmaker.id),
      closing: () => closing,
      turned: Effect.suspend(() => announce)
    })
    const announce: Effect.Effect<void> = yield* makeAnnouncer(matcher, {
      bookmaker,
      settings,
      published: standing,
      circuits: gate.circuits,
      actorError: () => actorError
    })
    const scraper = yield* makeBookmakerScraper({
      adapter,
      gate,
      matcher,
      ledger,
      quarantine,
      settings,
      onFailed: (lastError) => {
        actorError = lastError
        return announce
      }
    })
    return { scraper, announce }
  })

  const built = yield* Effect.forEach(adapters, build)
  const works: Works = {
    matcher,
    ledger,
    settings,
    scrapers: new Map(built.map(({ scraper }): [BookmakerId, BookmakerScraper] => [scraper.bookmaker.id, scraper])),
    discovery: yield* makeDiscovery(matcher, quarantine),
    slots: yield* makeThrottle(() => ({ concurrency: settings().eventsAtOnce, delayMs: 0 }))
  }
  const coordinator = yield* makeCoordinator(works, store)
  const scheduler = makeScheduler(works, coordinator)
  const service = makeServiceLevels(works)
  const throttles = [works.slots, ...built.map(({ scraper }) => scraper.gate.throttle)]

  // The current settings come first, so this also tells at start who is switched off.
  yield* SubscriptionRef.changes(current).pipe(
    Stream.runForEach(() =>
      Effect.andThen(
        Effect.forEach(throttles, (throttle) => throttle.look, { discard: true }),
        Effect.forEach(built, ({ announce }) => announce, { discard: true })
      )
    ),
    Effect.forkScoped
  )
  yield* Effect.forkScoped(service.loop)
  yield* supervisor.supervise({
    name: "scraper",
    depth: () => coordinator.log.underWay().length,
    loop: Effect.suspend(() => (closing ? Effect.never : scheduler.loop)),
    onFailed: (lastError) =>
      Effect.logError("No run is scheduled any more; runs by request still work").pipe(
        Effect.annotateLogs({ lastError })
      )
  })

  return Scraping.of({
    start: coordinator.start,
    retryFailed: coordinator.retryFailed,
    cancel: coordinator.cancel,
    run: (id) =>
      Effect.sync(() => Option.map(Option.fromUndefinedOr(coordinator.log.get(id)), ({ progress }) => progress.run())),
    recent: (triggers) => Effect.sync(() => coordinator.log.recent(triggers)),
    failures: (id) =>
      Effect.sync(() =>
        Option.map(Option.fromUndefinedOr(coordinator.log.get(id)), ({ progress }) => progress.failures())
      ),
    watch: (id) => Stream.suspend(() => coordinator.log.get(id)?.progress.watch ?? stored(store, id)),
    watchAll: coordinator.watchAll,
    nextRunAt: Effect.sync(() => (closing ? undefined : scheduler.nextRunAt())),
    driftSamples: quarantine.list,
    work: Effect.sync(() => built.map(({ scraper }) => workOf(scraper, quarantine.counts(scraper.bookmaker.id)))),
    serviceLevels: Effect.sync(service.levels),
    stop: Effect.suspend(() => {
      closing = true
      const idle = Effect.forEach(built, ({ scraper }) => untilIdle(scraper), { discard: true })
      return Effect.andThen(coordinator.close, Effect.asVoid(Effect.timeoutOption(idle, LAST_FETCHES_MS)))
    })
  })
})

/** A run of an earlier process: told once as it was kept, or nothing when nobody knows it. */
const stored = (store: RunStore["Service"], id: string): Stream.Stream<Run> =>
  Stream.unwrap(
    store.get(id).pipe(
      Effect.map((run) => (run === undefined ? Stream.empty : Stream.succeed(run))),
      Effect.catch(() => Effect.succeed(Stream.empty))
    )
  )

const untilIdle = (scraper: BookmakerScraper): Effect.Effect<void> =>
  Effect.suspend(() =>
    scraper.gate.throttle.active() === 0
      ? Effect.void
      : Effect.andThen(scraper.gate.throttle.changed(), untilIdle(scraper))
  )
