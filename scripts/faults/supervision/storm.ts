/**
 * Kills actors at random on a virtual clock and holds each death against what the design says of it.
 *
 * A house ends with the first actor that gives up, after a look at what that did to the others; then a new one begins.
 */
import { Clock, Effect, Exit, Fiber, Logger, Option, Random, SubscriptionRef } from "effect"
import { TestClock } from "effect/testing"
import { Fatal, EXIT_ODDS_FAILED } from "../../../src/actor/Fatal.ts"
import { Supervisor } from "../../../src/actor/Supervisor.ts"
import type { ActorStatus } from "../../../src/actor/Supervisor.ts"
import { Journal } from "../../../src/journal/Journal.ts"
import { marketAt } from "../../../src/odds/Reading.ts"
import { OddsBooks } from "../../../src/odds/OddsBooks.ts"
import { PublishedBoard } from "../../../src/odds/PublishedBoard.ts"
import { foldHistory, plainMarket } from "../../../test/support/fold.ts"
import { IDS, house } from "./House.ts"
import { Killer } from "./Killable.ts"

export interface Storm {
  kills: number
  houses: number
  /** By actor. */
  readonly killed: Map<string, number>
  /** Actors that gave up, by name. */
  readonly gaveUp: Map<string, number>
  /** Restarts of an actor that was not killed. */
  othersRestarted: number
  /** Gave up when they should not have, or did not when they should. */
  wrongEscalations: number
  /** What giving up should have done and did not, a sentence each. */
  readonly faults: string[]
  records: number
  comparedMarkets: number
  /** Lives that were begun and never closed. */
  leakedLives: number
}

const emptyStorm = (): Storm => ({
  kills: 0,
  houses: 0,
  killed: new Map(),
  gaveUp: new Map(),
  othersRestarted: 0,
  wrongEscalations: 0,
  faults: [],
  records: 0,
  comparedMarkets: 0,
  leakedLives: 0
})

/** `beside` is the actor that a broken supervisor would take along with every other. */
export const storm = async (kills: number, seed: number, beside?: string): Promise<Storm> => {
  const seen = emptyStorm()
  while (seen.kills < kills) {
    seen.houses += 1
    let open = () => 0
    const life = Effect.gen(function* () {
      open = (yield* Killer).open
      yield* inOneHouse(seen, kills)
    })
    await Effect.runPromise(
      TestClock.setTime(START).pipe(
        Effect.andThen(Effect.provide(life, house(beside))),
        // Ten thousand deaths are ten thousand lines.
        Effect.provide([TestClock.layer(), Logger.layer([])]),
        Random.withSeed(`${seed}/${seen.houses}`)
      )
    )
    seen.leakedLives += open()
  }
  return seen
}

/** Not 1970, when everything would have been fetched just now. */
const START = Date.UTC(2026, 10, 20, 12)
const WINDOW_MS = 60_000
const RESTARTS_IN_WINDOW = 5
/** More than the longest pause before a restart within the window. */
const BACK_WITHIN = "5 seconds"
const KILLS_PER_HOUSE = 400

const inOneHouse = Effect.fnUntraced(function* (seen: Storm, kills: number) {
  const killer = yield* Killer
  const crashes = new Map<string, readonly number[]>()
  yield* TestClock.adjust("20 seconds")
  for (let i = 0; i < KILLS_PER_HOUSE && seen.kills < kills; i++) {
    // Now and then a series that the actor cannot survive.
    const series = (yield* Random.next) < 0.02 ? RESTARTS_IN_WINDOW + 1 : 1
    const name = yield* oneOf(killer.names())
    for (let k = 0; k < series; k++) {
      const before = yield* statuses
      const at = yield* Clock.currentTimeMillis
      if (!(yield* killer.kill(name))) break
      seen.kills += 1
      seen.killed.set(name, (seen.killed.get(name) ?? 0) + 1)
      yield* TestClock.adjust(BACK_WITHIN)
      const after = yield* statuses
      const recent = (crashes.get(name) ?? []).filter((time) => at - time < WINDOW_MS)
      crashes.set(name, [...recent, at])
      const gaveUp = after.get(name)?.state === "FAILED"
      seen.othersRestarted += restartsOfOthers(before, after, gaveUp ? [name, ...halvesOf(name)] : [name])
      if (gaveUp !== recent.length >= RESTARTS_IN_WINDOW) seen.wrongEscalations += 1
      if (gaveUp) {
        seen.gaveUp.set(name, (seen.gaveUp.get(name) ?? 0) + 1)
        seen.faults.push(...(yield* afterGivingUp(name, after)))
        return yield* compareBooks(seen)
      }
    }
    yield* TestClock.adjust(yield* Random.nextIntBetween(0, 20_000))
  }
  yield* compareBooks(seen)
})

