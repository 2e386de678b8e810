/**
 * What a request's end says of a circuit, and what is written in the log when one moves. Pure, but for the log lines.
 *
 * Apart from the gate, which only decides who goes when: this is how it reads and tells what came of it.
 */
import { Effect, Exit } from "effect"
import type { FetchError } from "../../bookmakers/FetchError.ts"
import type { Bookmaker } from "../../domain/Bookmaker.ts"
import type { Outcome } from "./Breaker.ts"
import type { Circuits } from "./Circuits.ts"

/** READ: understood. DOUBTFUL: a list that is suspiciously short. MANGLED: more than a fifth could not be read. */
export type Content = "READ" | "DOUBTFUL" | "MANGLED" | FetchError

/** Undefined where it says nothing new: an error that came over the wire was counted there. */
export const outcomeOf = (what: Content, at: number): Outcome | undefined => {
  if (what === "READ") return { _tag: "Read" }
  if (what === "DOUBTFUL")
    return { _tag: "Failed", at, probe: false, cause: "SUSPICIOUS_LIST", weight: 0.5, repeated: false }
  return what === "MANGLED" || what._tag === "Unreadable" ? { _tag: "Unreadable", at } : undefined
}

/** A defect says nothing of the bookmaker here; whoever catches it tells `heard`. */
export const cameOf = (exit: Exit.Exit<unknown, FetchError>): FetchError | "ABANDONED" | undefined => {
  if (Exit.isSuccess(exit)) return undefined
  const reason = exit.cause.reasons.find((each) => each._tag === "Fail")
  return reason?._tag === "Fail" ? reason.error : "ABANDONED"
}

export const samePhases = (a: Circuits, b: Circuits): boolean =>
  a.list.phase === b.list.phase && a.event.phase === b.event.phase && a.refusal.phase === b.refusal.phase

export const log = (bookmaker: Bookmaker, before: Circuits, after: Circuits): Effect.Effect<void> =>
  Effect.forEach(
    (["list", "event", "refusal"] as const).filter((name) => before[name].phase !== after[name].phase),
    (name) => {
      const { phase, cause, until } = after[name]
      const line = phase === "OPEN" ? Effect.logWarning("A circuit opened") : Effect.logInfo("A circuit moved")
      return line.pipe(
        Effect.annotateLogs({
          bookmaker: bookmaker.id,
          circuit: name,
          phase,
          cause,
          until: new Date(until).toISOString()
        })
      )
    },
    { discard: true }
  )
