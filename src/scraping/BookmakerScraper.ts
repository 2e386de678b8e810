/**
 * The scraper of one bookmaker: an actor that fetches what it is asked for, each listing once at a time.
 *
 * A fetch belongs to the actor and not to the run that asked, so two runs share it and a cancelled run cuts nothing
 * off. A defect costs the one payload that met it, in its adapter or behind it; only the actor's own loop can crash it.
 */
import { Cause, Clock, Deferred, Effect, Metric, Result, Stream } from "effect"
import { elapsedBy } from "../actor/Elapsed.ts"
import { ActorDown, waitMailbox } from "../actor/Mailbox.ts"
import { Supervisor } from "../actor/Supervisor.ts"
import type { Adapter, DiscoveredPage, MainMarkets, MainMarketsPage, Target } from "../bookmakers/Adapter.ts"
import { Held, Unreadable } from "../bookmakers/FetchError.ts"
import type { Endpoint, FetchError } from "../bookmakers/FetchError.ts"
import type { Bookmaker } from "../domain/Bookmaker.ts"
import type { EventId } from "../domain/Event.ts"
import type { Settings } from "../domain/Settings.ts"
import { isMangled } from "../domain/Snapshot.ts"
import type { Drift } from "../domain/Snapshot.ts"
import type { Matcher } from "../matching/Matcher.ts"
import { reasonCodeOf } from "./politeness/Circuits.ts"
import type { BookmakerGate } from "./politeness/Gate.ts"
import { unreadable } from "./Quarantine.ts"
import type { Found, Quarantine } from "./Quarantine.ts"
import type { Ledger } from "./schedule/Ledger.ts"
import type { Permit } from "./politeness/Throttle.ts"

/** What became of one item; `requestedAt` is there when a snapshot came. */
export type ItemOutcome =
  | { readonly _tag: "Fetched"; readonly requestedAt: number; readonly observedAt: number; readonly decodeMs: number }
  | { readonly _tag: "Failed"; readonly error: FetchError; readonly durationMs: number }

export interface Item {
  readonly bookmakerEventId: string
  readonly eventId: EventId
  readonly kickoff: number
  readonly runId: string
}

/** A fetch that has begun. */
export interface Fetching {
  readonly outcome: Effect.Effect<ItemOutcome>
  /** Ends with the outcome, or when the first request has failed and another is to follow. */
  readonly firstTry: Effect.Effect<void>
}

export interface BookmakerScraper {
  readonly bookmaker: Bookmaker
  readonly gate: BookmakerGate
  /**
   * Begins to fetch one listing, or joins the fetch of it that is under way.
   * The reserved permit is the actor's from here on: used, or given back.
   */
  readonly begin: (item: Item, reserved: Permit | undefined) => Effect.Effect<Fetching>
  readonly isUnderWay: (eventId: EventId) => boolean
  /** The bookmaker's list, page by page; a defect ends it as unreadable. */
  readonly list: Stream.Stream<DiscoveredPage, FetchError>
  /** Which page of the list tells a listing's main markets; absent where none does. */
  readonly pageOf: MainMarkets["pageOf"] | undefined
  /** What one page of the list tells of these listings' main markets; its circuit and the quarantine have heard of it. */
  readonly mainMarkets: (
    page: string,
    targets: readonly Target[],
    runId: string
  ) => Effect.Effect<MainMarketsPage, FetchError>
}

export interface ScraperSources {
  readonly adapter: Adapter
  readonly gate: BookmakerGate
  readonly matcher: Matcher["Service"]
  readonly ledger: Ledger
  readonly quarantine: Quarantine["Service"]
  readonly settings: () => Settings
  /** Runs once the actor has given up. */
  readonly onFailed: (lastError: string) => Effect.Effect<void>
}

/** Larger than any limit on requests at once, so that waiting here means the actor has stopped. */
const CAPACITY = 256
const TOO_LARGE_PAUSE_MS = 300_000

interface Job {
  readonly item: Item
  readonly reserved: Permit | undefined
  readonly awaited: Awaited
}

interface Awaited {
  readonly outcome: Deferred.Deferred<ItemOutcome>
  readonly firstTry: Deferred.Deferred<void>
}