const statuses = Effect.gen(function* () {
  return yield* SubscriptionRef.get((yield* Supervisor).actors)
})

/** Who must end with it: without a publisher the diff has nobody to tell, so its mailbox is failed and the process ends. */
const halvesOf = (name: string): readonly string[] => (name === "publisher" ? ["odds"] : [])

const restartsOfOthers = (
  before: ReadonlyMap<string, ActorStatus>,
  after: ReadonlyMap<string, ActorStatus>,
  spared: readonly string[]
): number =>
  [...after.values()]
    .filter(({ name }) => !spared.includes(name))
    .reduce((sum, { name, restarts }) => sum + restarts - (before.get(name)?.restarts ?? 0), 0)

/** DESIGN §9: what giving up does, and what it leaves alone. */
const afterGivingUp = Effect.fnUntraced(function* (name: string, after: ReadonlyMap<string, ActorStatus>) {
  const board = yield* PublishedBoard
  const faults: string[] = []
  const expected = [name, ...halvesOf(name)]
  const others = [...after.values()].filter((status) => !expected.includes(status.name) && status.state !== "RUNNING")
  if (others.length > 0) faults.push(`${name} gave up and ${others.map((other) => other.name).join(", ")} with it`)
  yield* TestClock.adjust("3 seconds")
  const fatal = yield* Fatal.use(({ raised }) => Effect.forkChild(raised, { startImmediately: true }))
  const ended = fatal.pollUnsafe()
  const mustEnd = name === "odds" || name === "publisher"
  if ((ended !== undefined) !== mustEnd) faults.push(`${name} gave up and the process ${mustEnd ? "goes on" : "ends"}`)
  if (ended !== undefined && Exit.isSuccess(ended) && ended.value.exitCode !== EXIT_ODDS_FAILED)
    faults.push(`${name} gave up with exit code ${ended.value.exitCode}`)
  yield* Fiber.interrupt(fatal)
  for (const id of IDS) {
    const { standing } = board.bookmaker(id)
    const must = name === `scraper:${id}` ? "STALE" : "CONFIRMED"
    if (!mustEnd && standing.state !== must) faults.push(`${name} gave up and ${id} is ${standing.state}`)
  }
  if (mustEnd) {
    const asked = yield* Effect.forkChild(Effect.exit(OddsBooks.use(({ settled }) => settled)), {
      startImmediately: true
    })
    yield* TestClock.adjust("30 seconds")
    const answer = Option.fromUndefinedOr(asked.pollUnsafe())
    if (name === "odds" && Option.isNone(answer)) faults.push("odds gave up and whoever asks it waits for ever")
    yield* Fiber.interrupt(asked)
  }
  return faults
})

/** Whatever died, what readers see is the fold of what was kept. */
const compareBooks = Effect.fnUntraced(function* (seen: Storm) {
  const journal = yield* Journal
  const board = yield* PublishedBoard
  yield* TestClock.adjust("5 seconds")
  const { markets } = foldHistory(yield* journal.read(0, Number.MAX_SAFE_INTEGER))
  seen.records += yield* journal.last
  for (const { books } of board.events()) {
    for (const book of books.values()) {
      for (let slot = 0; slot < book.shape.slots.length; slot++) {
        const state = marketAt(book, slot)
        if (state === undefined) continue
        seen.comparedMarkets += 1
        const key = `${book.eventId}/${book.bookmakerId}/${state.market.key}`
        if (JSON.stringify(plainMarket(state)) !== JSON.stringify(markets.get(key)))
          seen.faults.push(`${key} differs from the fold of its history`)
      }
    }
  }
})

const oneOf = <A>(all: readonly A[]): Effect.Effect<A> =>
  Effect.flatMap(Random.nextIntBetween(0, all.length, { halfOpen: true }), (i) =>
    Effect.fromNullishOr(all[i]).pipe(Effect.orDie)
  )
