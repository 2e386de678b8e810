import { assert, describe, it } from "@effect/vitest"
import { digestOf } from "../../src/client/Digest.ts"
import { makeFold } from "../../src/client/Fold.ts"
import type { Link } from "../../src/client/Link.ts"
import { makeListeners } from "../../src/client/Listeners.ts"
import { verifyDigest } from "../../src/client/Verify.ts"
import { cursorAt, delta, event, message, offer } from "./messages.ts"

interface Answer {
  readonly digest: string
  readonly cursor: string
}

/** A fold with a base at position 1, on a link that gives these answers in turn. */
const world = (...answers: readonly Answer[]) => {
  const fold = makeFold()
  const listeners = makeListeners()
  const left = [...answers]
  fold.accept(message("SNAPSHOT", { events: [event("1")] }))
  const link: Link = {
    ping: () => undefined,
    cut: () => undefined,
    subscribe: (_, sink) => {
      sink.next({ cacheDigest: left.shift() ?? assert.fail("asked too often") })
      return () => undefined
    }
  }
  let current: Link | undefined = link
  return {
    fold,
    left,
    hear: (from: number, to: number) => {
      fold.accept(delta(from, to, { offers: [offer("1", "ours", 1_000 + to)] }))
      listeners.tell()
    },
    breakLink: () => {
      current = undefined
      listeners.tell()
    },
    verify: () => verifyDigest({ fold, link: () => current, onChange: listeners.add }, null)
  }
}

describe("the comparison with the server's digest", () => {
  it("is EQUAL at the same cursor with the same state, else DIFFERENT", async () => {
    const digest = await digestOf(world().fold.board())
    assert.strictEqual(await world({ digest, cursor: cursorAt(1) }).verify(), "EQUAL")
    assert.strictEqual(await world({ digest: "other", cursor: cursorAt(1) }).verify(), "DIFFERENT")
  })

  it("waits until the fold stands where the server stood", async () => {
    const later = world()
    later.hear(1, 2)
    const digest = await digestOf(later.fold.board())
    const { verify, hear } = world({ digest, cursor: cursorAt(2) })
    const verification = verify()
    await Promise.resolve()
    hear(1, 2)
    hear(2, 3)
    assert.strictEqual(await verification, "EQUAL")
  })

  it("asks again when the fold has jumped over that cursor", async () => {
    const digest = await digestOf(world().fold.board())
    const { verify, left } = world({ digest: "other", cursor: cursorAt(0) }, { digest, cursor: cursorAt(1) })
    assert.strictEqual(await verify(), "EQUAL")
    assert.lengthOf(left, 0)
  })

  it("is UNDECIDED when the link breaks meanwhile", async () => {
    const { verify, breakLink } = world({ digest: "any", cursor: cursorAt(9) })
    const verification = verify()
    await Promise.resolve()
    breakLink()
    assert.strictEqual(await verification, "UNDECIDED")
  })
})
