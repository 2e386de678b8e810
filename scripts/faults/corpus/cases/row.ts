/**
 * What one faulty fetch has done, against its row: the event's facts, the listing, and how often it was tried. Pure.
 */
import type { Case, Row, Site } from "../Expected.ts"
import type { Sent } from "../house.ts"
import { changesOf } from "../judge.ts"
import type { Look } from "../judge.ts"

export const factsFaults = (each: Case, site: Site, before: Look, after: Look): readonly string[] => {
  const moved = before.facts?.kickoff !== after.facts?.kickoff
  const named = before.facts?.home === after.facts?.home && before.facts?.away === after.facts?.away
  return [
    ...(moved === each.moves.includes(site) ? [] : [`the kickoff ${moved ? "moves" : "stays"}`]),
    ...(named ? [] : [`the teams become ${after.facts?.home} and ${after.facts?.away}`])
  ]
}

export const cacheFaults = (each: Case, row: Row, site: Site, before: Look, after: Look): readonly string[] => {
  const [was, is] = [before.listings[site], after.listings[site]]
  const changed = changesOf(was, is)
  const confirmed = is.confirmedAt > was.confirmedAt
  const kept = row.cache === "KEPT" || row.cache === "PARKED" || row.cache === "WITHDRAWN_AFTER_3"
  const faults = kept === confirmed ? [`the listing is ${confirmed ? "" : "not "}confirmed`] : []
  if (!kept && is.state !== "CONFIRMED") faults.push(`the listing is ${is.state} ${is.reason}`)
  if (is.unmapped > was.unmapped !== each.unmapped) faults.push(`${is.unmapped - was.unmapped} more are unmapped`)
  if (row.cache === "FEW_UNREADABLE") {
    const bad = changed.filter((change) => change.endsWith(" UNREADABLE"))
    const few = bad.length > 0 && bad.length === changed.length && bad.length < is.outcomes.size / 5
    return few ? faults : [...faults, `${bad.length} of ${is.outcomes.size} are unreadable, ${changed.length} changed`]
  }
  const must = typeof row.cache === "string" ? [] : row.cache
  const wrong = [
    ...changed.filter((change) => !must.includes(change)).map((change) => `${change} must not be`),
    // A price that a fault happens to leave as it was is no change.
    ...must
      .filter((change) => !changed.includes(change) && !stands(change, is.outcomes))
      .map((change) => `${change} is missing`)
  ]
  return [...faults, ...wrong.slice(0, 4)]
}

const stands = (change: string, outcomes: ReadonlyMap<string, string>): boolean => {
  const at = change.lastIndexOf(" OPEN ")
  return at !== -1 && outcomes.get(change.slice(0, at)) === change.slice(at + 1)
}

/** When the same request was sent again, if it was. */
export const attemptFaults = ({ next }: Row, tried: readonly Sent[]): readonly string[] => {
  const pauses = tried.slice(1).map(({ at }, i) => at - (tried[i]?.endedAt ?? at))
  if (tried.length === 0) return ["no request was sent"]
  if (next === "ONCE" || (typeof next === "number" && next > 30_000))
    return tried.length === 1 ? [] : [`sent ${tried.length} times, must be once`]
  if (next === "BACKOFF") {
    const wrong = pauses.filter((pause, i) => pause < 500 * 2 ** i || pause > 30_000)
    return pauses.length > 0 && wrong.length === 0 ? [] : [`sent again after ${pauses.join(", ") || "nothing"} ms`]
  }
  if (next === "ANY") return []
  const wrong = pauses.filter((pause) => pause < next || pause > next + 3_000)
  return pauses.length > 0 && wrong.length === 0 ? [] : [`sent again after ${pauses.join(", ")} ms, must be ${next}`]
}
