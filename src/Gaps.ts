/**
 * Tells the incident log of numbers that are in no history, each time the journal has closed a gap: since when its disk
 * was unusable, as far as that was seen, and why.
 *
 * A gap that an earlier process left by being killed has no beginning that anybody knows.
 */
import { Effect } from "effect"
import { Journal } from "./journal/Journal.ts"
import { Incidents } from "./observability/Incidents.ts"

/** The look to be taken again and again. */
export const makeGapWatch = Effect.gen(function* () {
  const journal = yield* Journal
  const incidents = yield* Incidents
  let degradedSince: number | undefined
  let told: number | undefined
  return Effect.gen(function* () {
    const gap = yield* journal.lastGap
    if (gap?.record.kind === "GAP" && gap.seq !== told) {
      told = gap.seq
      const { at, from, reason, to } = gap.record
      const cause = `Numbers ${from} to ${to} are on no disk and in no history. ${reason.text}`
      yield* incidents.note(
        { kind: "gap", subject: "journal", cause, touched: ["journal", "history"] },
        degradedSince ?? at
      )
    }
    degradedSince = (yield* journal.stats).degradedSince
  })
})
