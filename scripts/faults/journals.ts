/**
 * R5: journals that a crash left are damaged at random bytes, and started on.
 *
 * What a start shows is held against an account of what was written, which shares nothing with the journal's own
 * checksums. The control reads the same damaged files without these.
 */
import { cpSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { none } from "./FaultRun.ts"
import type { FaultRun, Outcome, Size } from "./FaultRun.ts"
import { drawFrom } from "./house/Draw.ts"
import type { Draw } from "./house/Draw.ts"
import { drawDamage, inflict } from "./journals/damage.ts"
import type { Damage } from "./journals/damage.ts"
import { judgeBelieving, judgeStart } from "./journals/judge.ts"
import type { Judged, Verdict } from "./journals/judge.ts"
import { makeSpecimen } from "./journals/specimens.ts"
import type { Specimen } from "./journals/specimens.ts"

const SIZES = { short: { each: 60 }, long: { each: 500 } } as const
/** From all in the log to a database of several pages of each table, whose log has begun anew. */
const COMMITS = [3, 60, 200, 700, 1_100]

export const journals: FaultRun = {
  name: "journals",
  promise: "A damaged journal opens as a clean prefix or is set aside: no wrong row is shown and no start is blocked",
  run: async (size, seed) => damaged(size, seed)
}

interface Case extends Judged {
  readonly damage: Damage
  readonly believing: Judged
}

const damaged = (size: Size, seed: number): Outcome => {
  const draw = drawFrom(seed)
  const folder = mkdtempSync(join(tmpdir(), "oddswire-journals-"))
  try {
    const specimens = COMMITS.map((commits) => makeSpecimen(join(folder, `of-${commits}`), commits, draw))
    const cases = (["flip", "cut"] as const).flatMap((way) =>
      Array.from({ length: SIZES[size].each }, (_, i) => tryOne(folder, pick(specimens, i), way, draw))
    )
    return outcomeOf(cases)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const tryOne = (folder: string, specimen: Specimen, way: Damage["way"], draw: Draw): Case => {
  const damage = drawDamage(specimen, way, draw)
  const at = join(folder, "case")
  const onCopy = (judge: (folder: string, specimen: Specimen) => Judged): Judged => {
    cpSync(specimen.folder, at, { recursive: true })
    inflict(at, damage)
    const judged = judge(at, specimen)
    rmSync(at, { recursive: true })
    return judged
  }
  return { damage, believing: onCopy(judgeBelieving), ...onCopy(judgeStart) }
}

const outcomeOf = (cases: readonly Case[]): Outcome => {
  const count = (verdict: Verdict) => cases.filter((each) => each.verdict === verdict).length
  const first = (verdict: Verdict) => {
    const found = cases.find((each) => each.verdict === verdict)
    return found === undefined
      ? ""
      : ` (${found.damage.way} at ${found.damage.place} ${found.damage.offset}: ${found.why})`
  }
  const believed = cases.filter(({ believing }) => believing.verdict === "silently wrong").length
  return {
    checks: [
      none(`silently wrong${first("silently wrong")}`, count("silently wrong")),
      none(`starts blocked${first("blocked")}`, count("blocked"))
    ],
    least: [
      { what: "damages that were noticed and set aside", seen: count("detected"), atLeast: cases.length / 10 },
      { what: "damages that left an earlier commit's state", seen: count("prefix"), atLeast: cases.length / 20 },
      { what: "places damaged", seen: new Set(cases.map(({ damage }) => damage.place)).size, atLeast: 6 }
    ],
    controls: [{ what: "the same files read without the journal's checksums", caught: believed > 0 }],
    counts: {
      flips: cases.filter(({ damage }) => damage.way === "flip").length,
      cuts: cases.filter(({ damage }) => damage.way === "cut").length,
      whole: count("whole"),
      "clean prefix": count("prefix"),
      "set aside": count("detected"),
      "silently wrong for the control": believed
    },
    notes: [
      "A byte in unused space harms nothing: such a journal opens whole.",
      "A damaged log ends at its last sound commit, as after a crash a moment earlier; what it lost is then told by a gap once Postgres says that it has more."
    ]
  }
}

const pick = (specimens: readonly Specimen[], i: number): Specimen => {
  const specimen = specimens[i % specimens.length]
  if (specimen === undefined) throw new Error("There are no specimens.")
  return specimen
}
