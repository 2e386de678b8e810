/**
 * Whether a request can be served, and whether a run under way already serves it. Pure.
 *
 * Every fault is told at once, each with its field, its value and what was probably meant. A request that names
 * events never joins a wider run: its answer is wanted in two seconds and not at that run's end.
 */
import type { BookmakerId } from "../../domain/Bookmaker.ts"
import { nearest } from "../../domain/Nearest.ts"
import type { RunRequest } from "../../domain/Run.ts"
import type { Placed } from "../../matching/Matcher.ts"
import type { RequestFault } from "../Scraping.ts"

export interface Knowledge {
  readonly bookmakers: readonly BookmakerId[]
  readonly disabled: readonly BookmakerId[]
  readonly known: readonly Placed[]
  readonly now: number
}

export const EVERYTHING: RunRequest = { bookmakers: undefined, competitions: undefined, events: undefined }

export const faultsOf = (request: RunRequest, knowledge: Knowledge): readonly RequestFault[] => [
  ...(request.bookmakers ?? []).flatMap((id) => bookmakerFault(id, knowledge)),
  ...competitionFaults(request.competitions ?? [], knowledge),
  ...eventFaults(request, knowledge)
]

/** True when a run with the first request fetches all that the second asks for. */
export const covers = (running: RunRequest, asked: RunRequest): boolean => {
  if (sameRequest(running, asked)) return true
  return (
    asked.events === undefined &&
    running.events === undefined &&
    holds(running.bookmakers, asked.bookmakers) &&
    holds(running.competitions, asked.competitions)
  )
}

export const sameRequest = (a: RunRequest, b: RunRequest): boolean =>
  sameSet(a.bookmakers, b.bookmakers) && sameSet(a.competitions, b.competitions) && sameSet(a.events, b.events)

/** Which events a request means. */
export const wants = ({ competitions, events }: RunRequest): ((event: Placed) => boolean) => {
  const inCompetitions = competitions === undefined ? undefined : new Set<string>(competitions)
  const named = events === undefined ? undefined : new Set<string>(events)
  return ({ facts }) => (inCompetitions?.has(facts.competition.id) ?? true) && (named?.has(facts.id) ?? true)
}

export const fault = (
  code: RequestFault["code"],
  message: string,
  path: readonly string[],
  value: string | undefined
): RequestFault => ({ code, message, path, value })

const bookmakerFault = (id: BookmakerId, { bookmakers, disabled }: Knowledge): readonly RequestFault[] => {
  const path = ["input", "bookmakers"]
  if (!bookmakers.includes(id)) {
    return [fault("BAD_INPUT", `There is no bookmaker "${id}"; ${suggestion(id, bookmakers)}`, path, id)]
  }
  return disabled.includes(id)
    ? [fault("DISABLED", `The bookmaker "${id}" is switched off; enable it in the settings first.`, path, id)]
    : []
}

const competitionFaults = (ids: readonly string[], { known }: Knowledge): readonly RequestFault[] => {
  const competitions: ReadonlySet<string> =
    ids.length === 0 ? new Set() : new Set(known.map(({ facts }) => facts.competition.id))
  return ids
    .filter((id) => !competitions.has(id))
    .map((id) =>
      fault(
        "NOT_FOUND",
        `No competition "${id}" is known now; ${suggestion(id, [...competitions])}`,
        ["input", "competitions"],
        id
      )
    )
}

const eventFaults = ({ events }: RunRequest, { known, now }: Knowledge): readonly RequestFault[] => {
  if (events === undefined || events.length === 0) return []
  const kickoffs: ReadonlyMap<string, number> = new Map(known.map(({ facts }) => [facts.id, facts.kickoff]))
  return events.flatMap((id) => {
    const kickoff = kickoffs.get(id)
    const path = ["input", "events"]
    if (kickoff === undefined)
      return [fault("NOT_FOUND", `No event "${id}" is known now; events are named by their Sportradar id.`, path, id)]
    return kickoff <= now
      ? [fault("CONFLICT", `The event "${id}" has kicked off; its prematch odds are closed.`, path, id)]
      : []
  })
}

const suggestion = (value: string, known: readonly string[]): string => {
  const near = nearest(value, known)
  return near.length === 0
    ? `known are ${known.slice(0, 5).join(", ") || "none yet"}.`
    : `did you mean ${near.join(" or ")}?`
}

const holds = <A>(running: readonly A[] | undefined, asked: readonly A[] | undefined): boolean =>
  running === undefined || (asked !== undefined && asked.every((each) => running.includes(each)))

const sameSet = <A>(a: readonly A[] | undefined, b: readonly A[] | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && holds(a, b) && holds(b, a))