export const makeBookmakerScraper = Effect.fnUntraced(function* (sources: ScraperSources) {
  const { adapter, gate } = sources
  const { bookmaker } = adapter
  const name = `scraper:${bookmaker.id}`
  const supervisor = yield* Supervisor
  const scope = yield* Effect.scope
  const elapsed = elapsedBy(yield* Clock.Clock)
  const mailbox = yield* waitMailbox<Job>(name, CAPACITY)
  const underWay = new Map<EventId, Awaited>()

  const loop = Effect.forever(Effect.flatMap(mailbox.take, (job) => Effect.forkIn(work(job), scope)))

  /** However a fetch ends, whoever waits for it is told. */
  const work = ({ item, reserved, awaited }: Job): Effect.Effect<ItemOutcome> =>
    perform(item, reserved, Effect.asVoid(Deferred.succeed(awaited.firstTry, undefined))).pipe(
      Effect.catchDefect((defect) => lost(bookmaker, item, defect)),
      Effect.ensuring(reserved === undefined ? Effect.void : reserved.release("unused")),
      Effect.onExit((exit) => {
        underWay.delete(item.eventId)
        return Effect.andThen(Deferred.done(awaited.outcome, exit), Deferred.succeed(awaited.firstTry, undefined))
      })
    )

  const perform = Effect.fnUntraced(function* (
    item: Item,
    reserved: Permit | undefined,
    repeating: Effect.Effect<void>
  ): Effect.fn.Return<ItemOutcome> {
    const began = yield* Clock.currentTimeMillis
    const target = { bookmakerEventId: item.bookmakerEventId, eventId: item.eventId }
    const fetched = yield* Effect.suspend(() => adapter.fetch(target, gate.open(reserved, repeating), item.runId)).pipe(
      Effect.catchDefect((defect) => Effect.fail(unforeseen(bookmaker, "event", item.bookmakerEventId, defect))),
      Effect.result
    )
    const now = yield* Clock.currentTimeMillis
    if (Result.isFailure(fetched)) {
      yield* failed(sources, item, fetched.failure, now)
      return { _tag: "Failed", error: fetched.failure, durationMs: now - began }
    }
    const snapshot = fetched.success
    yield* gate.heard("event", isMangled(snapshot) ? "MANGLED" : "READ")
    if (snapshot.drift !== undefined)
      yield* sources.quarantine.keep(drifted(bookmaker, item.bookmakerEventId, snapshot.drift))
    const { observedAt } = snapshot
    const tookMs = observedAt - snapshot.requestedAt
    const askedAt = elapsed() - tookMs
    sources.ledger.succeeded(bookmaker.id, item.eventId, item.kickoff, { askedAt, observedAt, tookMs })
    yield* sources.matcher.observe(snapshot)
    return { _tag: "Fetched", requestedAt: snapshot.requestedAt, observedAt, decodeMs: Math.max(0, now - observedAt) }
  })

  yield* supervisor.supervise({
    name,
    depth: mailbox.depth,
    loop,
    onFailed: Effect.fnUntraced(function* (lastError) {
      const cause = down(name, lastError)
      yield* mailbox.fail(cause)
      // Whoever waits for a job that nobody will take is told; a fetch under way still reaches the books.
      yield* Effect.forEach([...underWay.values()], ({ firstTry, outcome }) =>
        Effect.andThen(Deferred.succeed(outcome, notTaken(bookmaker, cause)), Deferred.succeed(firstTry, undefined))
      )
      yield* sources.onFailed(lastError)
    })
  })

  const scraper: BookmakerScraper = {
    bookmaker,
    gate,
    isUnderWay: (eventId) => underWay.has(eventId),
    begin: Effect.fnUntraced(function* (item, reserved) {
      const shared = underWay.get(item.eventId)
      if (shared !== undefined) {
        if (reserved !== undefined) yield* reserved.release("unused")
        return fetchingOf(shared)
      }
      const awaited = { outcome: Deferred.makeUnsafe<ItemOutcome>(), firstTry: Deferred.makeUnsafe<void>() }
      underWay.set(item.eventId, awaited)
      const offered = yield* Effect.result(mailbox.offer({ item, reserved, awaited }))
      if (Result.isSuccess(offered)) return fetchingOf(awaited)
      underWay.delete(item.eventId)
      if (reserved !== undefined) yield* reserved.release("unused")
      return { outcome: Effect.succeed(notTaken(bookmaker, offered.failure)), firstTry: Effect.void }
    }, Effect.uninterruptible),
    list: Stream.suspend(() => adapter.discover(gate.open(undefined))).pipe(
      Stream.catchCause((cause) =>
        Stream.fail(failureOf(cause) ?? unforeseen(bookmaker, "list", "its list", Cause.squash(cause)))
      )
    ),
    pageOf: adapter.mainMarkets?.pageOf,
    mainMarkets: (page, targets, runId) =>
      Effect.suspend(
        () => adapter.mainMarkets?.fetch(page, targets, gate.open(undefined), runId) ?? Effect.succeed(NOTHING_TOLD)
      ).pipe(
        Effect.catchDefect((defect) => Effect.fail(unforeseen(bookmaker, "list", `page ${page}`, defect))),
        Effect.tap(({ failures }) => heardOfList(sources, failures)),
        Effect.tapError((error) => heardOfList(sources, [error]))
      )
  }
  return scraper
})

