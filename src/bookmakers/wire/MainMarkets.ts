/**
 * From a list that shows odds to partial snapshots: what all three bookmakers' lists have in common.
 *
 * Only types without a line are asked for. Whether a list shows every line that a detail has is told nowhere (of two
 * recorded pages of SportyBet one begins with two lines of over/under, the other with five), and one that it leaves out
 * would be taken for withdrawn.
 */
import { Effect, Result } from "effect"
import type { Snapshot } from "../../domain/Snapshot.ts"
import type { MainMarketsPage, Target } from "../Adapter.ts"
import type { Unreadable } from "../FetchError.ts"
import type { Fetched } from "../Http.ts"
import { faultOf, observed, unreadableBody } from "./Page.ts"
import type { Told } from "./Page.ts"
import type { Fault, Read } from "./Reading.ts"

export const MAIN_TYPES = ["1x2_ft", "double_chance_ft", "btts_ft", "draw_no_bet_ft"] as const

/** Pages of a list in order of kickoff, numbered from 0. */
export const pageByKickoff =
  (size: number) =>
  (place: number): string =>
    String(Math.floor(place / size))

/**
 * Partial snapshots of those targets that the rows speak of. A row without any of the markets gives none, because lists
 * come without markets at times; one that cannot be believed is told beside them, and a page of such rows is Unreadable.
 */
export const partsOf = (
  fetched: Fetched,
  rows: readonly Read<Told | undefined>[],
  targets: readonly Target[],
  types: ReadonlySet<string>,
  runId: string | undefined
): Effect.Effect<MainMarketsPage, Unreadable> => {
  const wanted = new Map(targets.map((target) => [target.bookmakerEventId, target]))
  const faults: Fault[] = []
  const snapshots: Snapshot[] = []
  for (const row of rows) {
    if (Result.isFailure(row)) faults.push(row.failure)
    const told = Result.getOrUndefined(row)
    const target = told === undefined ? undefined : wanted.get(told.listed.bookmakerEventId)
    if (told === undefined || target === undefined) continue
    const fault = faultOf(target, told)
    if (fault !== undefined) faults.push(fault)
    else if (told.drafted.board.shape.slots.length > 0) snapshots.push(observed(fetched, target, told, types, runId))
  }
  const [first] = faults
  if (first === undefined) return Effect.succeed({ snapshots, failures: [] })
  const error = unreadableBody(fetched, first)
  return faults.length === rows.length ? Effect.fail(error) : Effect.succeed({ snapshots, failures: [error] })
}
