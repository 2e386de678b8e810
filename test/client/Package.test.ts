/** The client as another project has it: built, below node_modules, with its types. */
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { buildSchema, getOperationAST, parse } from "graphql"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { buildClient } from "../../scripts/build-client.ts"
import { generated } from "../../scripts/codegen.ts"
import { DIGEST, GRID, PROGRESS } from "../../src/client/Documents.ts"
import { costFaults, formFaults, sizesOf } from "../../src/graphql/admission/Limits.ts"

const root = join(import.meta.dirname, "../..")
const project = mkdtempSync(join(tmpdir(), "oddswire-project-"))
const modules = join(project, "node_modules")

beforeAll(() => {
  mkdirSync(modules)
  assert.strictEqual(buildClient(join(modules, "oddswire")), "")
  for (const name of ["graphql", "graphql-ws", "react", "@types"]) {
    symlinkSync(join(root, "node_modules", name), join(modules, name))
  }
})

afterAll(() => rmSync(project, { recursive: true }))

const run = (name: string, source: string) => {
  writeFileSync(join(project, name), source)
  return spawnSync(process.execPath, [join(project, name)], { encoding: "utf8" })
}

describe("the built client", () => {
  it("runs in Node, and a script stands for the server in a test", () => {
    const { stdout, stderr } = run(
      "page.mjs",
      `import { createClient } from "oddswire/client"
      import { replay } from "oddswire/client/testing"
      const { client, play } = replay({ odds: [{ kind: "SNAPSHOT" }] })
      const feed = client.odds()
      play()
      console.log(typeof createClient, feed.view().status)`
    )
    assert.strictEqual(stdout.trim(), "function live", stderr)
  })

  it("has types under the strictest settings", () => {
    writeFileSync(
      join(project, "page.ts"),
      `import { createClient, type Row } from "oddswire/client"
      import { useOdds } from "oddswire/client/react"
      export const rows: readonly Row[] = createClient({ url: "ws://here" }).odds({ countries: ["NG"] }).view().rows
      export const Page = () => useOdds({ events: ["1"] }).status satisfies "live" | string
      // @ts-expect-error a filter has no such field
      export const wrong = () => useOdds({ colour: "red" })`
    )
    const tsc = join(root, "node_modules/.bin/tsc")
    const options = [
      "--noEmit",
      "--strict",
      "--exactOptionalPropertyTypes",
      "--module",
      "nodenext",
      "--lib",
      "ES2023,DOM"
    ]
    const { stdout } = spawnSync(process.execPath, [tsc, ...options, join(project, "page.ts")], {
      cwd: project,
      encoding: "utf8"
    })
    assert.strictEqual(stdout, "")
  })

  it("imports React in the hooks only", () => {
    const files = readdirSync(join(modules, "oddswire")).filter((name) => name.endsWith(".js"))
    const importing = files.filter((name) => readFileSync(join(modules, "oddswire", name), "utf8").includes(`"react"`))
    assert.deepStrictEqual(importing, ["React.js"])
  })
})

describe("the client's documents", () => {
  const sdl = readdirSync(join(root, "schema/graphql"))
    .map((name) => readFileSync(join(root, "schema/graphql", name), "utf8"))
    .join("\n")

  it("have the types that the SDL gives them: else run npm run codegen", async () => {
    // Words may be mended in the SDL alone.
    const typesIn = (text: string): string => text.replaceAll(/\s*\/\*\*[^]*?\*\//g, "")
    const written = readFileSync(join(root, "src/client/generated.ts"), "utf8")
    assert.strictEqual(typesIn(written), typesIn(await generated()))
  })

  it.each([GRID, PROGRESS, DIGEST])("are within a viewer's limits", (text) => {
    const document = parse(text)
    const operation = getOperationAST(document)
    assert.isNotNull(operation)
    assert.deepStrictEqual(formFaults(document), [])
    if (operation) assert.deepStrictEqual(costFaults(document, operation, {}, "viewer", sizesOf(buildSchema(sdl))), [])
  })
})
