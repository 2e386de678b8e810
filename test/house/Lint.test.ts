import { spawnSync } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"

const root = join(import.meta.dirname, "../..")

/** A house of offences, with the lint settings of the real one. */
const offences: Readonly<{ [path: string]: string }> = {
  "src/odds/Any.ts": `export const a: any = 1\n`,
  "src/odds/Cast.ts": `export const b = 1 as number\n`,
  "src/odds/Sure.ts": `export const c = (x: string | undefined) => x!\n`,
  "src/odds/Silenced.ts": `// @ts-expect-error because\nexport const d: string = 1\n`,
  "src/odds/Throw.ts": `export const e = () => { throw new Error("no") }\n`,
  "src/odds/Promise.ts": `export const f = async () => 1\n`,
  "src/odds/Now.ts": `export const g = Date.now()\n`,
  "src/odds/Chance.ts": `export const h = Math.random()\n`,
  "src/odds/Run.ts": `import { Effect } from "effect"\nexport const i = Effect.runSync(Effect.succeed(1))\n`,
  "src/odds/Print.ts": `console.log("price")\n`,
  "src/odds/Environment.ts": `export const j = process.env["PORT"]\n`,
  "src/odds/Nameless.ts": `export default 1\n`,
  "src/odds/Barrel.ts": `export * from "./Now.ts"\n`
}

const blameless: Readonly<{ [path: string]: string }> = {
  "src/odds/Const.ts": `export const k = ["OPEN"] as const\n`,
  "src/odds/Words.ts": `/** Not as any, no throw, no Date.now(). */\nexport const l = "console.log as string"\n`,
  "src/main.ts": `import { Effect } from "effect"\nawait Effect.runPromise(Effect.void)\n`,
  "scripts/print.ts": `console.log(new Date())\n`
}

let folder = ""
let report = ""

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "oddswire-lint-"))
  for (const path of [".oxlintrc.json", "scripts/check/houseRules.ts"]) cpSync(join(root, path), join(folder, path))
  for (const [path, text] of Object.entries({ ...offences, ...blameless })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const oxlint = join(root, "node_modules/oxlint/bin/oxlint")
  report = spawnSync(process.execPath, [oxlint, "-f", "unix"], { cwd: folder, encoding: "utf8" }).stdout
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe("the lint settings", () => {
  it.each(Object.keys(offences))("find the offence in %s", (path) => {
    assert.include(report, `${path}:`)
  })

  it.each(Object.keys(blameless))("find nothing in %s", (path) => {
    assert.notInclude(report, `${path}:`)
  })
})
