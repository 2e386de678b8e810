/** What an error of Postgres means: a row that will never do, or everything else, which may pass. */
import { assert, describe, it } from "@effect/vitest"
import { classify } from "../../../src/storage/connection/Statement.ts"

const refusal = (code: string, constraint?: string) =>
  classify(Object.assign(new Error("refused"), { code, constraint_name: constraint }))

describe("an error of Postgres", () => {
  for (const [code, constraint, what] of [
    ["22021", undefined, "a NUL in a text"],
    ["22003", undefined, "a number out of range"],
    ["22P02", undefined, "a text that is no number"],
    ["22008", undefined, "a time out of range"],
    ["23502", "a_column", "a missing value under a named constraint"],
    ["23514", "a_check", "a value that a named check forbids"]
  ] as const) {
    it(`is the row's fault when it is ${what} (${code})`, () => {
      assert.strictEqual(refusal(code, constraint)._tag, "RowRefused")
    })
  }

  for (const [code, what] of [
    ["23514", "a missing partition, which is a check without a name"],
    ["23502", "a missing value without a name"],
    ["23505", "a key that is there already"],
    ["53100", "a full disk"],
    ["53200", "out of memory"],
    ["53300", "too many connections"],
    ["57P01", "a shutdown by the administrator"],
    ["57P02", "a crash of the server"],
    ["57P03", "a server that is starting"],
    ["57014", "a statement that took too long"],
    ["55P03", "a lock that is not to be had"],
    ["40001", "a serialisation failure"],
    ["40P01", "a deadlock"],
    ["28P01", "a password that was changed"],
    ["08006", "a lost connection"],
    ["ECONNREFUSED", "nobody listening"],
    ["CONNECTION_CLOSED", "a connection that was cut"],
    ["25006", "a database that may only be read"],
    ["42P01", "a missing table"],
    ["54000", "a limit of the server"],
    ["XX000", "a fault inside the server"],
    ["ZX123", "a code that nobody knows"],
    ["", "no code at all"]
  ] as const) {
    it(`may pass when it is ${what} (${code})`, () => {
      assert.strictEqual(refusal(code)._tag, "StorageUnavailable")
    })
  }

  it("may pass when it is no error but something else", () => {
    assert.strictEqual(classify("odd")._tag, "StorageUnavailable")
  })
})
