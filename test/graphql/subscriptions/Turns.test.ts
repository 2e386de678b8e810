import { assert, describe, it } from "@effect/vitest"
import { inTurn } from "../../../src/graphql/subscriptions/Turns.ts"

const message = (type: string, id: string, nth = 1): string => JSON.stringify({ type, id, nth })

/** Hears messages in their turn; each is over when the test says so. */
const stage = () => {
  const heard: string[] = []
  const over = new Map<string, () => void>()
  const take = inTurn((text, end) => {
    heard.push(text)
    over.set(text, end)
  })
  return { heard, take, end: (text: string) => over.get(text)?.() }
}

describe("messages of one socket", () => {
  it("wait while the operation of their id, completed by its client, has not ended", () => {
    const { heard, take, end } = stage()
    const first = [message("subscribe", "1"), message("complete", "1")]
    const second = [message("subscribe", "1", 2), message("complete", "1", 2)]
    const third = [message("subscribe", "1", 3)]
    for (const text of [...first, ...second, ...third]) take(text)
    assert.deepStrictEqual(heard, first)
    end(message("subscribe", "1"))
    assert.deepStrictEqual(heard, [...first, ...second])
    end(message("subscribe", "1", 2))
    assert.deepStrictEqual(heard, [...first, ...second, ...third])
  })

  it("do not wait for other operations, nor for one that is over", () => {
    const { heard, take, end } = stage()
    const texts = [message("subscribe", "1"), message("complete", "1"), message("subscribe", "2"), '{"type":"ping"}']
    for (const text of texts) take(text)
    assert.deepStrictEqual(heard, texts)
    end(message("subscribe", "1"))
    take(message("subscribe", "1", 2))
    assert.strictEqual(heard.at(-1), message("subscribe", "1", 2))
  })

  it("do not wait for what their client has not completed: an id used twice is its fault, and is answered", () => {
    const { heard, take } = stage()
    const texts = [message("subscribe", "1"), message("subscribe", "1", 2), "not json"]
    for (const text of texts) take(text)
    assert.deepStrictEqual(heard, texts)
  })
})
