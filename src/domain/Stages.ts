/**
 * How long each stage took with what one run has fetched, told by the room that did it and heard by the run.
 *
 * A reference and not a service: a room tells it whether anybody listens or not, and nothing depends on it. What
 * belongs to no run, or to one that is over, is dropped.
 */
import { Context } from "effect"
import type { BookmakerId } from "./Bookmaker.ts"

export type Stage = "diff" | "journal" | "publish"

export type Hear = (stage: Stage, bookmakerId: BookmakerId, milliseconds: number) => void

export interface StagesShape {
  readonly took: (runId: string | undefined, bookmakerId: BookmakerId, stage: Stage, milliseconds: number) => void
  /** Hears of one run from now on; the answer ends it. */
  readonly listen: (runId: string, hear: Hear) => () => void
}

export const Stages = Context.Reference<StagesShape>("oddswire/domain/Stages", {
  defaultValue: () => ({ took: () => undefined, listen: () => () => undefined })
})

export const makeStages = (): StagesShape => {
  const listeners = new Map<string, Hear>()
  return {
    took: (runId, bookmakerId, stage, milliseconds) => {
      if (runId !== undefined) listeners.get(runId)?.(stage, bookmakerId, milliseconds)
    },
    listen: (runId, hear) => {
      listeners.set(runId, hear)
      return () => void listeners.delete(runId)
    }
  }
}
