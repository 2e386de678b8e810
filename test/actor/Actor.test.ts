import { assert, describe, it } from "@effect/vitest"
import { Effect, Metric, Queue } from "effect"
import { TestClock } from "effect/testing"
import { dropAtOnce, parkAtThird } from "../../src/actor/Actor.ts"
import type { Handle, Receiver } from "../../src/actor/Actor.ts"
import { losses } from "../../src/actor/Losses.ts"
import { waitMailbox } from "../../src/actor/Mailbox.ts"
import type { ActorDown } from "../../src/actor/Mailbox.ts"
import { Supervisor } from "../../src/actor/Supervisor.ts"

interface Amount {
  readonly value: number
}

type Behaviour = (receiver: Receiver<Amount>, handle: Handle<Amount, never, never>) => Effect.Effect<never, ActorDown>

/** Adds amounts up and tells each total; a negative amount kills it. */
const startSum = Effect.fnUntraced(function* (name: string, behaviour: Behaviour) {
  const { supervise } = yield* Supervisor
  const mailbox = yield* waitMailbox<Amount>(name, 100)
  const told = yield* Queue.unbounded<number>()
  let tries = 0
  let total = 0
  const handle = ({ value }: Amount) =>
    Effect.suspend(() => {
      tries += 1
      if (value < 0) return Effect.die(`negative amount ${value}`)
      total += value
      return Effect.asVoid(Queue.offer(told, total))
    })
  const loop = behaviour({ name, mailbox, describe: ({ value }) => String(value) }, handle)
  yield* supervise({ name, depth: mailbox.depth, loop, onFailed: () => Effect.void })
  return { told, mailbox, tries: () => tries, tell: (value: number) => mailbox.offer({ value }) }
})

describe("an actor that drops at once", () => {
  it.effect("handles messages in order", () =>
    Effect.gen(function* () {
      const sum = yield* startSum("orderly", dropAtOnce)
      yield* Effect.forEach([1, 2, 3], sum.tell)
      assert.deepStrictEqual(yield* Queue.takeN(sum.told, 3), [1, 3, 6])
    }).pipe(Effect.provide(Supervisor.layer))
  )

  it.effect("loses only the message that killed it, and counts it", () =>
    Effect.gen(function* () {
      const sum = yield* startSum("dropping", dropAtOnce)
      yield* Effect.forEach([5, -9, 2], sum.tell)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* Queue.takeN(sum.told, 2), [5, 7])
      assert.strictEqual(sum.tries(), 3)
      assert.strictEqual((yield* Metric.value(losses("dropping", "dropped"))).count, 1)
    }).pipe(Effect.provide(Supervisor.layer))
  )
})

describe("an actor that parks at the third death", () => {
  const parking =
    (parked: string[]): Behaviour =>
    (receiver, handle) =>
      parkAtThird(receiver, handle, ({ value }, lastError) => Effect.sync(() => parked.push(`${value}: ${lastError}`)))

  it.effect("tries a message three times before it is parked, and then goes on with the next", () =>
    Effect.gen(function* () {
      const parked: string[] = []
      const sum = yield* startSum("parking", parking(parked))
      yield* Effect.forEach([5, -9, 2], sum.tell)
      yield* TestClock.adjust("400 millis")
      assert.deepStrictEqual(parked, [])
      assert.strictEqual(sum.mailbox.depth(), 2)
      yield* TestClock.adjust("3 seconds")
      assert.deepStrictEqual(parked, ["-9: negative amount -9"])
      assert.deepStrictEqual(yield* Queue.takeN(sum.told, 2), [5, 7])
      assert.strictEqual(sum.mailbox.depth(), 0)
      assert.strictEqual(sum.tries(), 5)
      assert.strictEqual((yield* Metric.value(losses("parking", "parked"))).count, 1)
    }).pipe(Effect.provide(Supervisor.layer))
  )

  it.effect("counts the deaths of each message alone", () =>
    Effect.gen(function* () {
      const parked: string[] = []
      const sum = yield* startSum("counting", parking(parked))
      yield* Effect.forEach([-1, -2, 4], sum.tell)
      // Lives begin at 0, 0.2, 0.6, 1.4, 3 and 6.2 s, a fifth earlier or later: the second message has died twice by now.
      yield* TestClock.adjust("4500 millis")
      assert.lengthOf(parked, 1)
      yield* TestClock.adjust("10 seconds")
      assert.lengthOf(parked, 2)
    }).pipe(Effect.provide(Supervisor.layer))
  )
})
