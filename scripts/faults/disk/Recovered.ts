/**
 * What a gap changes for the judges of a house: which of their demands cannot be made of the time without a disk, and
 * what takes their place.
 *
 * A change shown then has no row of its own; the listing is told again, whole, once the disk is back. So servings are
 * followed one by one up to the full disk, and after it the ends are compared.
 */
import { lostOf } from "../../../test/support/follower.ts"
import type { Follower } from "../../../test/support/follower.ts"
import { judge } from "../../../test/support/oracle.ts"
import type { Account } from "../../../test/support/oracle.ts"
import type { Stored, StoredRow } from "../../../test/support/stored.ts"
import type { Judgement } from "../house/Judge.ts"

export interface Outage {
  /** When the disk was filled, and when everything was told again. */
  readonly from: number
  readonly to: number
  /** The last number of the gap. */
  readonly gapTo: number
}

export const allowing = (judgement: Judgement, followers: readonly Follower[], outage: Outage): Judgement => {
  const accounts = judgement.accounts.map(beforeOutage(outage))
  const verdict = judge(accounts, [outage.from])
  const inOutage = (at: number): boolean => at >= outage.from - IN_FLIGHT_MS && at <= outage.to
  const recovered = new Set(judgement.rows.filter((row) => isRecovery(row, outage)).map(({ seq }) => String(seq)))
  return {
    ...judgement,
    accounts,
    lost: followers.flatMap(({ seen }) =>
      lostOf(
        seen.filter(({ changedAt }) => !inOutage(changedAt)),
        judgement.rows
      )
    ),
    verdict: { ...verdict, faults: [...verdict.faults, ...judgement.accounts.flatMap(endFaults)] },
    agreed: {
      ...judgement.agreed,
      faults: judgement.agreed.faults.filter(
        (fault) =>
          !recovered.has(/ has a row at (\d+) that repeats /.exec(fault)?.[1] ?? "") && !cameBack(fault, inOutage)
      )
    }
  }
}

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

const isRecovery = ({ at, seq }: StoredRow, { gapTo, to }: Outage): boolean => seq > gapTo && at <= to

/** It moved and came back without a disk: what is stored has its prices, and the time of the change before. */
const cameBack = (fault: string, inOutage: (at: number) => boolean): boolean => {
  const [, stored = "", served = "", changedAt = ""] =
    / is stored as (.*) at \S+ and served as (.*) at (\S+)$/.exec(fault) ?? []
  return stored !== "" && withoutPrevious(stored) === withoutPrevious(served) && inOutage(Date.parse(changedAt))
}

/** `home:1850:1900:CONFIRMED` is its outcome, the price before, the price and the state. */
const withoutPrevious = (prices: string): string => prices.replaceAll(/(\w):\d+:(\d+):/g, "$1:$2:")

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
