/** The note beside the journal: who may read it, and what the next start finds. */
import { mkdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { openOutageMark } from "../../../src/journal/commit/OutageMark.ts"
import { temporaryFolder } from "../../support/folder.ts"

describe("the note of an outage", () => {
  it.live("is its owner's alone, and tells the next start of an outage that nobody ended", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      mkdirSync(join(folder, "journal"))
      const life = (epoch: number, ends: boolean) =>
        Effect.scoped(
          Effect.gen(function* () {
            const mark = yield* openOutageMark(folder, epoch)
            yield* mark.reserve(epoch * 100)
            if (ends) yield* mark.leave
            return mark.left
          })
        )
      assert.isUndefined(yield* life(1, true))
      assert.isUndefined(yield* life(2, false))
      assert.deepStrictEqual(yield* life(3, true), { epoch: 2, reserved: 200 })
      assert.isUndefined(yield* life(4, true))
      assert.strictEqual(statSync(join(folder, "journal", "outage")).mode & 0o777, 0o600)
    })
  )
})
