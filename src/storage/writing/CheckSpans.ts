/**
 * Confirmations → spans in which a listing was looked at without a break: outside of them nobody looked.
 *
 * Only a confirmation is a check. A change is none: what changed may have come in a snapshot that was too strange to
 * be believed, and a believed one is confirmed as well. A look at some markets says nothing of the others, so it has
 * spans of its own.
 */
import { overdueAt } from "../../domain/Freshness.ts"
import type { CadenceTier } from "../../domain/Freshness.ts"
import type { Confirmation, ConfirmedRecord } from "../../domain/Record.ts"
import type { CheckRow } from "./Rows.ts"

/** In order of the records. */
export const checkSpans = (records: readonly ConfirmedRecord[], tiers: readonly CadenceTier[]): readonly CheckRow[] => {
  const open = new Map<string, Span>()
  const done: CheckRow[] = []
  for (const { bookmakerId, listings } of records) {
    for (const listing of listings) {
      const { event, observedAt, phase, scope } = listing
      const markets = scope === "FULL" ? WHOLE : [...scope].sort()
      const key = `${event.id}/${bookmakerId}/${phase}/${markets.join()}`
      const span = open.get(key)
      if (span !== undefined && observedAt <= span.last) continue
      if (span !== undefined && observedAt <= overdueAt(tiers, event.kickoff, span.last)) {
        span.row.times.push(observedAt)
        span.last = observedAt
        continue
      }
      if (span !== undefined) done.push(span.row)
      open.set(key, { last: observedAt, row: begin(listing, bookmakerId, markets, tiers) })
    }
  }
  for (const { row } of open.values()) done.push(row)
  return done
}

interface Span {
  last: number
  readonly row: CheckRow & { readonly times: number[] }
}

const WHOLE: readonly string[] = []

const begin = (
  { event, observedAt, phase }: Confirmation,
  bookmakerId: string,
  markets: readonly string[],
  tiers: readonly CadenceTier[]
) => ({
  event_id: event.id,
  bookmaker_id: bookmakerId,
  phase,
  markets,
  times: [observedAt],
  reach: overdueAt(tiers, event.kickoff, observedAt) - observedAt
})
