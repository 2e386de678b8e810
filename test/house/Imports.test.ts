import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { importFaults, readSources } from "../../scripts/check/importTable.ts"
import { ROOMS } from "../../scripts/imports.ts"

const sources = readSources(join(import.meta.dirname, "../.."))

/** The faults of the real source with one file added. */
const faultsWith = (path: string, text: string): readonly string[] => {
  const before = new Set(importFaults(sources))
  return importFaults([...sources, { path, text }]).filter((fault) => !before.has(fault))
}

describe("the import table", () => {
  it("holds for the whole source", () => {
    assert.deepStrictEqual(importFaults(sources), [])
  })

  it("has no cycle of rooms", () => {
    const reaches = (from: string, target: string): boolean =>
      (ROOMS[from] ?? []).some((next) => next === target || reaches(next, target))
    assert.deepStrictEqual(
      Object.keys(ROOMS).filter((room) => reaches(room, room)),
      []
    )
  })

  it("refuses an import against the corridor, of values and of types", () => {
    const [value] = faultsWith("src/broadcast/Stray.ts", `import { OddsBooks } from "../odds/OddsBooks.ts"\n`)
    assert.include(value, "broadcast may import domain, actor, observability, not odds")
    assert.lengthOf(faultsWith("src/journal/Stray.ts", `import type { Database } from "../storage/Database.ts"\n`), 1)
    assert.lengthOf(faultsWith("src/domain/Stray.ts", `export type { Gate } from "../bookmakers/Adapter.ts"\n`), 1)
    assert.lengthOf(faultsWith("src/actor/Stray.ts", `import { bodyOf } from "../observability/Health.ts"\n`), 1)
  })

  it("sees an import that is spread over lines, dynamic, or the entry of a worker", () => {
    assert.lengthOf(
      faultsWith("src/pricing/A.ts", `import {\n  Journal,\n  JournalFault\n} from "../journal/Journal.ts"\n`),
      1
    )
    assert.lengthOf(faultsWith("src/pricing/B.ts", `const late = () => import("../journal/Journal.ts")\n`), 1)
    assert.lengthOf(
      faultsWith("src/pricing/C.ts", `const entry = new URL("../journal/thread/journalWorker.ts", import.meta.url)\n`),
      1
    )
  })

  it("keeps bookmakers apart, and the simulator from all of them", () => {
    assert.lengthOf(faultsWith("src/bookmakers/bet9ja/Stray.ts", `import { a } from "../betpawa/Adapter.ts"\n`), 1)
    assert.lengthOf(faultsWith("src/simulator/Stray.ts", `import { a } from "../bookmakers/betpawa/Wire.ts"\n`), 1)
    assert.lengthOf(faultsWith("src/simulator/Stray.ts", `import { Market } from "../domain/Market.ts"\n`), 1)
  })

  it("leaves a driver to the one room that has chosen it", () => {
    assert.lengthOf(faultsWith("src/odds/Stray.ts", `import postgres from "postgres"\n`), 1)
    assert.lengthOf(faultsWith("src/scraping/Stray.ts", `import { Agent } from "undici"\n`), 1)
  })

  it("names a room that is not in the table", () => {
    assert.include(faultsWith("src/attic/Box.ts", `import { x } from "../domain/Price.ts"\n`)[0], "scripts/imports.ts")
  })

  it("finds a cycle of values and lets types know each other", () => {
    const two = (keyword: string) => [
      { path: "src/odds/One.ts", text: `import { two } from "./Two.ts"\n` },
      { path: "src/odds/Two.ts", text: `${keyword} { one } from "./One.ts"\n` }
    ]
    assert.deepStrictEqual(importFaults(two("import")), [
      "a cycle of imports: src/odds/One.ts → src/odds/Two.ts → src/odds/One.ts"
    ])
    assert.deepStrictEqual(importFaults(two("import type")), [])
  })

  it("is not misled by words in comments and strings", () => {
    assert.deepStrictEqual(
      faultsWith("src/pricing/Calm.ts", `/** import { a } from "../journal/Journal.ts" */\nexport const a = 1\n`),
      []
    )
  })
})
