/** The journal's file by itself: a commit that comes twice, the numbers that a start may give, and what it refuses. */
import { cpSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { RESERVED_BLOCK, openJournalFile } from "../../../src/journal/file/JournalFile.ts"
import { temporaryFolder } from "../../support/folder.ts"
import { commitOf } from "./commits.ts"

describe("a journal's file", () => {
  it.effect("takes a commit whose answer was lost a second time, and keeps what it has", () =>
    Effect.gen(function* () {
      const file = openJournalFile(join(yield* temporaryFolder, "journal"), "test", 1)
      file.commit(commitOf(1, 2))
      file.commit(commitOf(1, 2))
      file.commit(commitOf(2, 3))
      assert.deepStrictEqual([...file.read(0, 10).seqs], [1, 2, 3])
      file.close()
    }).pipe(Effect.scoped)
  )

  it.effect("keeps numbers free for an outage, and more once half of them are used", () =>
    Effect.gen(function* () {
      const [folder, copies] = [join(yield* temporaryFolder, "journal"), yield* temporaryFolder]
      const file = openJournalFile(folder, "test", 1)
      /** As a process that starts after a kill finds it. */
      const foundAfter = (seq: number): number => {
        file.commit(commitOf(seq))
        const copy = join(copies, String(seq))
        cpSync(folder, copy, { recursive: true })
        const found = openJournalFile(copy, "test", 1)
        found.close()
        return found.opened.reserved
      }
      assert.strictEqual(foundAfter(1), RESERVED_BLOCK)
      assert.strictEqual(foundAfter(RESERVED_BLOCK / 2), RESERVED_BLOCK)
      assert.strictEqual(foundAfter(RESERVED_BLOCK / 2 + 1), RESERVED_BLOCK / 2 + 1 + RESERVED_BLOCK)
      file.close()
    }).pipe(Effect.scoped)
  )

  it.effect("keeps why it does not know what Postgres knows until it is told", () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "journal")
      const found = () => {
        const file = openJournalFile(folder, "test", 1)
        file.close()
        return file.opened.unbased
      }
      assert.deepStrictEqual([found(), found()], ["NEW", "NEW"])
      writeFileSync(join(folder, "journal.sqlite"), "no journal at all, whatever stands here")
      assert.deepStrictEqual([found(), found()], ["SET_ASIDE", "SET_ASIDE"])
      const file = openJournalFile(folder, "test", 1)
      file.base()
      file.close()
      assert.isUndefined(found())
    }).pipe(Effect.scoped)
  )

  it.effect("says in a sentence that a damaged file could not be set aside", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      writeFileSync(join(folder, "journal.sqlite"), "no journal at all, whatever stands here")
      mkdirSync(join(folder, "journal.sqlite.corrupt-1970-01-01T00-00-00-001Z"))
      assert.throws(
        () => openJournalFile(folder, "test", 1),
        new RegExp(`^Journal ${folder}: it cannot be opened \\(E[A-Z]+.*; mend that, or set DATA_DIR`)
      )
    }).pipe(Effect.scoped)
  )
})
