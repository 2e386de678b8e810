/**
 * What a benchmark found, as a table on the screen and as a section of RESULTS.md.
 *
 * A section is replaced when its benchmark runs again and the others stay, each with the commit it was measured at.
 */
import { execFileSync } from "node:child_process"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { availableParallelism, cpus, loadavg, release } from "node:os"
import { fileURLToPath } from "node:url"
import manifest from "../../package.json" with { type: "json" }

export interface Benchmark {
  readonly name: string
  /** The question it answers, in a sentence. */
  readonly question: string
  readonly measure: () => Promise<Findings>
}

export interface Findings {
  readonly rows: readonly Row[]
  /** How it was measured, what was left out, and why a row is missed. */
  readonly notes: readonly string[]
  /** Tables beside the rows, e.g. the stages of a run. */
  readonly details?: readonly Detail[]
}

export interface Row {
  readonly what: string
  readonly measured: string
  readonly limit: string
  readonly result: string
  readonly goal: string
  /** Undefined where there is no goal. */
  readonly met: boolean | undefined
}

export interface Detail {
  readonly title: string
  readonly rows: readonly Readonly<Record<string, string | number>>[]
}

/** A row whose result is measured ÷ limit and should be small. */
export const atMost = (what: string, measured: number, limit: number, goal: number, unit: string): Row => ({
  what,
  measured: quantity(measured, unit),
  limit: quantity(limit, unit),
  result: `${figures(measured / limit)} ×`,
  goal: `≤ ${goal} ×`,
  met: measured / limit <= goal
})

/** A row whose result is measured ÷ limit and should be large. */
export const atLeast = (what: string, measured: number, limit: number, goal: number, unit: string): Row => ({
  ...atMost(what, measured, limit, goal, unit),
  goal: `≥ ${goal} ×`,
  met: measured / limit >= goal
})

/** A row of a quantity that stands for itself. */
export const plainly = (
  what: string,
  value: number,
  unit: string,
  goal?: { readonly most?: number; readonly least?: number }
): Row => ({
  what,
  measured: quantity(value, unit),
  limit: "–",
  result: quantity(value, unit),
  goal: goal === undefined ? "–" : goal.most === undefined ? `≥ ${goal.least} ${unit}` : `≤ ${goal.most} ${unit}`,
  met: goal === undefined ? undefined : value <= (goal.most ?? Infinity) && value >= (goal.least ?? -Infinity)
})

/** Three significant figures. */
export const figures = (value: number): string =>
  Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)))

const quantity = (value: number, unit: string): string => `${figures(value)} ${unit}`

export const show = ({ name, question }: Benchmark, { rows, notes, details = [] }: Findings): void => {
  console.log(`\n${name}: ${question}`)
  console.table(rows.map(({ met, ...cells }) => ({ ...cells, met: verdict(met) })))
  for (const { title, rows: cells } of details) {
    console.log(title)
    console.table(cells)
  }
  for (const note of notes) console.log(`- ${note}`)
}

/** Replaces the section of this benchmark in RESULTS.md. */
export const keep = ({ name, question }: Benchmark, { rows, notes, details = [] }: Findings): void => {
  const sections = new Map(
    (existsSync(FILE) ? readFileSync(FILE, "utf8") : "")
      .split(/^(?=## )/m)
      .slice(1)
      .map((text) => [/^## (\S+)/.exec(text)?.[1] ?? "", text.trim()])
  )
  sections.set(
    name,
    [
      `## ${name}`,
      question,
      circumstances(name),
      table(rows.map(({ met, ...cells }) => ({ ...cells, met: verdict(met) }))),
      ...details.flatMap(({ title, rows: cells }) => [title, table(cells)]),
      notes.map((note) => `- ${note}`).join("\n")
    ]
      .filter((part) => part !== "")
      .join("\n\n")
  )
  const ordered = [...sections].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text)
  writeFileSync(FILE, `${[HEADING, ...ordered].join("\n\n")}\n`)
}

const FILE = fileURLToPath(new URL("./RESULTS.md", import.meta.url))

const HEADING = `# What was measured

Written by \`npm run bench\`, never by hand. Ratios are within one run on one machine; compare them, not the times.`

const verdict = (met: boolean | undefined): string => (met === undefined ? "" : met ? "yes" : "NO")

const circumstances = (name: string): string => {
  const { node, v8, sqlite } = process.versions
  const commit = git("rev-parse", "--short", "HEAD")
  const dirty = git("status", "--porcelain", "--", "src") === "" ? "" : " with changes in src"
  const cpu = `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? "unknown"}, Linux ${release().split("-")[0] ?? ""}`
  const { effect, graphql, postgres, undici } = manifest.dependencies
  return [
    `\`npm run bench ${name}\``,
    `commit ${commit}${dirty}`,
    `${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC`,
    `${cpu}, load ${figures(loadavg()[0] ?? 0)}`,
    `Node ${node} (V8 ${v8}, SQLite ${sqlite ?? "?"}), effect ${effect}, graphql ${graphql}, postgres.js ${postgres}, undici ${undici}`
  ].join(" · ")
}

const git = (...args: readonly string[]): string =>
  execFileSync("git", args, { cwd: fileURLToPath(new URL("../..", import.meta.url)), encoding: "utf8" }).trim()

const table = (rows: readonly object[]): string => {
  const columns = Object.keys(rows[0] ?? {})
  const line = (cells: readonly unknown[]): string =>
    `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`
  return [line(columns), line(columns.map(() => "---")), ...rows.map((row) => line(Object.values(row)))].join("\n")
}
