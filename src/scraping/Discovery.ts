/**
 * Reads a bookmaker's list and has its events placed, page by page; two runs that want it at once share one reading.
 *
 * A list that is empty or more than 30 % shorter than the last one is suspicious and believed only the third time in
 * a row. It is measured against events that have not kicked off since, because a Saturday afternoon empties a list.
 */
import { Clock, Deferred, Effect, Result, Stream } from "effect"
import type { FetchError } from "../bookmakers/FetchError.ts"
import type { BookmakerId } from "../domain/Bookmaker.ts"
import type { ReasonCode } from "../domain/Freshness.ts"
import type { Matcher, Placed } from "../matching/Matcher.ts"
import { unreadable } from "./Quarantine.ts"
import type { Quarantine } from "./Quarantine.ts"
import type { BookmakerScraper } from "./BookmakerScraper.ts"
import { reasonCodeOf } from "./politeness/Circuits.ts"

export interface ListOutcome {
  /** Events on the list, each counted once. */
  readonly listed: number
  readonly failures: readonly { readonly code: ReasonCode; readonly message: string }[]
  readonly durationMs: number
}

export interface Discovery {
  /** Tells `onPlaced` of every page's events as they are placed; a reading that is joined tells what it placed before, too. */
  readonly read: (scraper: BookmakerScraper, onPlaced: OnPlaced) => Effect.Effect<ListOutcome>
}

export type OnPlaced = (placed: readonly Placed[]) => Effect.Effect<void>

interface Reading {
  readonly placed: Placed[]
  readonly listeners: Set<OnPlaced>
  readonly outcome: Deferred.Deferred<ListOutcome>
}

/** The last list that was believed, and how many since were not. */
interface Baseline {
  readonly kickoffs: readonly number[]
  readonly doubted: number
}

const BELIEVED_AFTER = 3
const LEAST_SHARE = 0.7

export const makeDiscovery = Effect.fnUntraced(function* (
  matcher: Matcher["Service"],
  quarantine: Quarantine["Service"]
) {
  const scope = yield* Effect.scope
  const underWay = new Map<BookmakerId, Reading>()
  const baselines = new Map<BookmakerId, Baseline>()

  const kept = (error: FetchError): Effect.Effect<void> =>
    error._tag === "Unreadable" ? quarantine.keep(unreadable(error)) : Effect.void

  /** What the list should hold by now; after a restart, what was known of this bookmaker. */
  const expected = Effect.fnUntraced(function* (bookmakerId: BookmakerId, now: number) {
    const baseline = baselines.get(bookmakerId)
    const kickoffs =
      baseline?.kickoffs ??
      (yield* matcher.known).filter(({ listedAt }) => listedAt.has(bookmakerId)).map(({ facts }) => facts.kickoff)
    return kickoffs.filter((kickoff) => kickoff > now).length
  })

  const readThrough = Effect.fn("Discovery.read")(function* (scraper: BookmakerScraper, reading: Reading) {
    const { id } = scraper.bookmaker
    const began = yield* Clock.currentTimeMillis
    const before = yield* expected(id, began)
    const kickoffs = new Map<string, number>()
    const failures: { readonly code: ReasonCode; readonly message: string }[] = []
    const ended = yield* scraper.list.pipe(
      Stream.runForEach(
        Effect.fnUntraced(function* (page) {
          for (const { error } of page.failures) {
            yield* kept(error)
            failures.push({ code: reasonCodeOf(error), message: error.message })
            yield* scraper.gate.heard("list", error)
          }
          if (page.failures.length === 0) yield* scraper.gate.heard("list", "READ")
          for (const event of page.events) kickoffs.set(event.bookmakerEventId, event.kickoff)
          const placed = yield* matcher.place(id, page.events, yield* Clock.currentTimeMillis)
          for (const each of placed) reading.placed.push(each)
          for (const listener of reading.listeners) yield* listener(placed)
        })
      ),
      Effect.result
    )
    if (Result.isFailure(ended)) {
      failures.push({ code: reasonCodeOf(ended.failure), message: ended.failure.message })
      yield* scraper.gate.heard("list", ended.failure)
      yield* kept(ended.failure)
    }
    const now = yield* Clock.currentTimeMillis
    // A list with holes in it says nothing of how long it is.
    if (failures.length === 0) {
      const doubt = judge(id, before, [...kickoffs.values()], now)
      if (doubt !== undefined) {
        failures.push({ code: "SUSPICIOUS_LIST", message: doubt })
        yield* scraper.gate.heard("list", "DOUBTFUL")
      }
    }
    return { listed: kickoffs.size, failures, durationMs: now - began }
  })

  const judge = (id: BookmakerId, before: number, kickoffs: readonly number[], now: number): string | undefined => {
    const listed = kickoffs.filter((kickoff) => kickoff > now).length
    const baseline = baselines.get(id)
    const doubted = (baseline?.doubted ?? 0) + 1
    if (listed >= before * LEAST_SHARE || doubted >= BELIEVED_AFTER) {
      baselines.set(id, { kickoffs, doubted: 0 })
      return undefined
    }
    baselines.set(id, { kickoffs: baseline?.kickoffs ?? Array.from({ length: before }, () => Infinity), doubted })
    return `${id} list: ${listed} events where about ${before} were due; nothing is taken off, and a third such list in a row is believed`
  }

  const begin = Effect.fnUntraced(function* (scraper: BookmakerScraper) {
    const { id } = scraper.bookmaker
    const reading: Reading = { placed: [], listeners: new Set(), outcome: Deferred.makeUnsafe<ListOutcome>() }
    underWay.set(id, reading)
    yield* readThrough(scraper, reading).pipe(
      Effect.onExit((exit) => {
        underWay.delete(id)
        return Deferred.done(reading.outcome, exit)
      }),
      Effect.forkIn(scope)
    )
    return reading
  })

  const discovery: Discovery = {
    read: Effect.fnUntraced(function* (scraper, onPlaced) {
      const shared = underWay.get(scraper.bookmaker.id)
      if (shared !== undefined) yield* onPlaced(shared.placed)
      const reading = shared ?? (yield* begin(scraper))
      reading.listeners.add(onPlaced)
      return yield* Deferred.await(reading.outcome)
    })
  }
  return discovery
})
