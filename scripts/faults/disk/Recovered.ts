/**
 * What a gap changes for the judges of a house: which of their demands cannot be made of the time without a disk, and
 * what takes their place.
 *
 * A change shown then has no row of its own; the listing is told again, whole, once the disk is back. So servings are
 * followed one by one up to the full disk, and after it the ends are compared.
 */
import { lostOf } from "../../../test/support/follower.ts"
import type { Follower, SeenOffer } from "../../../test/support/follower.ts"
import { judge } from "../../../test/support/oracle.ts"
import type { Account } from "../../../test/support/oracle.ts"
import type { Stored, StoredRow } from "../../../test/support/stored.ts"
import type { Judgement } from "../house/Judge.ts"
import type { Range } from "./Gaps.ts"

export interface Outage {
  /** When the disk was filled, and when everything was told again. */
  readonly from: number
  readonly to: number
  readonly gaps: readonly Range[]
}

export const allowing = (judgement: Judgement, followers: readonly Follower[], outage: Outage): Judgement => {
  const accounts = judgement.accounts.map(beforeOutage(outage))
  const verdict = judge(accounts, [outage.from])
  const across = acrossGap(judgement.rows, outage.gaps)
  const inOutage = ({ changedAt }: SeenOffer): boolean =>
    changedAt >= outage.from - IN_FLIGHT_MS && changedAt <= outage.to
  return {
    ...judgement,
    accounts,
    lost: followers.flatMap(({ seen }) => [
      ...lostOf(
        seen.filter((offer) => !inOutage(offer)),
        judgement.rows
      ),
      ...unheld(seen.filter(inOutage), judgement.rows, outage)
    ]),
    verdict: { ...verdict, faults: [...verdict.faults, ...judgement.accounts.flatMap(endFaults)] },
    agreed: {
      ...judgement.agreed,
      faults: judgement.agreed.faults.filter((fault) => !across.has(/^.* has a row at \d+ /.exec(fault)?.[0] ?? ""))
    }
  }
}

/**
 * Offers that changed without a disk and were shown as durable afterwards: no row has their time. Their prices have to be
 * the fold of the history where they were told, or what was told again after that.
 */
const unheld = (seen: readonly SeenOffer[], rows: readonly StoredRow[], { to }: Outage): readonly string[] => {
  const byMarket = Map.groupBy(rows, marketOf)
  return seen.flatMap(({ id, changedAt, prices, upTo }) => {
    const own = byMarket.get(id) ?? []
    const behind = own.findIndex(
      ({ epoch, seq }) => Number(epoch) > upTo.epoch || (Number(epoch) === upTo.epoch && seq > upTo.seq)
    )
    const told = behind === -1 ? own.length : behind
    const held = [own[told - 1], ...own.slice(told).filter(({ at }) => at <= to)]
    return held.some((row) => row?.prices.replaceAll(/:\w(?= |$)/g, "") === prices)
      ? []
      : [`${id} was shown as ${prices} changed at ${changedAt} and stands as ${held[0]?.prices ?? "nothing"}`]
  })
}

/** Rows with a gap between them and the row before: that one may tell the same, since what lay between is lost. */
const acrossGap = (rows: readonly StoredRow[], gaps: readonly Range[]): ReadonlySet<string> => {
  const last = new Map<string, number>()
  const across = new Set<string>()
  for (const row of rows) {
    const before = last.get(marketOf(row)) ?? 0
    if (gaps.some(({ from, to }) => before < from && row.seq > to))
      across.add(`${marketOf(row)} has a row at ${row.seq} `)
    last.set(marketOf(row), row.seq)
  }
  return across
}

const marketOf = ({ bookmaker, event, market }: StoredRow): string => `${event}/${bookmaker}/${market}`

/** Rows that tell nothing at all: the same prices with the same time of change as the row before. */
export const toldTwice = async (sql: Stored): Promise<number> => {
  const [found] = await sql<{ readonly twice: number }[]>`
    select count(*)::integer as twice from (
      select (layout_id, milli, previous, states, changed_at) is not distinct from (lag(layout_id) over w, lag(milli) over w,
        lag(previous) over w, lag(states) over w, lag(changed_at) over w) as same
      from market_history
      window w as (partition by event_id, bookmaker_id, phase, market, line order by epoch, seq, position)
    ) rows where same`
  return found?.twice ?? 0
}

const IN_FLIGHT_MS = 2_000

/** Up to the full disk every serving has its record, as always. */
const beforeOutage =
  ({ from }: Outage) =>
  (account: Account): Account => ({
    ...account,
    servings: account.servings.filter(({ at }) => at < from),
    rows: account.rows.filter(({ at }) => at < from)
  })

/** In the end the history's last rows are what was served last, whatever has no row of its own. */
const endFaults = ({ kickoff, listing, rows, servings }: Account): readonly string[] => {
  const held = new Map<string, Map<string, string>>()
  for (const { at, closed, prices, whole } of servings) {
    if (!whole || closed || at >= kickoff - IN_FLIGHT_MS) return []
    const now = Map.groupBy(prices, ({ market }) => market ?? "")
    for (const [market, outcomes] of held) {
      const shown = new Set(now.get(market)?.map(({ outcome }) => outcome))
      for (const [outcome, text] of outcomes) if (!shown.has(outcome)) outcomes.set(outcome, withLetter(text, "W"))
    }
    for (const { market, milli, outcome, suspended } of prices) {
      if (market === null) continue
      const outcomes = held.get(market) ?? new Map<string, string>()
      outcomes.set(outcome, suspended ? withLetter(outcomes.get(outcome) ?? "0:S", "S") : `${milli}:O`)
      held.set(market, outcomes)
    }
  }
  const stored = new Map(rows.map(({ market, prices }) => [market, prices]))
  return [...stored].flatMap(([market, prices]) => {
    const expected = pricesOf(held.get(market) ?? new Map())
    return expected === prices ? [] : [`${listing}: ${market} was last served as ${expected} and ends as ${prices}`]
  })
}

const withLetter = (text: string, letter: string): string => `${text.split(":")[0] ?? ""}:${letter}`

const pricesOf = (outcomes: ReadonlyMap<string, string>): string =>
  [...outcomes]
    .map(([outcome, text]) => `${outcome}:${text}`)
    .sort()
    .join(" ")
