/**
 * The behaviour of an actor: the loop that takes a message, handles it, and takes the next.
 *
 * A message that kills its actor is poison, and the loop decides what becomes of it, so that it never returns
 * for ever. Which of the two loops an actor runs depends on whether its messages may be lost: what a newer message
 * replaces anyway may be dropped, what is part of a chain may not.
 */
import { Effect, Metric } from "effect"
import type { Cause } from "effect"
import { lastErrorOf } from "./LastError.ts"
import { losses } from "./Losses.ts"
import type { Fate } from "./Losses.ts"
import type { ActorDown, Mailbox } from "./Mailbox.ts"

export interface Receiver<M> {
  readonly name: string
  readonly mailbox: Pick<Mailbox<M>, "take" | "peek" | "drop">
  /** Names a message in logs. */
  readonly describe: (message: M) => string
}

export type Handle<M, E, R> = (message: M) => Effect.Effect<void, E, R>

/** Takes each message out before it is handled: one that kills the actor is dropped, counted and named. */
export const dropAtOnce = <M, E, R>(
  receiver: Receiver<M>,
  handle: Handle<M, E, R>
): Effect.Effect<never, E | ActorDown, R> =>
  Effect.forever(
    Effect.flatMap(receiver.mailbox.take, (message) =>
      Effect.tapCause(handle(message), (cause) => lose(receiver, message, "dropped", cause))
    )
  )

/**
 * Leaves each message in the box until it was handled: after a restart it is tried again, and at its third death
 * handed to `park`. Made once, outside the restarts, because it counts across them.
 */
export const parkAtThird = <M, E, R>(
  receiver: Receiver<M>,
  handle: Handle<M, E, R>,
  park: (message: M, lastError: string) => Effect.Effect<void>
): Effect.Effect<never, E | ActorDown, R> => {
  let suspect: M | undefined
  let deaths = 0
  const died = Effect.fnUntraced(function* (message: M, cause: Cause.Cause<E>) {
    deaths = message === suspect ? deaths + 1 : 1
    suspect = message
    if (deaths < LAST_DEATH) return
    yield* park(message, lastErrorOf(cause))
    yield* receiver.mailbox.drop
    yield* lose(receiver, message, "parked", cause)
  })
  return Effect.forever(
    Effect.flatMap(receiver.mailbox.peek, (message) =>
      Effect.tapCause(handle(message), (cause) => died(message, cause))
    ).pipe(Effect.andThen(receiver.mailbox.drop))
  )
}

const LAST_DEATH = 3

const lose = <M, E>(receiver: Receiver<M>, message: M, fate: Fate, cause: Cause.Cause<E>): Effect.Effect<void> =>
  Metric.update(losses(receiver.name, fate), 1).pipe(
    Effect.andThen(Effect.logWarning(`Message ${fate}: it killed its actor`)),
    Effect.annotateLogs({ actor: receiver.name, message: receiver.describe(message), lastError: lastErrorOf(cause) })
  )
