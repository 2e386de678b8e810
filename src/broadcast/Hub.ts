/**
 * The broadcaster: takes numbered records in seq order and hands them to whoever is interested.
 *
 * `publish` never waits: it notes keys in the groups concerned, and the actor tells them in a turn of its own.
 * So its mailbox is those keys (conflated), a slow client is conflated and then closed, and never slows another.
 */
import { Clock, Context, Effect, FiberSet, Latch, Layer, Metric } from "effect"
import { elapsedBy } from "../actor/Elapsed.ts"
import { ActorDown } from "../actor/Mailbox.ts"
import { Supervisor } from "../actor/Supervisor.ts"
import type { NumberedRecord, Position } from "../domain/Record.ts"
import { makeFloor } from "./Floor.ts"
import type { Floor, FloorStats } from "./Floor.ts"
import type { Cause, Membership } from "./Group.ts"
import type { Outbox } from "./Outbox.ts"
import type { Cut } from "./Readers.ts"
import { Unanswerable } from "./Subscriber.ts"
import type { Route, Subscriber } from "./Subscriber.ts"
import type { Wire } from "./Wire.ts"

export interface Joining {
  /** Equal keys share one execution; the membership of the first one counts. */
  readonly key: string
  readonly membership: () => Membership
  readonly outbox: Outbox
  /** The operation's id as its client numbered it. */
  readonly id: string
  /** The published mark: everything after it is noted from this call on. */
  readonly mark: Position
  /** Ends the operation from our side. */
  readonly end: Subscriber["end"]
}

export interface Joined {
  /** A new base, whose pages are shared with others of the group who are at the same one. */
  readonly snapshot: (cause: Cause) => Route
  /** Says how this subscriber gets to the live path; nothing is sent before. */
  readonly open: (route: Route) => void
  /** Notes what was published before this subscriber joined, as if it had been there. */
  readonly replay: (records: readonly NumberedRecord[]) => void
  /** At once: not a byte of it goes out afterwards. */
  readonly leave: () => void
}

export class Hub extends Context.Service<
  Hub,
  {
    /** Records (from, mark] in seq order, in the step in which `published` moves to `mark`. Synchronous; returns before anything is written. */
    readonly publish: (records: readonly NumberedRecord[], mark: Position) => void
    /** The one outbox of a socket, and its end. */
    readonly connect: (wire: Wire) => Outbox
    readonly disconnect: (outbox: Outbox) => void
    readonly join: (joining: Joining) => Joined
    readonly stats: () => FloorStats
    /** Set once it has given up: nothing is told any more, and whoever asks is to be refused. */
    readonly down: () => ActorDown | undefined
  }
>()("oddswire/broadcast/Hub") {
  static readonly layer = Layer.effect(
    Hub,
    Effect.gen(function* () {
      const supervisor = yield* Supervisor
      // Not the host's time: set back by an hour it would leave everybody without a word for as long.
      const now = elapsedBy(yield* Clock.Clock)
      const woken = yield* Latch.make()
      const run = yield* FiberSet.makeRuntime()
      const floor = makeFloor(
        now,
        () => woken.openUnsafe(),
        (cut) => void run(logCut(cut))
      )
      let down: ActorDown | undefined
      yield* supervisor.supervise({
        name: NAME,
        depth: floor.depth,
        loop: turns(floor, woken, now),
        // Nobody is left without a word: who is subscribed is told why it ends, and so is who asks from then on.
        onFailed: (lastError) =>
          Effect.sync(() => {
            down = new ActorDown({
              actor: NAME,
              message: `${NAME}: gave up after repeated failures (${lastError}); odds are told to nobody until the process is restarted.`
            })
            floor.endAll(new Unanswerable({ reason: down }))
          })
      })
      return {
        publish: floor.publish,
        connect: floor.connect,
        disconnect: floor.disconnect,
        join: floor.join,
        stats: floor.stats,
        down: () => down
      }
    })
  )
}

const NAME = "broadcaster"

const turns = (floor: Floor, woken: Latch.Latch, now: () => number): Effect.Effect<void> =>
  Effect.gen(function* () {
    let wait = 0
    while (true) {
      if (wait > 0) yield* Effect.timeoutOption(woken.await, wait)
      // A latch resumes its waiters inside the call that opens it, which is `publish`: what else this turn of the
      // event loop publishes belongs to the same messages.
      yield* Effect.yieldNow
      woken.closeUnsafe()
      wait = yield* Effect.sync(() => floor.turn(now())).pipe(Effect.catchDefect((defect) => unmade(floor, defect)))
    }
  })

const unmade = (floor: Floor, defect: unknown): Effect.Effect<number> =>
  defect instanceof Unanswerable
    ? Effect.sync(() => {
        floor.endCurrent(defect)
        return 0
      })
    : dropPoison(floor, defect)

/** A message that cannot be rendered ends its group, whose clients resume by cursor; everybody else goes on. */
const dropPoison = Effect.fnUntraced(function* (floor: Floor, defect: unknown) {
  const subscribers = floor.endCurrent(undefined)
  yield* Metric.update(poisoned, 1)
  yield* Effect.logError("A message could not be rendered; the subscriptions that share it were ended").pipe(
    Effect.annotateLogs({ subscribers, error: String(defect) })
  )
  return 0
})

const logCut = ({ heldUpMs, queuedBytes }: Cut): Effect.Effect<void> =>
  Effect.logInfo("A slow reader was cut with 4290; it resumes by its cursor").pipe(
    Effect.annotateLogs({ heldUpMs, queuedBytes })
  )

const poisoned = Metric.counter("broadcast_groups_ended_total", {
  description: "Groups of subscribers ended because their message could not be rendered",
  incremental: true
})
