/**
 * A bounded mailbox that names what happens when it is full: wait, conflate by key, or refuse.
 *
 * It is made outside the supervised loop, so a restart keeps what is waiting. Once its actor has FAILED
 * it fails callers instead of blocking them. Not Effect's Queue, which can neither show its head without
 * removing it nor replace what waits.
 */
import { Data, Effect, Metric } from "effect"
import { makeLine } from "./Line.ts"
import type { Conflation, Line } from "./Line.ts"
import { losses } from "./Losses.ts"

/** The actor behind this mailbox has given up; `message` names it and its last error. */
export class ActorDown extends Data.TaggedError("ActorDown")<{ readonly actor: string; readonly message: string }> {}

/** A refusing mailbox had no room. */
export class MailboxFull extends Data.TaggedError("MailboxFull")<{
  readonly actor: string
  readonly message: string
}> {}

export interface Mailbox<M, E = ActorDown> {
  readonly offer: (message: M) => Effect.Effect<void, E>
  /** The oldest message, waiting for one; it is gone from the box. */
  readonly take: Effect.Effect<M, ActorDown>
  /** Everything that waits, at least one message, oldest first. */
  readonly takeAll: Effect.Effect<readonly M[], ActorDown>
  /** The oldest message, left in the box until `drop`: a message that kills its actor is then still there. */
  readonly peek: Effect.Effect<M, ActorDown>
  /** Removes the message that `peek` showed. */
  readonly drop: Effect.Effect<void>
  readonly depth: () => number
  readonly fail: (down: ActorDown) => Effect.Effect<void>
}

/** A full box makes its callers wait, in the order in which they came. */
export const waitMailbox = <M extends NonNullable<unknown>>(
  actor: string,
  capacity: number
): Effect.Effect<Mailbox<M>> => Effect.sync(() => makeMailbox<M>(actor, makeLine(capacity, distinct())))

/**
 * One waiting message per key: a newer one is merged onto the older and keeps its place in line.
 * With `capacity` distinct keys waiting, callers wait.
 */
export const conflateMailbox = <M extends NonNullable<unknown>>(
  actor: string,
  options: Conflation<M> & { readonly capacity: number }
): Effect.Effect<Mailbox<M>> => Effect.sync(() => makeMailbox<M>(actor, makeLine(options.capacity, options)))

/** A full box refuses at once. */
export const refuseMailbox = <M extends NonNullable<unknown>>(
  actor: string,
  capacity: number
): Effect.Effect<Mailbox<M, ActorDown | MailboxFull>> =>
  Effect.sync(() => {
    const line = makeLine<M>(capacity, distinct())
    const box = makeMailbox<M>(actor, line)
    const full = new MailboxFull({
      actor,
      message: `${actor}: its mailbox of ${capacity} messages is full; try again later`
    })
    const refuse = Metric.update(losses(actor, "refused"), 1).pipe(Effect.andThen(Effect.fail(full)))
    return {
      ...box,
      offer: (message) => Effect.suspend(() => (line.full() ? Effect.andThen(box.open, refuse) : box.offer(message)))
    }
  })

interface Blocked<M> {
  readonly message: M
  readonly resume: (effect: Effect.Effect<void, ActorDown>) => void
}

interface Box<M> extends Mailbox<M> {
  /** Fails once the actor is down. */
  readonly open: Effect.Effect<void, ActorDown>
}

const makeMailbox = <M extends NonNullable<unknown>>(actor: string, line: Line<M>): Box<M> => {
  const merged = Metric.update(losses(actor, "merged"), 1)
  const readers = new Set<() => void>()
  const blocked = new Set<Blocked<M>>()
  let down: ActorDown | undefined

  // Readers are woken all at once and look again, so that one interrupted in between takes no wake-up with it.
  const wakeReaders = (): void => {
    const waiting = [...readers]
    readers.clear()
    for (const wake of waiting) wake()
  }

  const push = (message: M): void => {
    line.push(message)
    wakeReaders()
  }

  const admitBlocked = (): void => {
    for (const caller of blocked) {
      const merges = line.merge(caller.message)
      if (!merges && line.full()) return
      if (!merges) push(caller.message)
      blocked.delete(caller)
      caller.resume(merges ? merged : Effect.void)
    }
  }

  const wait = (message: M): Effect.Effect<void, ActorDown> =>
    Effect.callback((resume) => {
      const caller = { message, resume }
      blocked.add(caller)
      return Effect.sync(() => blocked.delete(caller))
    })

  const arrived: Effect.Effect<void> = Effect.callback((resume) => {
    const wake = (): void => resume(Effect.void)
    readers.add(wake)
    return Effect.sync(() => readers.delete(wake))
  })

  const open = Effect.suspend(() => (down === undefined ? Effect.void : Effect.fail(down)))

  const read = <A>(next: () => A | undefined): Effect.Effect<A, ActorDown> =>
    Effect.suspend(() => {
      if (down !== undefined) return Effect.fail(down)
      const found = next()
      if (found === undefined) return Effect.andThen(arrived, read(next))
      admitBlocked()
      return Effect.succeed(found)
    })

  return {
    open,
    offer: (message) =>
      Effect.suspend(() => {
        if (down !== undefined) return Effect.fail(down)
        if (line.merge(message)) return merged
        // Whoever waits is let in the moment there is room, so a box that is not full has nobody waiting.
        if (line.full()) return wait(message)
        return Effect.sync(() => push(message))
      }),
    take: read(line.shift),
    takeAll: read(() => shiftAll(line)),
    peek: read(line.hold),
    drop: Effect.sync(() => {
      line.letGo()
      admitBlocked()
    }),
    depth: () => line.size() + blocked.size,
    fail: (cause) =>
      Effect.sync(() => {
        down = cause
        for (const caller of blocked) caller.resume(Effect.fail(cause))
        blocked.clear()
        wakeReaders()
      })
  }
}

const shiftAll = <M>(line: Line<M>): readonly M[] | undefined => {
  const all: M[] = []
  for (let next = line.shift(); next !== undefined; next = line.shift()) all.push(next)
  return all.length === 0 ? undefined : all
}

const distinct = <M>(): Conflation<M> => ({ key: () => undefined, merge: (_, newer) => newer })
