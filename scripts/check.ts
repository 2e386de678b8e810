/**
 * `npm run check`: types, lint, Effect's own faults, the import table and formatting.
 *
 * All of them run, also after one has failed, so that one look shows everything; the exit code is 0 only when
 * every one passed.
 */
import { spawn } from "node:child_process"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { importFaults, readSources } from "./check/importTable.ts"

interface Outcome {
  readonly passed: boolean
  readonly output: string
}

interface Check {
  readonly name: string
  readonly run: () => Promise<Outcome>
}

const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "")

const main = async (): Promise<void> => {
  const outcomes = []
  for (const check of checks) {
    const started = performance.now()
    const outcome = await check.run()
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    if (!outcome.passed) console.log(`\n${outcome.output.trim()}\n`)
    outcomes.push({ check: check.name, result: outcome.passed ? "passed" : "FAILED", seconds })
  }
  console.table(outcomes)
  process.exitCode = outcomes.every((outcome) => outcome.result === "passed") ? 0 : 1
}

const tool = (name: string, command: string, ...args: readonly string[]): Check => ({
  name,
  run: () =>
    new Promise((resolve, reject) => {
      // With this very Node: the lint rules of the house are TypeScript, which an older one does not load.
      const child = spawn(process.execPath, [join(root, "node_modules/.bin", command), ...args], { cwd: root })
      const chunks: string[] = []
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (chunk: string) => chunks.push(chunk))
      }
      child.on("error", reject).on("close", (code) => resolve({ passed: code === 0, output: chunks.join("") }))
    })
})

const importTable: Check = {
  name: "import table",
  run: async () => {
    const faults = importFaults(readSources(root))
    return { passed: faults.length === 0, output: faults.join("\n") }
  }
}

const checks: readonly Check[] = [
  tool("types", "tsc", "--project", "tsconfig.json"),
  tool("lint", "oxlint", "--type-aware"),
  tool("effects", "effect-tsgo", "diagnostics", "--project", "tsconfig.json"),
  importTable,
  tool("formatting", "oxfmt", "--check", ".")
]

await main()
