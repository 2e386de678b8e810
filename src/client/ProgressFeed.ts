/**
 * How a run goes, or whichever run goes: the newest message, and again after a break.
 *
 * There is nothing to fold: the first message of every subscription says where the run stands.
 */
import type { Connection } from "./Connection.ts"
import { PROGRESS } from "./Documents.ts"
import type { ProgressData, ProgressVariables, RunProgress } from "./generated.ts"
import { makeListeners } from "./Listeners.ts"
import { keepRunning } from "./Operation.ts"
import { standingOf } from "./Status.ts"
import type { Standing } from "./Status.ts"
import type { Cancel, Surroundings } from "./Surroundings.ts"

export interface ProgressFeed {
  readonly view: () => ProgressView
  readonly onChange: (listener: () => void) => Cancel
  readonly close: () => void
}

export interface ProgressView extends Standing {
  /** Null until something is known: without a run id that may be until the next run. */
  readonly progress: RunProgress | null
  /** True once the run that was asked for is over. */
  readonly over: boolean
}

/** `runId` undefined: every run that somebody or the schedule starts. */
export const makeProgressFeed = (
  runId: string | undefined,
  connection: Connection,
  place: Surroundings
): ProgressFeed => {
  const listeners = makeListeners()
  let view: ProgressView | undefined
  let progress: RunProgress | null = null
  let over = false

  const changed = (): void => {
    view = undefined
    listeners.tell()
  }
  const operation = keepRunning(connection, place, {
    changed,
    stopped: () => undefined,
    request: () => {
      const variables: ProgressVariables = { runId: runId ?? null }
      return over ? undefined : { query: PROGRESS, variables: { ...variables } }
    },
    next: (data) => {
      if (!isProgress(data)) return
      progress = data.scrapeProgress
      operation.held()
      changed()
    },
    completed: () => {
      // Also a server that stops completes; then the run is not over, and is asked for again.
      over = runId !== undefined && progress !== null && ENDS.has(progress.phase)
      if (over) changed()
      else operation.again()
    }
  })
  operation.begin()

  return {
    onChange: listeners.add,
    close: operation.close,
    view: () => {
      const asOf = progress === null ? undefined : Date.parse(progress.at)
      const failure = operation.failure()
      const standing = standingOf({ connection: connection.state(), caughtUp: true, failure, asOf })
      return (view ??= { ...standing, progress, over })
    }
  }
}

const ENDS: ReadonlySet<string> = new Set(["COMPLETED", "PARTIAL", "FAILED", "CANCELLED"])

/** The shape follows from the document that was sent; this tells an answer from a partial one. */
const isProgress = (data: unknown): data is ProgressData =>
  typeof data === "object" && data !== null && "scrapeProgress" in data && data.scrapeProgress !== null
