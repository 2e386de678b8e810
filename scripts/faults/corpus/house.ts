/**
 * The corridor from socket to published board, as the corpus drives it: everything real up to the journal, which is in
 * memory, on a clock that the run moves.
 *
 * Every case gets a house of its own, warm from the journal of one good run, so no case inherits another one's breaker.
 * The schedule does not run by itself: what is fetched is what a case asks for.
 */
import { Clock, ConfigProvider, Context, Effect, Exit, Layer, References, SubscriptionRef } from "effect"
import { Fatal } from "../../../src/actor/Fatal.ts"
import { Supervisor } from "../../../src/actor/Supervisor.ts"
import type { Adapter } from "../../../src/bookmakers/Adapter.ts"
import type { FetchError } from "../../../src/bookmakers/FetchError.ts"
import { Http } from "../../../src/bookmakers/Http.ts"
import { bookmakersLayer, Roster } from "../../../src/bookmakers/Roster.ts"
import { Hub } from "../../../src/broadcast/Hub.ts"
import { RunStore } from "../../../src/domain/Run.ts"
import { DEFAULT_SETTINGS, LiveSettings } from "../../../src/domain/Settings.ts"
import { Matcher } from "../../../src/matching/Matcher.ts"
import { OddsBooks } from "../../../src/odds/OddsBooks.ts"
import { NO_PAUSE, Pauses } from "../../../src/scraping/politeness/Pauses.ts"
import { Quarantine } from "../../../src/scraping/Quarantine.ts"
import type { Found } from "../../../src/scraping/Quarantine.ts"
import { Scraping } from "../../../src/scraping/Scraping.ts"
import { memoryJournal } from "../../../test/support/MemoryJournal.ts"
import type { Disk } from "../../../test/support/MemoryJournal.ts"

/** One request that left, by the virtual clock. */
export interface Sent {
  readonly bookmakerId: string
  readonly endpoint: string
  readonly at: number
  endedAt: number | undefined
  /** Undefined while under way, and when an answer came. */
  error: FetchError["_tag"] | undefined
}

/** Every request of the house, so that a case can say when it was sent and whether any is under way. */
export class Requests extends Context.Service<Requests, { readonly sent: Sent[]; readonly active: () => number }>()(
  "faults/Requests"
) {}

/** What was kept for whoever mends a reader. */
export class Samples extends Context.Service<Samples, readonly Found[]>()("faults/Samples") {}

export interface HouseOptions {
  readonly environment: Readonly<{ [name: string]: string }>
  /** What the journal finds; written to, so a case is given a copy. */
  readonly disk: Disk
  /** What stands in for the house's own HTTP, where a control breaks it. */
  readonly http?: Layer.Layer<Http>
  /** What is made of each adapter, where a control breaks them. */
  readonly adapter?: (adapter: Adapter) => Adapter
}

export const corridor = ({ adapter = (whole) => whole, disk, environment, http = Http.layer }: HouseOptions) =>
  Scraping.layer.pipe(
    Layer.provideMerge(Matcher.layer),
    Layer.provideMerge(OddsBooks.layer),
    Layer.provideMerge(
      Layer.mergeAll(bookmakersLayer, silentHub, settings, noPauses, quarantine, memoryOfRuns, byRequest, Fatal.layer)
    ),
    Layer.provideMerge(memoryJournal(1, disk)),
    Layer.provideMerge(roster(adapter)),
    Layer.provideMerge(watched.pipe(Layer.provide(http))),
    Layer.provideMerge(ConfigProvider.layer(ConfigProvider.fromEnv({ env: environment }))),
    // A breaker that opens is what was asked for, and no news.
    Layer.provideMerge(Layer.succeed(References.MinimumLogLevel, "None"))
  )

const roster = (change: (adapter: Adapter) => Adapter) =>
  Layer.effect(
    Roster,
    Roster.use(({ adapters }) => Effect.succeed({ adapters: adapters.map(change) }))
  ).pipe(Layer.provide(Roster.layerNoDeps))

const watched = Layer.effectContext(
  Effect.gen(function* () {
    const real = yield* Http
    const sent: Sent[] = []
    let active = 0
    const get: Http["Service"]["get"] = Effect.fnUntraced(function* (asked) {
      const { bookmakerId, endpoint } = asked
      const request: Sent = {
        bookmakerId,
        endpoint,
        at: yield* Clock.currentTimeMillis,
        endedAt: undefined,
        error: undefined
      }
      sent.push(request)
      active++
      return yield* real.get(asked).pipe(
        Effect.tapError((error) => Effect.sync(() => (request.error = error._tag))),
        Effect.onExit((exit) =>
          Effect.map(Clock.currentTimeMillis, (now) => {
            active--
            request.endedAt = now
            if (!Exit.isSuccess(exit) && request.error === undefined) request.error = "Unreachable"
          })
        )
      )
    })
    return Context.make(Http, { get }).pipe(Context.add(Requests, { sent, active: () => active }))
  })
)

const unused = (): never => {
  throw new Error("the books only publish")
}

const silentHub = Layer.succeed(Hub, {
  publish: () => undefined,
  connect: unused,
  disconnect: unused,
  join: unused,
  stats: unused,
  down: unused
})

const settings = Layer.effect(
  LiveSettings,
  Effect.map(SubscriptionRef.make({ ...DEFAULT_SETTINGS, pace: {} }), (current) => ({
    current,
    update: () => Effect.succeed([])
  }))
)

const quarantine = Layer.effectContext(
  Effect.sync(() => {
    const kept: Found[] = []
    return Context.make(Quarantine, {
      keep: (found) => Effect.sync(() => kept.push(found)),
      list: Effect.succeed([]),
      counts: () => []
    }).pipe(Context.add(Samples, kept))
  })
)

const noPauses = Layer.succeed(Pauses, { of: () => NO_PAUSE, keep: () => Effect.void })

const memoryOfRuns = Layer.succeed(RunStore, {
  save: () => Effect.void,
  list: () => Effect.succeed({ nodes: [], hasNextPage: false, totalCount: 0 }),
  get: () => Effect.succeed(undefined),
  failures: () => Effect.succeed({ nodes: [], hasNextPage: false, totalCount: 0 })
})

const byRequest = Layer.effect(
  Supervisor,
  Supervisor.use((real) =>
    Effect.succeed({
      actors: real.actors,
      supervise: <E, R>(spec: Parameters<typeof real.supervise<E, R>>[0]) =>
        spec.name === "scraper" ? Effect.void : real.supervise<E, R>(spec)
    })
  )
).pipe(Layer.provide(Supervisor.layer))
