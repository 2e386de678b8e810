/** What a fault run showed, as a table on the screen and as a section of RESULTS.md. */
import { fileURLToPath } from "node:url"
import { circumstances, keepSection, list, table } from "../results/Sections.ts"
import type { Page } from "../results/Sections.ts"
import { failures } from "./FaultRun.ts"
import type { FaultRun, Outcome } from "./FaultRun.ts"

/** How a run was made. */
export interface Manner {
  /** As it was typed. */
  readonly command: string
  readonly seed: number
  readonly seconds: number
}

export const show = ({ name, promise }: FaultRun, outcome: Outcome, manner: Manner): void => {
  console.log(`\n${name}: ${promise}`)
  console.table(rowsOf(outcome))
  console.table(countsOf(outcome, manner))
  for (const note of outcome.notes) console.log(`- ${note}`)
  for (const failure of failures(outcome)) console.log(`NOT KEPT: ${failure}`)
}

/** Replaces the section of this run in RESULTS.md. */
export const keep = ({ name, promise }: FaultRun, outcome: Outcome, manner: Manner): void =>
  keepSection(PAGE, name, [
    promise,
    circumstances(manner.command),
    table(rowsOf(outcome)),
    table([countsOf(outcome, manner)]),
    list(outcome.notes)
  ])

const PAGE: Page = {
  file: fileURLToPath(new URL("./RESULTS.md", import.meta.url)),
  heading: `# What was shown under faults

Written by \`npm run faults\`, never by hand. A run counts only with its least work done and its controls caught.`
}

const rowsOf = ({ checks, controls, least }: Outcome): readonly object[] => [
  ...checks.map(({ holds, ...cells }) => ({ ...cells, kept: verdict(holds) })),
  ...least.map(({ atLeast, seen, what }) => ({
    what: `least work: ${what}`,
    seen,
    must: `≥ ${atLeast}`,
    kept: verdict(seen >= atLeast)
  })),
  ...controls.map(({ caught, what }) => ({
    what: `control: ${what}`,
    seen: caught ? "caught" : "missed",
    must: "caught",
    kept: verdict(caught)
  }))
]

const countsOf = ({ counts }: Outcome, { seconds, seed }: Manner): object => ({
  ...counts,
  seed,
  duration: `${Math.round(seconds)} s`
})

const verdict = (holds: boolean): string => (holds ? "yes" : "NO")
