/** What a benchmark found, as a table on the screen and as a section of RESULTS.md. */
import { fileURLToPath } from "node:url"
import { circumstances, keepSection, list, table } from "../results/Sections.ts"
import type { Page } from "../results/Sections.ts"

export interface Benchmark {
  readonly name: string
  /** The question it answers, in a sentence. */
  readonly question: string
  /** What can be measured alone, while working on it. */
  readonly parts?: readonly string[]
  /** Of some parts only, where any are named. */
  readonly measure: (parts: readonly string[]) => Promise<Findings>
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
export const keep = ({ name, question }: Benchmark, { rows, notes, details = [] }: Findings): void =>
  keepSection(PAGE, name, [
    question,
    circumstances(`npm run bench ${name}`),
    table(rows.map(({ met, ...cells }) => ({ ...cells, met: verdict(met) }))),
    ...details.flatMap(({ title, rows: cells }) => [title, table(cells)]),
    list(notes)
  ])

const PAGE: Page = {
  file: fileURLToPath(new URL("./RESULTS.md", import.meta.url)),
  heading: `# What was measured

Written by \`npm run bench\`, never by hand. Ratios are within one run on one machine; compare them, not the times.`
}

const verdict = (met: boolean | undefined): string => (met === undefined ? "" : met ? "yes" : "NO")
