import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { ActorDown, conflateMailbox, refuseMailbox, waitMailbox } from "../../src/actor/Mailbox.ts"
import type { Mailbox, MailboxFull } from "../../src/actor/Mailbox.ts"

interface Price {
  readonly key: string | undefined
  readonly value: number
}

const price = (value: number, key?: string): Price => ({ key, value })
const values = (messages: readonly Price[]): readonly number[] => messages.map((message) => message.value)
const down = new ActorDown({ actor: "books", message: "books has failed: out of paper" })

const conflating = (capacity: number) =>
  conflateMailbox<Price>("books", {
    capacity,
    key: (message) => message.key,
    merge: (older, newer) => price(older.value * 10 + newer.value, newer.key)
  })

const policies: readonly {
  readonly name: string
  readonly make: (capacity: number) => Effect.Effect<Mailbox<Price, ActorDown | MailboxFull>>
}[] = [
  { name: "wait", make: (capacity) => waitMailbox<Price>("books", capacity) },
  { name: "conflate", make: conflating },
  { name: "refuse", make: (capacity) => refuseMailbox<Price>("books", capacity) }
]

describe.each(policies)("every mailbox: $name", ({ make }) => {
  it.effect("hands messages on in the order in which they came", () =>
    Effect.gen(function* () {
      const box = yield* make(3)
      yield* Effect.forEach([1, 2, 3], (value) => box.offer(price(value)))
      assert.deepStrictEqual([(yield* box.take).value, (yield* box.take).value, (yield* box.take).value], [1, 2, 3])
      assert.strictEqual(box.depth(), 0)
    })
  )

  it.effect("goes on in order when its places are used again", () =>
    Effect.gen(function* () {
      const box = yield* make(2)
      const seen: number[] = []
      yield* box.offer(price(0))
      for (let value = 1; value <= 5; value++) {
        yield* box.offer(price(value))
        seen.push((yield* box.take).value)
      }
      assert.deepStrictEqual(seen, [0, 1, 2, 3, 4])
    })
  )

  it.effect("lets its reader wait for the first message", () =>
    Effect.gen(function* () {
      const box = yield* make(2)
      const reader = yield* Effect.forkChild(box.take, { startImmediately: true })
      yield* box.offer(price(7))
      assert.strictEqual((yield* Fiber.join(reader)).value, 7)
    })
  )

  it.effect("gives everything that waits at once, and waits for one", () =>
    Effect.gen(function* () {
      const box = yield* make(4)
      const reader = yield* Effect.forkChild(box.takeAll, { startImmediately: true })
      yield* Effect.forEach([1, 2, 3], (value) => box.offer(price(value)))
      const first = yield* Fiber.join(reader)
      assert.isAtLeast(first.length, 1)
      const rest = first.length === 3 ? [] : yield* box.takeAll
      assert.deepStrictEqual(values([...first, ...rest]), [1, 2, 3])
    })
  )

  it.effect("keeps a peeked message until it is dropped", () =>
    Effect.gen(function* () {
      const box = yield* make(2)
      yield* box.offer(price(1))
      yield* box.offer(price(2))
      assert.strictEqual((yield* box.peek).value, 1)
      assert.strictEqual((yield* box.peek).value, 1)
      yield* box.drop
      assert.strictEqual((yield* box.peek).value, 2)
    })
  )

  it.effect("drops nothing that was not peeked", () =>
    Effect.gen(function* () {
      const box = yield* make(2)
      yield* box.offer(price(1))
      yield* box.drop
      yield* box.peek
      yield* box.drop
      yield* box.drop
      assert.strictEqual(box.depth(), 0)
    })
  )

  it.effect("keeps a message whose reader was interrupted while it waited", () =>
    Effect.gen(function* () {
      const box = yield* make(2)
      const reader = yield* Effect.forkChild(box.take, { startImmediately: true })
      yield* Fiber.interrupt(reader)
      yield* box.offer(price(1))
      assert.strictEqual((yield* box.take).value, 1)
    })
  )

  it.effect("fails whoever reads or calls once its actor is down", () =>
    Effect.gen(function* () {
      const box = yield* make(2)
      const reader = yield* Effect.forkChild(Effect.flip(box.take), { startImmediately: true })
      yield* box.fail(down)
      assert.strictEqual(yield* Fiber.join(reader), down)
      assert.strictEqual(yield* Effect.flip(box.offer(price(1))), down)
      assert.strictEqual(yield* Effect.flip(box.peek), down)
      assert.strictEqual(yield* Effect.flip(box.takeAll), down)
    })
  )
})

