/**
 * A copy of the tree in which it may be broken: one mutant at a time, its tests run, its file put back.
 *
 * The working tree is never touched. Each run is a process of its own, ended with everything it started.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { applied } from "./Mutant.ts"
import type { Mutant, Verdict } from "./Mutant.ts"
import { settled, verdictOf } from "./Verdict.ts"

export interface Tests {
  /** Files or folders below the root. */
  readonly files: readonly string[]
  /** Part of the names of the tests to run; undefined = all. */
  readonly name: string | undefined
}

export interface Workshop {
  readonly root: string
  /** The tests over the tree as it is. */
  readonly sound: (tests: Tests) => Promise<Verdict>
  readonly broken: (mutant: Mutant, tests: Tests) => Promise<Verdict>
  readonly close: () => void
}

const ROOT = join(import.meta.dirname, "../../..")
const COPIED = ["src", "test", "scripts", "schema", "package.json", "tsconfig.json", "vitest.config.ts"]
/** The longest sound run takes a minute alone, and much longer on a busy machine: what only takes long has not noticed. */
const HUNG_AFTER_MS = 900_000
const TEST_HANGS_AFTER_MS = 90_000

export const openWorkshop = (): Workshop => {
  const folder = mkdtempSync(join(tmpdir(), "oddswire-mutants-"))
  const root = join(folder, "tree")
  for (const name of COPIED) cpSync(join(ROOT, name), join(root, name), { recursive: true })
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"))
  // Recordings lie beside the repository; tests skip where they are missing.
  const shared = join(dirname(ROOT), "shared")
  if (existsSync(shared)) symlinkSync(shared, join(folder, "shared"))
  return {
    root,
    sound: (tests) => run(root, tests),
    broken: async (mutant, tests) => settled(await runBroken(root, mutant, tests), () => run(root, tests)),
    close: () => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 })
  }
}

const runBroken = async (root: string, mutant: Mutant, tests: Tests): Promise<Verdict> => {
  const path = join(root, mutant.file)
  const source = readFileSync(path, "utf8")
  writeFileSync(path, applied(source, mutant))
  try {
    return await run(root, tests)
  } finally {
    writeFileSync(path, source)
  }
}

const run = async (root: string, { files, name }: Tests): Promise<Verdict> => {
  const began = performance.now()
  const report = join(root, "report.json")
  rmSync(report, { force: true })
  const child = spawn(
    process.execPath,
    [
      join(root, "node_modules/vitest/vitest.mjs"),
      "run",
      ...files,
      "--reporter=json",
      `--outputFile=${report}`,
      "--bail=1",
      `--testTimeout=${TEST_HANGS_AFTER_MS}`,
      ...(name === undefined ? [] : ["-t", name.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")])
    ],
    { cwd: root, stdio: ["ignore", "pipe", "pipe"], detached: true }
  )
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => said.push(text))
  let hung = false
  const patience = setTimeout(() => {
    hung = true
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL")
  }, HUNG_AFTER_MS)
  await once(child, "close")
  clearTimeout(patience)
  const seconds = (performance.now() - began) / 1000
  if (hung) return { fate: "hung", ran: 0, failed: [], seconds }
  if (!existsSync(report)) return { fate: "unrunnable", ran: 0, failed: [said.join("").slice(-400)], seconds }
  return { ...verdictOf(JSON.parse(readFileSync(report, "utf8"))), seconds }
}
