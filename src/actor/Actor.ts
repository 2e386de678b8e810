/**
 * An actor: a mailbox (protocol), an immutable state with a pure step, and a behaviour that hands on what
 * the step gave.
 *
 * A step counts once its output was handed on: the state advances only then, and survives restarts. A message
 * that kills its actor is poison, and the actor names what becomes of it; it never returns for ever.
 */
import { Effect, Metric } from "effect"
import type { Cause, Scope } from "effect"
import { lastErrorOf } from "./LastError.ts"
import { losses } from "./Losses.ts"
import type { Fate } from "./Losses.ts"
import { ActorDown } from "./Mailbox.ts"
import type { Mailbox } from "./Mailbox.ts"
import { Supervisor } from "./Supervisor.ts"

/** Dropped the first time: for messages that a newer one replaces anyway. */
export interface DropAtOnce {
  readonly _tag: "DROP_AT_ONCE"
}

/** Left in the box until handed on; the third time it kills the actor it is put aside with `park`. */
export interface ParkAtThird<M> {
  readonly _tag: "PARK_AT_THIRD"
  readonly park: (message: M, lastError: string) => Effect.Effect<void>
}

export const DROP_AT_ONCE: DropAtOnce = { _tag: "DROP_AT_ONCE" }

export interface Actor<M, S, O, E, R> {
  readonly name: string
  readonly mailbox: Mailbox<M, unknown>
  readonly initial: S
  /** Pure: no Effect, no clock; the time is in the message. */
  readonly step: (state: S, message: M) => readonly [state: S, output: O]
  readonly act: (output: O) => Effect.Effect<void, E, R>
  readonly poison: DropAtOnce | ParkAtThird<M>
  /** Names a message in logs. */
  readonly describe: (message: M) => string
  /** Runs after the mailbox has begun to fail its callers. */
  readonly onFailed: (lastError: string) => Effect.Effect<void>
}

/** Starts the actor under supervision in the caller's scope; answers how to read its last state without queuing. */
export const startActor = Effect.fnUntraced(function*<M, S, O, E, R>(
  actor: Actor<M, S, O, E, R>
): Effect.fn.Return<() => S, never, R | Scope.Scope | Supervisor> {
  const { mailbox, name } = actor
  const { supervise } = yield* Supervisor
  let state = actor.initial

  const handle = (message: M): Effect.Effect<void, E, R> =>
    Effect.suspend(() => {
      const [next, output] = actor.step(state, message)
      return Effect.map(actor.act(output), () => {
        state = next
      })
    })

  yield* supervise({
    name,
    depth: mailbox.depth,
    loop: actor.poison._tag === "DROP_AT_ONCE"
      ? Effect.forever(takeAndDrop(actor, handle))
      : Effect.forever(peekAndPark(actor, handle, actor.poison)),
    onFailed: (lastError) =>
      mailbox.fail(new ActorDown({ actor: name, message: `${name} has failed and takes no more messages: ${lastError}` })).pipe(
        Effect.andThen(actor.onFailed(lastError))
      )
  })
  return () => state
})

type Handle<M, E, R> = (message: M) => Effect.Effect<void, E, R>
type Named<M> = Pick<Actor<M, unknown, unknown, unknown, unknown>, "name" | "mailbox" | "describe">

const takeAndDrop = <M, E, R>(actor: Named<M>, handle: Handle<M, E, R>): Effect.Effect<void, E | ActorDown, R> =>
  Effect.flatMap(actor.mailbox.take, (message) =>
    Effect.tapCause(handle(message), (cause) => lose(actor, message, "dropped", cause)))

const peekAndPark = <M, E, R>(
  actor: Named<M>, handle: Handle<M, E, R>, { park }: ParkAtThird<M>
): Effect.Effect<void, E | ActorDown, R> => {
  let suspect: M | undefined
  let deaths = 0
  const died = Effect.fnUntraced(function*(message: M, cause: Cause.Cause<E>) {
    deaths = message === suspect ? deaths + 1 : 1
    suspect = message
    if (deaths < 3) return
    yield* park(message, lastErrorOf(cause))
    yield* actor.mailbox.drop
    yield* lose(actor, message, "parked", cause)
  })
  return Effect.flatMap(actor.mailbox.peek, (message) =>
    Effect.tapCause(handle(message), (cause) => died(message, cause))).pipe(Effect.andThen(actor.mailbox.drop))
}

const lose = <M, E>(actor: Named<M>, message: M, fate: Fate, cause: Cause.Cause<E>): Effect.Effect<void> =>
  Metric.update(losses(actor.name, fate), 1).pipe(
    Effect.andThen(Effect.logWarning(`Message ${fate}: it killed its actor`)),
    Effect.annotateLogs({ actor: actor.name, message: actor.describe(message), lastError: lastErrorOf(cause) })
  )