const fetchingOf = ({ firstTry, outcome }: Awaited): Fetching => ({
  outcome: Deferred.await(outcome),
  firstTry: Deferred.await(firstTry)
})

const failed = Effect.fnUntraced(function* (sources: ScraperSources, item: Item, error: FetchError, now: number) {
  const {
    adapter: { bookmaker },
    gate,
    ledger,
    matcher
  } = sources
  const { tiers } = sources.settings()
  yield* gate.heard("event", error)
  if (error._tag === "Unreadable") yield* sources.quarantine.keep(unreadable(error))
  yield* Metric.update(Metric.withAttributes(failedTotal, { bookmaker: bookmaker.id, class: reasonCodeOf(error) }), 1)
  if (error._tag === "Gone") {
    const believed = ledger.gone(bookmaker.id, item.eventId, item.kickoff, tiers, now)
    if (believed) return yield* matcher.gone(bookmaker.id, item.eventId)
  } else {
    const notBefore = error._tag === "TooLarge" ? now + TOO_LARGE_PAUSE_MS : "until" in error ? error.until : undefined
    ledger.failed(bookmaker.id, item.eventId, item.kickoff, tiers, now, notBefore)
  }
  const until = "until" in error && error.until !== undefined ? { until: error.until } : {}
  yield* matcher.missed(bookmaker.id, item.eventId, { code: reasonCodeOf(error), text: error.message, ...until })
})

const NOTHING_TOLD: MainMarketsPage = { snapshots: [], failures: [] }

const heardOfList = Effect.fnUntraced(function* (
  { gate, quarantine }: ScraperSources,
  failures: readonly FetchError[]
) {
  if (failures.length === 0) yield* gate.heard("list", "READ")
  for (const error of failures) {
    yield* gate.heard("list", error)
    if (error._tag === "Unreadable") yield* quarantine.keep(unreadable(error))
  }
})

const drifted = (bookmaker: Bookmaker, bookmakerEventId: string, { path, sample }: Drift): Found => ({
  bookmakerId: bookmaker.id,
  endpoint: "event",
  reason: "DRIFTED",
  path,
  sample,
  message: `${bookmaker.id} event ${bookmakerEventId}: ${path} could not be read; the rest was taken over`
})

const failedTotal = Metric.counter("scraping_items_failed_total", {
  description: "Listings that could not be fetched, by bookmaker and class",
  incremental: true
})

const failureOf = (cause: Cause.Cause<FetchError>): FetchError | undefined => {
  const reason = cause.reasons.find((each) => each._tag === "Fail")
  return reason?._tag === "Fail" ? reason.error : undefined
}

/** A bug of ours that one payload has found: that payload is lost, and nothing else. */
const unforeseen = (bookmaker: Bookmaker, endpoint: Endpoint, what: string, defect: unknown): Unreadable =>
  new Unreadable({
    bookmakerId: bookmaker.id,
    endpoint,
    path: "",
    sample: "",
    message: `${bookmaker.id} /${endpoint}: ${what} met a fault of ours (${String(defect)}); the payload is left out and tried again later`
  })

/** Behind the adapter: the bookmaker has no part in it, so its breaker hears nothing. */
const lost = (bookmaker: Bookmaker, { bookmakerEventId }: Item, defect: unknown): Effect.Effect<ItemOutcome> => {
  const error = unforeseen(bookmaker, "event", bookmakerEventId, defect)
  return Effect.as(Effect.logError("A fetched payload met a fault of our own", error.message), {
    _tag: "Failed",
    error,
    durationMs: 0
  })
}

const notTaken = (bookmaker: Bookmaker, { message }: ActorDown): ItemOutcome => ({
  _tag: "Failed",
  durationMs: 0,
  error: new Held({ bookmakerId: bookmaker.id, endpoint: "event", code: "ACTOR_FAILED", until: undefined, message })
})

const down = (actor: string, lastError: string): ActorDown =>
  new ActorDown({
    actor,
    message: `${actor} has given up (${lastError}); its bookmaker is stale until the process is restarted`
  })
