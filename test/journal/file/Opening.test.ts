/** How the journal's file is opened: what SQLite promises of a commit hangs on it, and no kill can show it. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { connect, refusalOf } from "../../../src/journal/file/Opening.ts"

describe("the journal's file", () => {
  it("is on disk when a commit returns, and has one owner", () => {
    const folder = mkdtempSync(join(tmpdir(), "oddswire-opening-"))
    const database = connect(join(folder, "journal.sqlite"), folder)
    const pragma = (name: string) => database.prepare(`pragma ${name}`).get()?.[name]
    const FULL = 2
    assert.strictEqual(pragma("synchronous"), FULL)
    assert.strictEqual(pragma("journal_mode"), "wal")
    assert.strictEqual(pragma("locking_mode"), "exclusive")
    database.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it("is the operator's to mend where it may not be written, and damaged where SQLite only takes it for that", () => {
    const readOnly = Object.assign(new Error("attempt to write a readonly database"), { errcode: 8 })
    const refusal = refusalOf(readOnly, "data", join(tmpdir(), "nowhere", "journal.sqlite"))
    assert.include(refusal?.message, "Journal data: it cannot be opened (attempt to write a readonly database)")
    assert.isUndefined(refusalOf(readOnly, "data", tmpdir()))
  })
})
