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

/** `served` are the accounts as they are, of which the judgement holds only a part for certain. */
export const allowing = (
  judgement: Judgement,
  served: readonly Account[],
  followers: readonly Follower[],
  outage: Outage
): Judgement => {
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
    verdict: { ...verdict, faults: [...verdict.faults, ...served.flatMap(endFaults)] },
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

/**
 * In the end the history's last rows are what was served last, whatever has no row of its own. An outcome that is not
 * open then has its last open price, and while the journal waits for its disk snapshots are conflated: so that is one of
 * those at which it was served.
 */
const endFaults = ({ kickoff, listing, rows, servings }: Account): readonly string[] => {
  if (servings.some(({ at, closed }) => closed || at >= kickoff - IN_FLIGHT_MS)) return []
  // What came in lists last was taken from them, or it was not.
  const held = [endsOf(servings.filter(({ part }) => part !== true)), endsOf(servings)] as const
  const stored = new Map(rows.map(({ market, prices }) => [market, prices]))
  return [...stored].flatMap(([market, prices]) => {
    const texts = prices.split(" ")
    const agrees = held.some((each) => {
      const ends = each.get(market) ?? new Map<string, End>()
      return texts.length === ends.size && texts.every((text) => isEnd(ends, text))
    })
    const last = held[0].get(market) ?? new Map<string, End>()
    return agrees ? [] : [`${listing}: ${market} was last served as ${textOf(last)} and ends as ${prices}`]
  })
}

const endsOf = (servings: Account["servings"]): ReadonlyMap<string, ReadonlyMap<string, End>> => {
  const held = new Map<string, Map<string, End>>()
  for (const { prices } of servings) {
    const shown = new Set(prices.map(({ market, outcome }) => `${market} ${outcome}`))
    for (const [market, outcomes] of held) {
      for (const [outcome, end] of outcomes) if (!shown.has(`${market} ${outcome}`)) end.letter = "W"
    }
    for (const { market, milli, outcome, suspended } of prices) {
      if (market === null) continue
      const outcomes = held.get(market) ?? new Map<string, End>()
      held.set(market, outcomes)
      const open = outcomes.get(outcome)?.open ?? [0]
      outcomes.set(outcome, suspended ? { letter: "S", open } : { letter: "O", open: [...open, milli] })
    }
  }
  return held
}

interface End {
  letter: "O" | "S" | "W"
  /** Prices at which it was open, the last of them last. */
  readonly open: readonly number[]
}

const isEnd = (ends: ReadonlyMap<string, End>, text: string): boolean => {
  const [, outcome = "", milli, letter] = /^(.*):(\d+):(\w)$/.exec(text) ?? []
  const end = ends.get(outcome)
  if (end === undefined || end.letter !== letter) return false
  return letter === "O" ? end.open.at(-1) === Number(milli) : end.open.includes(Number(milli))
}

const textOf = (ends: ReadonlyMap<string, End>): string =>
  [...ends].map(([outcome, { letter, open }]) => `${outcome}:${open.at(-1)}:${letter}`).join(" ")
