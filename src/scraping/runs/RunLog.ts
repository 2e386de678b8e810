/**
 * The runs this process holds: all that are under way, and the last fifty of each kind.
 *
 * Cadence runs are counted apart, because one comes every second and would push out what people look for.
 */
import type { Fiber } from "effect"
import type { BookmakerId } from "../../domain/Bookmaker.ts"
import { isOver } from "../../domain/Run.ts"
import type { Run, RunPhase, RunRequest, RunTrigger } from "../../domain/Run.ts"
import type { PageRequest } from "../schedule/Pages.ts"
import type { Plan } from "./Plan.ts"
import type { Progress } from "./Progress.ts"

export interface HeldRun {
  readonly trigger: RunTrigger
  readonly request: RunRequest
  readonly discover: readonly BookmakerId[]
  /** Those still being asked for. */
  readonly pages: Set<PageRequest>
  readonly progress: Progress
  readonly plan: Plan
  /** True while it leaves out nothing of what its request names. */
  readonly whole: () => boolean
  /** What it ends with when it is cut off. */
  ending: { readonly phase: RunPhase; readonly message: string }
  fiber: Fiber.Fiber<void> | undefined
}

export interface RunLog {
  readonly add: (held: HeldRun) => void
  readonly get: (id: string) => HeldRun | undefined
  readonly underWay: () => readonly HeldRun[]
  /** Newest first. */
  readonly recent: (triggers: readonly RunTrigger[]) => readonly Run[]
}

const KEPT = 50

export const makeRunLog = (): RunLog => {
  const held = new Map<string, HeldRun>()
  const underWay = (): readonly HeldRun[] => [...held.values()].filter(({ progress }) => !isOver(progress.run().phase))

  const trim = (cadence: boolean): void => {
    const ended = [...held].filter(
      ([, { trigger, progress }]) => (trigger === "CADENCE") === cadence && isOver(progress.run().phase)
    )
    for (const [id] of ended.slice(0, Math.max(0, ended.length - KEPT))) held.delete(id)
  }

  return {
    add: (run) => {
      held.set(run.progress.run().id, run)
      trim(run.trigger === "CADENCE")
    },
    get: (id) => held.get(id),
    underWay,
    recent: (triggers) =>
      [...held.values()]
        .filter(({ trigger }) => triggers.includes(trigger))
        .map(({ progress }) => progress.run())
        .reverse()
  }
}
