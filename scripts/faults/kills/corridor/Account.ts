/**
 * What a feed has observed, as it has written it down itself: one line before each snapshot, and one for each batch
 * that the house has called durable.
 *
 * A snapshot of a batch that was never settled may be absent from the history, and is then no loss.
 */
import { readFileSync } from "node:fs"
import type { Account } from "../../../../test/support/oracle.ts"
import type { ServedPrice } from "../../../../test/support/simulator.ts"
import type { StoredRow } from "../../../../test/support/stored.ts"

export type Line =
  | {
      readonly batch: string
      readonly at: number
      readonly listing: string
      readonly prices: readonly ServedPrice[]
    }
  | { readonly settled: string }

/** Prices as short as a line of hundreds a second should be. */
export const lineOf = (line: Line): string =>
  "settled" in line
    ? `${JSON.stringify([line.settled])}\n`
    : `${JSON.stringify([
        line.batch,
        line.at,
        line.listing,
        line.prices.map(({ market, outcome, milli, suspended }) => [market, outcome, milli, suspended ? 1 : 0])
      ])}\n`

/** The account beside the history, listing by listing. */
export const accountsIn = (file: string, kickoff: number, rows: readonly StoredRow[]): readonly Account[] => {
  const lines = readFileSync(file, "utf8").split("\n").flatMap(readLine)
  const settled = new Set(lines.flatMap((line) => ("settled" in line ? [line.settled] : [])))
  const fed = Map.groupBy(
    lines.flatMap((line) => ("settled" in line ? [] : [line])),
    ({ listing }) => listing
  )
  const stored = Map.groupBy(rows, ({ event, bookmaker }) => `${event}/${bookmaker}`)
  return [...new Set([...fed.keys(), ...stored.keys()])].map((listing) => ({
    listing,
    kickoff,
    servings: (fed.get(listing) ?? []).map(({ at, batch, prices }) => ({
      at,
      prices,
      closed: false,
      whole: settled.has(batch)
    })),
    rows: stored.get(listing) ?? []
  }))
}

/** Nothing for a line that a kill has cut: what stands in it was told to nobody yet. */
const readLine = (text: string): readonly Line[] => {
  if (!text.endsWith("]")) return []
  const [first, at, listing, prices]: readonly [string, number, string, readonly [string, string, number, number][]] =
    JSON.parse(text)
  if (at === undefined) return [{ settled: first }]
  return [
    {
      batch: first,
      at,
      listing,
      prices: prices.map(([market, outcome, milli, suspended]) => ({
        market,
        outcome,
        milli,
        suspended: suspended === 1
      }))
    }
  ]
}
