/**
 * Runs the house: says where it is reached, keeps health, waits for what may end it, and ends it in order.
 *
 * The order of leaving is the reverse of the corridor's building, but for what comes before it (`Leaving.ts`).
 */
import { Cause, Console, Effect, Layer, Option, Ref, SubscriptionRef } from "effect"
import { Fatal } from "./actor/Fatal.ts"
import { Supervisor } from "./actor/Supervisor.ts"
import { App } from "./App.ts"
import { Bookmakers } from "./domain/Bookmaker.ts"
import { badSettings } from "./Environment.ts"
import { Server } from "./graphql/Server.ts"
import { Place } from "./journal/Place.ts"
import { leave } from "./Leaving.ts"
import { Health } from "./observability/Health.ts"
import { Database } from "./storage/Database.ts"
import { restoration } from "./Restoration.ts"
import { watch } from "./Watch.ts"

/** Something about this start is wrong and the operator has to change it. */
export const EXIT_REFUSED = 2
export const EXIT_CRASHED = 70

/** Answers the exit code; interrupting it is the orderly end. */
export const houseOver = <E extends { readonly message: string }>(
  app: Layer.Layer<Layer.Success<typeof App>, E>
): Effect.Effect<number> =>
  Effect.gen(function* () {
    const faults = yield* badSettings
    if (faults.length > 0) return yield* refuse(faults)
    return yield* Effect.scoped(Effect.flatMap(Layer.build(app), (rooms) => Effect.provideContext(serve, rooms)))
  }).pipe(
    Effect.catchCause((cause) =>
      Cause.hasInterruptsOnly(cause)
        ? Effect.interrupt
        : Option.match(Cause.findErrorOption(cause), {
            onSome: ({ message }) => refuse([message]),
            onNone: () => Effect.as(Effect.logError("The house crashed", cause), EXIT_CRASHED)
          })
    )
  )

export const house = houseOver(App)

const serve = Effect.gen(function* () {
  const fatal = yield* Fatal
  const leaving = yield* Ref.make<string | undefined>(undefined)
  yield* watchHealth(leaving)
  yield* watch
  yield* restoration
  yield* Effect.forkScoped(
    Effect.catch((yield* Database).opened, ({ message }) => fatal.raise({ exitCode: EXIT_REFUSED, message }))
  )
  yield* welcome
  return yield* Effect.onInterrupt(
    Effect.flatMap(fatal.raised, ({ exitCode, message }) => Effect.as(Console.error(message), exitCode)),
    () => Effect.andThen(Ref.set(leaving, "The process is ending."), leave)
  )
})

const watchHealth = Effect.fnUntraced(function* (leaving: Ref.Ref<string | undefined>) {
  const health = yield* Health
  const { actors } = yield* Supervisor
  yield* health.register({ name: "leaving", kind: "ready", complaint: Ref.get(leaving) })
  yield* health.register({
    name: "actors",
    kind: "live",
    complaint: Effect.map(SubscriptionRef.get(actors), (all) => {
      const failed = [...all.values()].filter(({ name, state }) => state === "FAILED" && !name.startsWith("scraper"))
      return failed.length === 0 ? undefined : `Gave up: ${failed.map(({ name }) => name).join(", ")}.`
    })
  })
})

const welcome = Effect.gen(function* () {
  const { url } = yield* Server
  const { dataDir, world } = yield* Place
  const { all } = yield* Bookmakers
  const names = all.map(({ name, country }) => `${name} ${country}`).join(", ")
  yield* Console.log(
    [
      `oddswire scrapes ${world === "live" ? "the REAL sites of" : "the simulated"} ${names}; it keeps everything in ${dataDir}.`,
      `  board        ${url}/`,
      `  GraphiQL     ${url}/graphql  (API over HTTP and WebSocket)`,
      `  health       ${url}/readyz  ${url}/healthz  ${url}/metrics`
    ].join("\n")
  )
})

const refuse = (sentences: readonly string[]): Effect.Effect<number> =>
  Effect.as(Console.error(sentences.join("\n")), EXIT_REFUSED)
