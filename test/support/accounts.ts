/** A simulator's price journal beside the stored history, listing by listing: what the oracle judges. */
import assert from "node:assert/strict"
import type { Account } from "./oracle.ts"
import type { SimulatorProcess } from "./simulator.ts"
import type { StoredRow } from "./stored.ts"

/** Every listing that was served; `kickoffs` names every match that ever was listed. */
export const accountsOf = async (
  simulator: SimulatorProcess,
  kickoffs: ReadonlyMap<string, number>,
  rows: readonly StoredRow[]
): Promise<readonly Account[]> => {
  const stored = Map.groupBy(rows, ({ event, bookmaker }) => `${event}/${bookmaker}`)
  const accounts: Account[] = []
  for (const served of await simulator.listings()) {
    assert.strictEqual(served.forgotten, 0, "the simulator no longer knows all that it served")
    const listing = `${served.sportradarId}/${served.bookmaker}-ng`
    accounts.push({
      listing,
      kickoff: kickoffs.get(served.sportradarId) ?? assert.fail(`nobody knows when ${listing} kicks off`),
      servings: await simulator.served(served),
      rows: stored.get(listing) ?? []
    })
    stored.delete(listing)
  }
  assert.deepStrictEqual([...stored.keys()], [], "listings with a history that were never served")
  return accounts
}

export interface Span {
  readonly from: number
  readonly to: number
}

/**
 * Leaves only what was served last within each of these spans for certain; all else may be absent from the history. What
 * came before it in a span may have come too late and been asked for again.
 */
export const certainWithin = (spans: readonly Span[], accounts: readonly Account[]): readonly Account[] =>
  accounts.map((account) => {
    const last = new Set(
      spans.map(({ from, to }) => account.servings.findLast(({ at, part }) => part !== true && at >= from && at <= to))
    )
    return {
      ...account,
      servings: account.servings.map((serving) => ({ ...serving, whole: serving.whole && last.has(serving) }))
    }
  })
