import { assert, describe, it } from "@effect/vitest"
import { Effect, Metric, Queue } from "effect"
import { TestClock } from "effect/testing"
import { DROP_AT_ONCE, startActor } from "../../src/actor/Actor.ts"
import type { DropAtOnce, ParkAtThird } from "../../src/actor/Actor.ts"
import { losses } from "../../src/actor/Losses.ts"
import { waitMailbox } from "../../src/actor/Mailbox.ts"
import { Supervisor } from "../../src/actor/Supervisor.ts"

interface Amount {
  readonly value: number
}

/** Adds amounts up; handing on a negative total kills it. */
const startSum = Effect.fnUntraced(function*(name: string, poison: DropAtOnce | ParkAtThird<Amount>) {
  const mailbox = yield* waitMailbox<Amount>(name, 100)
  const told: number[] = []
  const outbox = yield* Queue.unbounded<number>()
  const ends: string[] = []
  const total = yield* startActor({
    name, mailbox, poison,
    initial: 0,
    step: (sum: number, { value }: Amount) => [sum + value, sum + value],
    act: (sum) => sum < 0 ? Effect.die(`negative total ${sum}`) : Effect.andThen(Effect.sync(() => told.push(sum)), Queue.offer(outbox, sum)),
    describe: ({ value }) => String(value),
    onFailed: (lastError) => Effect.sync(() => ends.push(lastError))
  })
  return { total, told, outbox, ends, mailbox, tell: (value: number) => mailbox.offer({ value }) }
})

describe("an actor", () => {
  it.effect("hands on what each step gave, in order, and shows its last state", () =>
    Effect.gen(function*() {
      const sum = yield* startSum("sum", DROP_AT_ONCE)
      yield* Effect.forEach([1, 2, 3], sum.tell)
      assert.deepStrictEqual(yield* Queue.takeN(sum.outbox, 3), [1, 3, 6])
      yield* sum.tell(4)
      yield* Queue.take(sum.outbox)
      assert.isAtLeast(sum.total(), 6)
    }).pipe(Effect.provide(Supervisor.layer)))

  it.effect("keeps its state and what waits through a restart, and drops the message that killed it", () =>
    Effect.gen(function*() {
      const sum = yield* startSum("dropping", DROP_AT_ONCE)
      yield* Effect.forEach([5, -9, 2], sum.tell)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(sum.told, [5, 7])
      assert.strictEqual((yield* Metric.value(losses("dropping", "dropped"))).count, 1)
    }).pipe(Effect.provide(Supervisor.layer)))

  it.effect("tries a message three times before it is parked, and then goes on", () =>
    Effect.gen(function*() {
      const parked: string[] = []
      const sum = yield* startSum("parking", {
        _tag: "PARK_AT_THIRD",
        park: ({ value }, lastError) => Effect.sync(() => parked.push(`${value}: ${lastError}`))
      })
      yield* Effect.forEach([5, -9, 2], sum.tell)
      yield* TestClock.adjust("500 millis")
      assert.deepStrictEqual(parked, [])
      assert.strictEqual(sum.mailbox.depth(), 2)
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual(parked, ["-9: negative total -4"])
      assert.deepStrictEqual(sum.told, [5, 7])
      assert.strictEqual(sum.mailbox.depth(), 0)
    }).pipe(Effect.provide(Supervisor.layer)))

  it.effect("counts the deaths of each message alone", () =>
    Effect.gen(function*() {
      const parked: number[] = []
      const sum = yield* startSum("counting", {
        _tag: "PARK_AT_THIRD",
        park: ({ value }) => Effect.sync(() => parked.push(value))
      })
      yield* Effect.forEach([-1, -2, 4], sum.tell)
      // Lives begin at 0, 0.2, 0.6, 1.4, 3 and 6.2 s, a fifth earlier or later; the second message has died twice by now.
      yield* TestClock.adjust("4500 millis")
      assert.deepStrictEqual(parked, [-1])
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(parked, [-1, -2])
    }).pipe(Effect.provide(Supervisor.layer)))

  it.effect("fails its callers with its name and last error once it has given up", () =>
    Effect.gen(function*() {
      const sum = yield* startSum("tired", DROP_AT_ONCE)
      yield* Effect.forEach([-1, -1, -1, -1, -1, -1], sum.tell)
      yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual(sum.ends, ["negative total -1"])
      const refused = yield* Effect.flip(sum.tell(1))
      assert.include(refused.message, "tired has failed")
      assert.include(refused.message, "negative total -1")
    }).pipe(Effect.provide(Supervisor.layer)))
})
