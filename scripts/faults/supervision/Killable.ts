/**
 * A supervisor whose actors can be killed from outside, each life by itself: the real one behind a door of its own.
 *
 * The rooms are built over it unchanged; what dies is the loop that they hand over, so no switch is needed in them.
 */
import { Context, Deferred, Effect, Layer } from "effect"
import type { Scope } from "effect"
import { Supervisor } from "../../../src/actor/Supervisor.ts"
import type { ActorSpec } from "../../../src/actor/Supervisor.ts"

export class Killer extends Context.Service<
  Killer,
  {
    /** Names of all actors that were ever started. */
    readonly names: () => readonly string[]
    /** Ends the life of this actor with a defect; false while it has none. */
    readonly kill: (name: string) => Effect.Effect<boolean>
    /** Lives begun and not yet closed. */
    readonly open: () => number
    /** Names whose `onFailed` has run. */
    readonly failed: () => ReadonlySet<string>
  }
>()("faults/Killer") {}

/** `beside`: another actor that dies with each killed one, for the control. */
export const killableSupervisor = (beside?: string): Layer.Layer<Supervisor | Killer> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const real = yield* Supervisor
      const lives = new Map<string, Deferred.Deferred<never>>()
      const names: string[] = []
      const failed = new Set<string>()
      let open = 0

      const mortal = <E, R>({ name, loop }: ActorSpec<E, R>) =>
        Effect.gen(function* () {
          const death = yield* Deferred.make<never>()
          yield* Effect.acquireRelease(
            Effect.sync(() => {
              lives.set(name, death)
              open += 1
            }),
            () =>
              Effect.sync(() => {
                lives.delete(name)
                open -= 1
              })
          )
          yield* Effect.raceFirst(loop, Deferred.await(death))
        }).pipe(Effect.scoped)

      const kill = (name: string): Effect.Effect<boolean> =>
        Effect.suspend(() => {
          const death = lives.get(name)
          return death === undefined ? Effect.succeed(false) : Deferred.die(death, new Error(`${name} was killed`))
        })

      return Context.make(Supervisor, {
        actors: real.actors,
        supervise: <E, R>(spec: ActorSpec<E, R>): Effect.Effect<void, never, R | Scope.Scope> => {
          names.push(spec.name)
          const onFailed = (lastError: string) =>
            Effect.andThen(
              Effect.sync(() => failed.add(spec.name)),
              spec.onFailed(lastError)
            )
          return real.supervise({ ...spec, loop: mortal(spec), onFailed })
        }
      }).pipe(
        Context.add(Killer, {
          names: () => names,
          kill: (name) =>
            beside === undefined || beside === name ? kill(name) : Effect.andThen(kill(beside), kill(name)),
          open: () => open,
          failed: () => failed
        })
      )
    })
  ).pipe(Layer.provide(Layer.fresh(Supervisor.layer)))
