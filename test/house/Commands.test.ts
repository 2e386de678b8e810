/** What the commands of the README say of themselves; nothing is asked of a server. */
import { spawnSync } from "node:child_process"
import { execPath } from "node:process"
import { assert, describe, it } from "@effect/vitest"

const help = (script: string) => spawnSync(execPath, [`scripts/${script}.ts`, "--help"], { encoding: "utf8" })

describe("a command that talks to a server", () => {
  it("explains itself by --help, the server's address and token included", () => {
    for (const script of ["scrape", "watch"]) {
      const { status, stdout } = help(script)
      assert.strictEqual(status, 0, script)
      for (const word of [`npm run ${script}`, "ODDSWIRE_URL", "ODDSWIRE_TOKEN"]) assert.include(stdout, word)
    }
  })
})
