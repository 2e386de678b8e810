/** How the server is started for root on a system that has none of the usual means: with programs of the test's own. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { postgresCommand } from "../../../src/storage/server/PostgresCommand.ts"
import { temporaryFolder } from "../../support/folder.ts"

/** A system with these programs and no others; each of them succeeds. */
const systemWith = (...programs: readonly string[]) =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    for (const name of programs) writeFileSync(join(folder, name), "#!/bin/sh\nexit 0\n", { mode: 0o755 })
    const path = process.env["PATH"]
    process.env["PATH"] = folder
    yield* Effect.addFinalizer(() => Effect.sync(() => (process.env["PATH"] = path)))
  })

describe.skipIf(process.getuid?.() !== 0)("the server for root", () => {
  it.effect("runs in a namespace of its own, and says when nothing would end it with its parent", () =>
    Effect.gen(function* () {
      yield* systemWith("unshare")
      const { fallback, owner, postgres } = yield* postgresCommand
      assert.deepStrictEqual([owner, postgres[0]], [undefined, "unshare"])
      assert.include(fallback, "there is no setpriv here")
    })
  )

  it.effect("is another user's where namespaces are forbidden", () =>
    Effect.gen(function* () {
      yield* systemWith("setpriv")
      const { owner, postgres } = yield* postgresCommand
      assert.deepStrictEqual([owner, postgres[0]], [65_534, "setpriv"])
    })
  )

  it.effect("is refused with a sentence where there is neither", () =>
    Effect.gen(function* () {
      yield* systemWith()
      const { message } = yield* Effect.flip(postgresCommand)
      assert.include(message, "neither user namespaces nor setpriv")
    })
  )
})
