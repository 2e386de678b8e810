import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { closeTable, errorTable } from "../../scripts/check/errorTables.ts"
import { readSources } from "../../scripts/check/importTable.ts"
import { settingsInReadme, settingsOf } from "../../scripts/check/settings.ts"
import manifest from "../../package.json" with { type: "json" }

const root = join(import.meta.dirname, "../..")
const readme = readFileSync(join(root, "README.md"), "utf8")
const commands = [...readme.matchAll(/^\| `npm (?:run )?([\w:]+)/gm)].map((match) => match[1] ?? "")

describe("the README", () => {
  it("lists every setting the source reads, with its default, and no other", () => {
    assert.deepStrictEqual(settingsInReadme(readme), settingsOf(readSources(root)))
  })

  it("finds settings with and without a default", () => {
    const text = `const a = Config.schema(PortNumber, "PORT").pipe(Config.withDefault(4_000))
      const b = Config.URL("SITE_URL")
      const c = Config.Literals(["DAY", "NIGHT"], "SHIFT")
      const HOME = "HOME_URL"
      const d = Config.URL(HOME)`
    assert.deepStrictEqual(settingsOf([{ path: "src/a.ts", text }]), [
      { name: "HOME_URL", fallback: undefined },
      { name: "PORT", fallback: "4000" },
      { name: "SHIFT", fallback: undefined },
      { name: "SITE_URL", fallback: undefined }
    ])
  })

  it("lists every command and no other", () => {
    assert.deepStrictEqual(commands.toSorted(), Object.keys(manifest.scripts).toSorted())
  })

  it("has the table of errors and close codes as the source has it", () => {
    for (const table of [errorTable(), closeTable()]) assert.include(readme, table)
  })

  it("says how the commands find a house and what they show it", () => {
    for (const name of ["ODDSWIRE_URL", "ODDSWIRE_TOKEN"]) assert.include(readme, `\`${name}\``)
  })

  it("names every dependency", () => {
    const packages = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })
    const unnamed = packages.filter((name) => !name.startsWith("@types/") && !readme.includes(`\`${name}\``))
    assert.deepStrictEqual(unnamed, [])
  })
})

describe("the manifest", () => {
  it("pins exact versions", () => {
    const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies })
    assert.deepStrictEqual(
      versions.filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)),
      []
    )
  })

  it("starts scripts that exist", () => {
    const scripts = Object.values(manifest.scripts).flatMap((command) => /^node (\S+)/.exec(command)?.[1] ?? [])
    assert.deepStrictEqual(
      scripts.filter((script) => !existsSync(join(root, script))),
      []
    )
  })
})
