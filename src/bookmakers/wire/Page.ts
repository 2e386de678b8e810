/**
 * From fetched JSON to what an adapter hands out: a page of a list, or a snapshot.
 *
 * A list row that cannot be read costs itself only and is told once per page; a page without one good row is Unreadable.
 */
import { Effect, Result } from "effect"
import { OPEN, UNREADABLE } from "../../domain/Board.ts"
import type { ListedEvent } from "../../domain/Event.ts"
import { isMangled, MOST_UNREAD } from "../../domain/Snapshot.ts"
import type { Scope, Snapshot } from "../../domain/Snapshot.ts"
import type { DiscoveredPage, Target } from "../Adapter.ts"
import type { FetchError } from "../FetchError.ts"
import { Unreadable } from "../FetchError.ts"
import type { Fetched } from "../Http.ts"
import { unreadable } from "../http/Answer.ts"
import type { Drafted } from "./Draft.ts"
import { fault } from "./Reading.ts"
import type { Fault, Read } from "./Reading.ts"

/** A read value, or the error that keeps a sample of the body it is missing from. */
export const orUnreadable = <A>(fetched: Fetched, read: Read<A>): Effect.Effect<A, Unreadable> =>
  Result.isSuccess(read) ? Effect.succeed(read.success) : Effect.fail(unreadableBody(fetched, read.failure))

/** A detail that is no match between two teams: it was one when it was asked for, so its reader is at fault, not it gone. */
export const noMatch: Read<never> = fault("its teams", "no match between two teams, where one was asked for")

/** Rows as read one by one; `undefined` marks one that is no match between two teams. */
export const pageOf = (
  fetched: Fetched,
  rows: readonly Read<ListedEvent | undefined>[]
): Effect.Effect<DiscoveredPage, Unreadable> => {
  const faults = rows.flatMap((row) => (Result.isFailure(row) ? [row.failure] : []))
  const events = rows.flatMap((row) => (Result.isSuccess(row) && row.success !== undefined ? [row.success] : []))
  const [first] = faults
  if (first === undefined) return Effect.succeed({ events, failures: [] })
  const error = unreadableBody(fetched, first)
  return events.length === 0
    ? Effect.fail(error)
    : Effect.succeed({ events, failures: [{ what: `${faults.length} of ${rows.length} rows`, error }] })
}

export const failedPage = (what: string, error: FetchError): DiscoveredPage => ({
  events: [],
  failures: [{ what, error }]
})

/**
 * The snapshot of a whole event, provided that the payload speaks of the event that was asked for and could be read:
 * what nobody can name, or offers nothing at a price, would else pass for an answer.
 */
export const snapshotOf = (
  fetched: Fetched,
  target: Target,
  listed: ListedEvent,
  drafted: Drafted,
  publishedAt: number | undefined,
  runId: string | undefined
): Effect.Effect<Snapshot, Unreadable> => {
  const told = { listed, drafted, publishedAt }
  const fault = faultOf(target, told)
  return fault !== undefined
    ? Effect.fail(unreadableBody(fetched, fault))
    : Effect.succeed(observed(fetched, target, told, "FULL", runId))
}

/** What a payload says of one event. */
export interface Told {
  readonly listed: ListedEvent
  readonly drafted: Drafted
  readonly publishedAt: number | undefined
}

/** The snapshot of what was told, of whatever scope. */
export const observed = (
  fetched: Fetched,
  target: Target,
  { drafted, listed, publishedAt }: Told,
  scope: Scope,
  runId: string | undefined
): Snapshot => {
  const { unkeyed, ...read } = drafted
  return {
    ...read,
    ...driftOf(fetched, drafted),
    unkeyedReject: unkeyed > 0,
    eventId: target.eventId,
    bookmakerId: fetched.asked.bookmakerId,
    phase: "PREMATCH",
    listed,
    requestedAt: fetched.requestedAt,
    observedAt: fetched.observedAt,
    publishedAt,
    scope,
    runId
  }
}

const driftOf = ({ asked, text }: Fetched, { board, rejected, unkeyed }: Drafted): Pick<Snapshot, "drift"> => {
  const whole = rejected.size === 0 && unkeyed === 0 && !board.states.includes(UNREADABLE)
  if (whole) return {}
  const [first = unkeyed > 0 ? "a market without a name" : "a price"] = rejected
  return { drift: { path: first, sample: unreadable(asked, text, first, "").sample } }
}

/** Why it is not to be believed of the event that was asked for. */
export const faultOf = (target: Target, { drafted, listed }: Told): Fault | undefined =>
  mistaken(target, listed) ?? unread(drafted)

const mistaken = (target: Target, { eventId }: ListedEvent): Fault | undefined =>
  eventId === target.eventId
    ? undefined
    : { path: "Sportradar id", problem: `${eventId ?? "none"} came where ${target.eventId} was asked for` }

const unread = ({ board, rejected, unkeyed }: Drafted): Fault | undefined => {
  const known = rejected.size + board.shape.slots.length
  if (unkeyed > MOST_UNREAD * (unkeyed + known))
    return { path: "its markets", problem: `${unkeyed} that cannot be named beside ${known} that can` }
  return isMangled({ board, rejected }) && !board.states.includes(OPEN)
    ? {
        path: "its prices",
        problem: `none of ${board.states.length} is open, and ${rejected.size} markets were rejected`
      }
    : undefined
}

export const unreadableBody = ({ asked, text }: Fetched, { path, problem }: Fault): Unreadable =>
  unreadable(asked, text, path, problem)
