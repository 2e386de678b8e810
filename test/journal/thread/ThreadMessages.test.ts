import { assert, describe, it } from "@effect/vitest"
import { free, pack, unpack } from "../../../src/journal/thread/ThreadMessages.ts"

describe("what the journal's threads hand each other", () => {
  it("keeps texts and bytes apart, whatever letters the texts are of", () => {
    const texts = ["Série A", "", "Atlético – Škoda", "日本"]
    const unpacked = unpack(pack([...texts, Uint8Array.of(1, 255)]))
    assert.deepStrictEqual(
      unpacked.slice(0, -1).map((bytes) => new TextDecoder().decode(bytes)),
      texts
    )
    assert.deepStrictEqual(unpacked.at(-1), Uint8Array.of(1, 255))
  })

  it("holds no memory of what was given back", () => {
    const packed = pack(["a record"])
    free(packed)
    assert.strictEqual(packed.bytes.buffer.byteLength, 0)
  })
})
