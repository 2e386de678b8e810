/** Ends runs that stopped moving, so that whoever waits for one is told; the schedule goes on with the next. */
import { Effect } from "effect"
import type { HeldRun, RunLog } from "./RunLog.ts"

const EVERY_MS = 10_000
const STALLED_AFTER_MS = 120_000

/** Runs until interrupted. `cutOff` ends a run and has it say what it ends with. */
export const watchdog = (
  log: RunLog,
  cutOff: (held: HeldRun, ending: HeldRun["ending"]) => Effect.Effect<void>
): Effect.Effect<never> =>
  Effect.gen(function* () {
    for (const held of log.underWay()) {
      const still = held.progress.stillMs()
      if (still < STALLED_AFTER_MS) continue
      yield* Effect.logError("A run stopped moving and is ended").pipe(
        Effect.annotateLogs({ run: held.progress.run().id, stillMs: still })
      )
      yield* cutOff(held, {
        phase: "FAILED",
        message: `The run did not move for ${Math.round(still / 1_000)} s and was ended.`
      })
    }
  }).pipe(Effect.delay(EVERY_MS), Effect.forever)
