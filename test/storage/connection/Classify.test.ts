/** What a refusal of Postgres means: the row's own fault, or something that may pass. */
import { assert, describe, it } from "vitest"
import { classify } from "../../../src/storage/connection/Statement.ts"

const refused = (code: string | undefined, constraint?: string) =>
  classify(
    Object.assign(new Error("refused"), code === undefined ? {} : { code }, {
      ...(constraint !== undefined && { constraint_name: constraint })
    })
  )._tag

const ROWS_FAULT = ["22003", "22021", "22P02", "22P05", "22001"]
/** Connection, shutdown, disk, memory, locks, serialisation, a missing table or column, and codes nobody knows. */
const MAY_PASS = [
  ...["08000", "08006", "57P01", "57P03", "57014", "53100", "53200", "53300", "55P03", "40001", "40P01", "25P02"],
  ...["42P01", "42703", "23505", "23503", "28P01", "XX000", "XX001", "99999", "ECONNRESET", "CONNECTION_CLOSED", ""]
]

describe("a refusal of Postgres", () => {
  it("is the row's fault where its data is wrong, or breaks a constraint that has a name", () => {
    for (const code of ROWS_FAULT) assert.strictEqual(refused(code), "RowRefused", code)
    for (const code of ["23502", "23514"]) assert.strictEqual(refused(code, "a_name"), "RowRefused", code)
  })

  it("holds back for everything that may pass, the unknown included", () => {
    for (const code of MAY_PASS) assert.strictEqual(refused(code), "StorageUnavailable", code)
    for (const code of ["23502", "23514"]) assert.strictEqual(refused(code), "StorageUnavailable", code)
    assert.strictEqual(refused(undefined), "StorageUnavailable")
    assert.strictEqual(classify("a string")._tag, "StorageUnavailable")
  })
})
