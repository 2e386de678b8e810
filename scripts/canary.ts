/**
 * Asks each real bookmaker for one page of its list and one event, a request a second, and prints what has drifted:
 * fields nobody described, described fields that did not come, markets without a name in the catalogue.
 *
 * It is the only thing that talks to the real sites by default, and belongs to live mode alone: no test runs it.
 * `BETPAWA_BASE_URL` and the like aim it elsewhere.
 */
import { NodeRuntime } from "@effect/platform-node"
import { ConfigProvider, Console, Effect, Layer, Result, Semaphore, Stream } from "effect"
import type { Adapter, Gate } from "../src/bookmakers/Adapter.ts"
import { Http } from "../src/bookmakers/Http.ts"
import type { Fetched } from "../src/bookmakers/Http.ts"
import { LIVE_BASE_URLS, Roster } from "../src/bookmakers/Roster.ts"
import type { Snapshot } from "../src/domain/Snapshot.ts"
import { DESCRIBED, partsOf } from "./canary/fields.ts"

/** Every answer since the last look, as it came. */
const answers: Fetched[] = []

const canary = Effect.gen(function* () {
  const { adapters } = yield* Roster
  const well = yield* Effect.forEach(adapters, probe)
  if (!well.every(Boolean))
    return yield* Effect.fail("canary: at least one bookmaker no longer answers as described; see above")
})

const probe = Effect.fnUntraced(function* (adapter: Adapter) {
  const { name } = adapter.bookmaker
  yield* Console.log(`\n${name}`)
  answers.length = 0
  const listed = yield* Effect.result(firstEvents(adapter))
  if (Result.isFailure(listed)) return yield* refused(listed.failure.message)
  const [event] = listed.success.filter(({ eventId }) => eventId !== undefined)
  yield* Console.log(
    `  list: ${listed.success.length} events on the first page, ${listed.success.filter(({ eventId }) => eventId === undefined).length} without a Sportradar id`
  )
  yield* drift("list")
  if (event?.eventId === undefined) return yield* refused("no event with a Sportradar id to ask for")
  answers.length = 0
  const taken = yield* Effect.result(
    adapter.fetch({ bookmakerEventId: event.bookmakerEventId, eventId: event.eventId }, slowly, undefined)
  )
  yield* drift("event")
  if (Result.isFailure(taken)) return yield* refused(taken.failure.message)
  yield* Console.log(summary(taken.success))
  return true
})

const refused = (message: string) => Console.log(`  ${message}`).pipe(Effect.as(false))

/** The events of the first page that has any. */
const firstEvents = (adapter: Adapter) =>
  adapter.discover(slowly).pipe(
    Stream.filter(({ events }) => events.length > 0),
    Stream.take(1),
    Stream.runCollect,
    Effect.map((pages) => pages.flatMap(({ events }) => events))
  )

/** One request a second over all bookmakers and endpoints, and none is repeated; who no longer waits takes no turn. */
const slowly: Gate = (_, request) => turn.withPermits(1)(Effect.ensuring(request, Effect.sleep("1 second")))
const turn = Semaphore.makeUnsafe(1)

const drift = Effect.fnUntraced(function* (endpoint: string) {
  for (const { asked, json } of answers) {
    for (const [part, objects] of partsOf(json)) {
      const described = DESCRIBED[asked.bookmakerId]?.[part]
      if (described === undefined || objects.length === 0) continue
      const came = new Set(objects.flatMap((object) => Object.keys(object)))
      const unknown = [...came].filter((field) => !described.used.includes(field) && !described.ignored.includes(field))
      const missing = described.used.filter((field) => !came.has(field))
      yield* Console.log(
        `  ${endpoint}, ${objects.length} × ${part}: unknown ${words(unknown)}; missing ${words(missing)}`
      )
    }
  }
})

const summary = ({ board, rejected, unkeyedReject, unmapped, finerPrices }: Snapshot): string =>
  [
    `  event: ${board.shape.slots.length} markets, ${board.states.length} outcomes, ${finerPrices} finer than a thousandth`,
    `  rejected: ${words([...rejected])}${unkeyedReject ? ", and some that could not be named" : ""}`,
    `  unmapped: ${unmapped.length}`,
    ...unmapped.map(({ nativeId, name, outcomeCount }) => `    ${nativeId}  ${name} (${outcomeCount})`)
  ].join("\n")

const words = (all: readonly string[]): string => (all.length === 0 ? "none" : all.toSorted().join(", "))

/** The real client, with every answer kept. */
const listening = Layer.effect(
  Http,
  Http.use((http) =>
    Effect.succeed({
      get: (asked) => http.get(asked).pipe(Effect.tap((fetched) => Effect.sync(() => answers.push(fetched))))
    })
  )
).pipe(Layer.provide(Http.layer))

const given = Object.entries(LIVE_BASE_URLS).map(([name, live]) => [name, process.env[name] ?? live] as const)

const environment = ConfigProvider.layer(ConfigProvider.fromEnv({ env: Object.fromEntries(given) }))

NodeRuntime.runMain(
  canary.pipe(Effect.provide(Roster.layerNoDeps.pipe(Layer.provide(listening), Layer.provide(environment))))
)
