/**
 * The stage of all cases: a simulator whose clock stands, one event to be damaged, and a house that has seen it well.
 */
import { Effect, Layer, Option, Schema, Scope, Stream } from "effect"
import { TestClock } from "effect/testing"
import { BookmakerId } from "../../../src/domain/Bookmaker.ts"
import { EventId } from "../../../src/domain/Event.ts"
import type { RunRequest } from "../../../src/domain/Run.ts"
import { Scraping } from "../../../src/scraping/Scraping.ts"
import { DEFAULT_OPTIONS, startSimulator } from "../../../src/simulator/Simulator.ts"
import { emptyDisk } from "../../../test/support/MemoryJournal.ts"
import type { Disk } from "../../../test/support/MemoryJournal.ts"
import { drive, PATIENT } from "./drive.ts"
import { SITES } from "./Expected.ts"
import type { Site } from "./Expected.ts"
import { corridor } from "./house.ts"
import type { HouseOptions } from "./house.ts"

export interface Stage {
  readonly disk: Disk
  readonly environment: HouseOptions["environment"]
  /** Listed by all three, and not to kick off for hours. */
  readonly target: EventId
  /** Further events of each bookmaker. */
  readonly others: { readonly [Name in Site]: readonly EventId[] }
  readonly order: (fault: object) => Effect.Effect<void>
  readonly clear: Effect.Effect<void>
  /** How many requests the fault that holds now has met. */
  readonly met: Effect.Effect<number>
}

/** The instant at which every case begins, by both clocks. */
export const BEGINS = Date.UTC(2026, 10, 20, 12, 1)
const EVENTS = 12
const LEAST_AHEAD_MS = 3 * 3_600_000

export const bookmakerOf = (site: Site): BookmakerId => BookmakerId(`${site}-ng`)

/** Ends with its scope. */
export const setStage: Effect.Effect<Stage, never, Scope.Scope> = Effect.gen(function* () {
  const { url } = yield* Effect.orDie(
    startSimulator({ ...DEFAULT_OPTIONS, events: EVENTS, faults: "none", latency: "none" })
  )
  const control = (path: string, method: string, body?: object) =>
    Effect.promise(async (): Promise<unknown> => {
      const answer = await fetch(`${url}/_sim${path}`, { method, ...(body && { body: JSON.stringify(body) }) })
      if (!answer.ok) throw new Error(`The simulator answers ${answer.status} to ${path}: ${await answer.text()}`)
      return answer.json()
    })
  yield* control("/clock", "POST", { at: BEGINS, frozen: true })
  const listed = eventsOf(yield* control("/events", "GET"))
  const target = listed.find(
    ({ ids, kickoff }) => Object.keys(ids).length === SITES.length && kickoff > BEGINS + LEAST_AHEAD_MS
  )
  if (target === undefined) return yield* Effect.die(new Error("The simulator lists no event at all three bookmakers."))
  const others = (site: Site) =>
    listed
      .filter((event) => event !== target && event.ids[site] !== undefined)
      .map(({ sportradarId }) => EventId(sportradarId))
  const environment = Object.fromEntries(SITES.map((site) => [`${site.toUpperCase()}_BASE_URL`, `${url}/${site}`]))
  const disk = emptyDisk()
  yield* within({ disk, environment }, BEGINS - 30_000, drive(run({}), PATIENT))
  return {
    disk,
    environment,
    target: EventId(target.sportradarId),
    others: { betpawa: others("betpawa"), sportybet: others("sportybet"), bet9ja: others("bet9ja") },
    order: (fault) => Effect.asVoid(control("/faults", "POST", fault)),
    clear: Effect.asVoid(control("/faults", "DELETE")),
    met: Effect.map(control(`/faults?since=${Number.MAX_SAFE_INTEGER}`, "GET"), (answer) =>
      hitsOf(answer).active.reduce((sum, { hit }) => sum + hit, 0)
    )
  }
})

/** Runs in a house of its own, on a clock that begins then. */
export const within = <A, E, R>(options: HouseOptions, at: number, work: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(at)
    const rooms = yield* Effect.orDie(Layer.build(corridor(options)))
    return yield* Effect.provideContext(work, rooms)
  }).pipe(Effect.scoped, Effect.provide(TestClock.layer()))

/** Runs to its end; answers the run and its failures. */
export const run = Effect.fnUntraced(function* (request: Partial<RunRequest>) {
  const scraping = yield* Scraping
  const started = yield* scraping.start(
    { bookmakers: undefined, competitions: undefined, events: undefined, ...request },
    undefined
  )
  if (started._tag === "Refused")
    return yield* Effect.die(new Error(started.faults.map(({ message }) => message).join(" ")))
  const { id } = started.run
  yield* Stream.runDrain(scraping.watch(id))
  return {
    run: Option.getOrElse(yield* scraping.run(id), () => started.run),
    failures: Option.getOrElse(yield* scraping.failures(id), () => [])
  }
})

const hitsOf = Schema.decodeUnknownSync(Schema.Struct({ active: Schema.Array(Schema.Struct({ hit: Schema.Int })) }))

const eventsOf = Schema.decodeUnknownSync(
  Schema.Array(
    Schema.Struct({
      sportradarId: Schema.String,
      kickoff: Schema.Finite,
      ids: Schema.Record(Schema.String, Schema.String)
    })
  )
)
