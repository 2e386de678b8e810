/**
 * Reads every setting of every room once before anything starts, so that one start tells every fault.
 *
 * Rooms still read their own settings; this only asks the same questions earlier and all at once.
 */
import { Cause, Config, Effect, Exit, Layer, Option, Redacted } from "effect"
import { Access } from "./access/Access.ts"
import { World } from "./App.ts"
import { Roster } from "./bookmakers/Roster.ts"
import { Settings as Listening } from "./graphql/Server.ts"
import { Settings as ReplayWindow } from "./journal/commit/Retention.ts"
import { Place } from "./journal/Place.ts"
import { Settings as Refusals } from "./scraping/Settings.ts"
import { Settings as Postgres } from "./storage/Database.ts"

/** A sentence per fault: which variable, which value, what it may be. */
export const badSettings: Effect.Effect<readonly string[]> = Effect.gen(function* () {
  const faults = [
    yield* asked("WORLD", World, "set it to simulator or live, as npm start does"),
    yield* asked("PORT", Listening, "set it to a port from 0 to 65535"),
    yield* asked("REFUSAL_WAIT", Refusals, "set it to a time from 1 second to 30 minutes, like 5 minutes"),
    yield* asked("REPLAY_WINDOW", ReplayWindow, "set it to a time from 1 second to 1 hour, like 2 minutes"),
    yield* postgresAddress,
    yield* built(Place.layer("any")),
    yield* built(mayListen.pipe(Layer.provide(Access.layer))),
    yield* built(Roster.layer)
  ]
  return faults.flatMap((fault) => fault ?? [])
})

const asked = Effect.fnUntraced(function* <A>(name: string, setting: Config.Config<A>, remedy: string) {
  const exit = yield* Effect.exit(
    Effect.gen(function* () {
      return yield* setting
    })
  )
  if (Exit.isSuccess(exit)) return undefined
  const given = yield* Effect.orDie(
    Effect.gen(function* () {
      return yield* Config.String(name).pipe(Config.withDefault(""))
    })
  )
  return given === "" ? `${name} is not set: ${remedy}.` : `${name} is "${given.slice(0, 80)}": ${remedy}.`
})

/** Says nothing of the value, which holds a password. */
const postgresAddress = Effect.gen(function* () {
  const given = Option.map(yield* Postgres, Redacted.value)
  return Option.isSome(given) && !/^postgres(ql)?:$/.test(URL.parse(given.value)?.protocol ?? "")
    ? "DATABASE_URL is no Postgres address: set it to postgres://user:password@host:port/database, or unset it for the embedded one."
    : undefined
}).pipe(Effect.orDie)

const mayListen = Layer.effectDiscard(
  Effect.gen(function* () {
    const access = yield* Access
    const { host } = yield* Effect.orElseSucceed(
      Effect.gen(function* () {
        return yield* Listening
      }),
      () => ({ host: "127.0.0.1" })
    )
    yield* access.mayListen(host)
  })
)

/** What a room says of its own settings when it is built and closed again. */
const built = <A, E extends { readonly message: string }>(room: Layer.Layer<A, E>): Effect.Effect<string | undefined> =>
  Effect.map(Effect.exit(Effect.scoped(Layer.build(room))), (exit) =>
    Exit.isSuccess(exit) ? undefined : Option.getOrUndefined(Cause.findErrorOption(exit.cause))?.message
  )