describe("a waiting mailbox", () => {
  it.effect("lets callers wait in order while it is full", () =>
    Effect.gen(function* () {
      const box = yield* waitMailbox<Price>("books", 1)
      yield* box.offer(price(1))
      const second = yield* Effect.forkChild(box.offer(price(2)), { startImmediately: true })
      const third = yield* Effect.forkChild(box.offer(price(3)), { startImmediately: true })
      assert.strictEqual(second.pollUnsafe(), undefined)
      assert.strictEqual(box.depth(), 3)
      assert.strictEqual((yield* box.take).value, 1)
      yield* Fiber.join(second)
      assert.strictEqual(third.pollUnsafe(), undefined)
      yield* box.peek
      yield* box.drop
      yield* Fiber.join(third)
      assert.strictEqual((yield* box.take).value, 3)
    })
  )

  it.effect("forgets the message of a caller that gave up", () =>
    Effect.gen(function* () {
      const box = yield* waitMailbox<Price>("books", 1)
      yield* box.offer(price(1))
      const second = yield* Effect.forkChild(box.offer(price(2)), { startImmediately: true })
      yield* Fiber.interrupt(second)
      assert.deepStrictEqual(values(yield* box.takeAll), [1])
      assert.strictEqual(box.depth(), 0)
    })
  )

  it.effect("fails the callers that wait when its actor goes down", () =>
    Effect.gen(function* () {
      const box = yield* waitMailbox<Price>("books", 1)
      yield* box.offer(price(1))
      const second = yield* Effect.forkChild(Effect.flip(box.offer(price(2))), { startImmediately: true })
      yield* box.fail(down)
      assert.strictEqual(yield* Fiber.join(second), down)
    })
  )
})

describe("a conflating mailbox", () => {
  it.effect("merges a newer message onto the older one, which keeps its place in line", () =>
    Effect.gen(function* () {
      const box = yield* conflating(4)
      yield* box.offer(price(1, "a"))
      yield* box.offer(price(2, "b"))
      yield* box.offer(price(3, "a"))
      assert.deepStrictEqual(values(yield* box.takeAll), [13, 2])
    })
  )

  it.effect("never merges messages without a key", () =>
    Effect.gen(function* () {
      const box = yield* conflating(4)
      yield* box.offer(price(1))
      yield* box.offer(price(2))
      assert.deepStrictEqual(values(yield* box.takeAll), [1, 2])
    })
  )

  it.effect("merges also while it is full, and lets only new keys wait", () =>
    Effect.gen(function* () {
      const box = yield* conflating(1)
      yield* box.offer(price(1, "a"))
      const other = yield* Effect.forkChild(box.offer(price(5, "b")), { startImmediately: true })
      yield* box.offer(price(2, "a"))
      assert.strictEqual(other.pollUnsafe(), undefined)
      assert.strictEqual((yield* box.take).value, 12)
      yield* Fiber.join(other)
      assert.strictEqual((yield* box.take).value, 5)
    })
  )

  it.effect("merges callers that waited with one key when room comes", () =>
    Effect.gen(function* () {
      const box = yield* conflating(1)
      yield* box.offer(price(1, "a"))
      const older = yield* Effect.forkChild(box.offer(price(2, "b")), { startImmediately: true })
      const newer = yield* Effect.forkChild(box.offer(price(3, "b")), { startImmediately: true })
      yield* box.take
      yield* Fiber.join(older)
      yield* Fiber.join(newer)
      assert.deepStrictEqual(values(yield* box.takeAll), [23])
    })
  )

  it.effect("never merges onto the message its actor holds, so that dropping it loses nothing newer", () =>
    Effect.gen(function* () {
      const box = yield* conflating(4)
      yield* box.offer(price(1, "a"))
      yield* box.peek
      yield* box.offer(price(2, "a"))
      yield* box.offer(price(3, "a"))
      assert.strictEqual((yield* box.peek).value, 1)
      yield* box.drop
      assert.deepStrictEqual(values(yield* box.takeAll), [23])
    })
  )

  it.effect("starts a new message after the one of its key was taken", () =>
    Effect.gen(function* () {
      const box = yield* conflating(2)
      yield* box.offer(price(1, "a"))
      yield* box.take
      yield* box.offer(price(2, "a"))
      assert.deepStrictEqual(values(yield* box.takeAll), [2])
    })
  )
})

describe("a refusing mailbox", () => {
  it.effect("refuses at once when it is full, and takes again when there is room", () =>
    Effect.gen(function* () {
      const box = yield* refuseMailbox<Price>("books", 1)
      yield* box.offer(price(1))
      const refused = yield* Effect.flip(box.offer(price(2)))
      assert.strictEqual(refused._tag, "MailboxFull")
      assert.include(refused.message, "books")
      yield* box.take
      yield* box.offer(price(3))
      assert.deepStrictEqual(values(yield* box.takeAll), [3])
    })
  )

  it.effect("names the failure of its actor before its own fullness", () =>
    Effect.gen(function* () {
      const box = yield* refuseMailbox<Price>("books", 1)
      yield* box.offer(price(1))
      yield* box.fail(down)
      assert.strictEqual((yield* Effect.flip(box.offer(price(2))))._tag, "ActorDown")
    })
  )
})
