/**
 * Stored history against what a simulator served, both ways: every served change is one row in its place, every row
 * is a served change. Written from DESIGN §4 alone; it shares no code with the house.
 *
 * A serving whose fetch a kill may have cut off is *doubtful*: it may be absent, and then the next one must tell the
 * difference. Everything else must be there.
 */
import type { Serving } from "./simulator.ts"
import { pricesText } from "./stored.ts"
import type { StoredRow } from "./stored.ts"

export interface Account {
  /** `60000012/bet9ja-ng`. */
  readonly listing: string
  readonly kickoff: number
  readonly servings: readonly Serving[]
  /** In the journal's order. */
  readonly rows: readonly StoredRow[]
}

export interface Verdict {
  /** One sentence per listing that does not agree. */
  readonly faults: readonly string[]
  readonly servings: number
  readonly rows: number
  /** Doubtful servings that changed something and are not in the history. */
  readonly cutOff: number
  /** Market types that only one side has a name for, `bet9ja-ng corners_ft`: not compared. */
  readonly leftOut: readonly string[]
}

/**
 * `kills`: when the house was killed, on the clock that it shares with the simulator. `inFlightMs`: how long before one
 * a serving can have been and still not be committed.
 */
export const judge = (
  accounts: readonly Account[],
  kills: readonly number[],
  inFlightMs: number = IN_FLIGHT_MS
): Verdict => {
  const leftOut = oneSided(accounts)
  const faults: string[] = []
  let servings = 0
  let rows = 0
  let cutOff = 0
  for (const account of accounts) {
    const bookmaker = bookmakerOf(account)
    const named = (market: string): boolean => !leftOut.has(`${bookmaker} ${typeOf(market)}`)
    const steps = account.servings.flatMap((serving): Step[] => {
      if (serving.closed || serving.at >= account.kickoff) return []
      const { part = false } = serving
      const mayBeAbsent =
        part || !serving.whole || serving.at >= account.kickoff - inFlightMs || cutBy(kills, serving.at, inFlightMs)
      return [{ at: serving.at, part, mayBeAbsent, shown: shownIn(serving, named) }]
    })
    const records = recordsOf(account.rows.filter(({ market }) => named(market)))
    const end = follow({ steps, records }, 0, new Map(), 0, false)
    if (end.fault !== undefined) faults.push(`${account.listing}: ${end.fault}`)
    servings += steps.filter(({ part }) => !part).length
    rows += records.reduce((sum, { markets }) => sum + markets.size, 0)
    cutOff += end.cutOff
  }
  return { faults, servings, rows, cutOff, leftOut: [...leftOut].sort() }
}

/** From the last byte of a body to its commit in the journal, with much to spare on a busy machine. */
const IN_FLIGHT_MS = 2_000
/** What a dead process had asked for is still handed to its socket. */
const STRAGGLERS_MS = 1_000

const cutBy = (kills: readonly number[], at: number, inFlightMs: number): boolean =>
  kills.some((kill) => at > kill - inFlightMs && at <= kill + STRAGGLERS_MS)

/** Prices by market, then outcome; `undefined` = suspended. */
type Shown = ReadonlyMap<string, ReadonlyMap<string, number | undefined>>

interface Step {
  readonly at: number
  /** In a list: the house takes from it the markets that it asked for, or none. */
  readonly part: boolean
  readonly mayBeAbsent: boolean
  readonly shown: Shown
}

/** What one record of the journal says: prices by market. */
interface StoredRecord {
  readonly at: number
  readonly markets: ReadonlyMap<string, string>
}

/** What the house must hold: by market, then outcome. */
type Held = ReadonlyMap<string, ReadonlyMap<string, Holding>>

interface Holding {
  /** The last open price; 0 = none. */
  readonly milli: number
  readonly letter: "O" | "S" | "W"
}

interface End {
  readonly fault: string | undefined
  readonly cutOff: number
}

interface Story {
  readonly steps: readonly Step[]
  readonly records: readonly StoredRecord[]
}

/** Walks the servings along the records; at a doubtful one it tries both. */
const follow = ({ steps, records }: Story, from: number, before: Held, told: number, suspectedBefore: boolean): End => {
  let held = before
  let next = told
  let suspected = suspectedBefore
  for (let i = from; i < steps.length; i++) {
    const step = steps[i]
    if (step === undefined) continue
    // DESIGN §4: fewer than half of the last one's markets withdraw nothing until they are seen twice; a list says
    // nothing of that.
    const suspicious = !step.part && !suspected && step.shown.size * 2 < offered(held)
    const suspectedNext = step.part ? suspected : suspicious
    const all = see(held, step.shown, suspicious ? "KEPT" : "WITHDRAWN")
    const shown = changesOf(held, all)
    const expected = step.part ? toldOf(shown, records[next]) : shown
    const after = step.part ? new Map([...held, ...[...all].filter(([market]) => expected.has(market))]) : all
    if (expected.size === 0) {
      suspected = suspectedNext
      continue
    }
    const fault = differenceOf(step.at, expected, records[next])
    if (step.mayBeAbsent) {
      const taken =
        fault === undefined ? follow({ steps, records }, i + 1, after, next + 1, suspectedNext) : { fault, cutOff: 0 }
      if (taken.fault === undefined) return taken
      const absent = follow({ steps, records }, i + 1, held, next, suspected)
      return absent.fault === undefined ? { ...absent, cutOff: absent.cutOff + (step.part ? 0 : 1) } : taken
    }
    if (fault !== undefined) return { fault: `serving ${i + 1} of ${steps.length}: ${fault}`, cutOff: 0 }
    held = after
    suspected = suspectedNext
    next++
  }
  const rest = records.length - next
  return { fault: rest === 0 ? undefined : `${rest} records tell what was never served`, cutOff: 0 }
}

/** How many markets are not withdrawn. */
const offered = (held: Held): number =>
  [...held.values()].filter((outcomes) => [...outcomes.values()].some(({ letter }) => letter !== "W")).length

const see = (held: Held, shown: Shown, absent: "KEPT" | "WITHDRAWN"): Held => {
  const after = new Map<string, ReadonlyMap<string, Holding>>()
  for (const market of new Set([...held.keys(), ...shown.keys()])) {
    const before = held.get(market)
    const now = shown.get(market)
    const outcomes = new Set([...(before?.keys() ?? []), ...(now?.keys() ?? [])])
    after.set(
      market,
      new Map([...outcomes].map((outcome) => [outcome, holding(before?.get(outcome), now, outcome, absent)]))
    )
  }
  return after
}

const holding = (
  before: Holding | undefined,
  now: ReadonlyMap<string, number | undefined> | undefined,
  outcome: string,
  absent: "KEPT" | "WITHDRAWN"
): Holding => {
  const last = before?.milli ?? 0
  if (now?.has(outcome) !== true)
    return absent === "KEPT" && before !== undefined ? before : { milli: last, letter: "W" }
  const price = now.get(outcome)
  return price === undefined ? { milli: last, letter: "S" } : { milli: price, letter: "O" }
}

const changesOf = (before: Held, after: Held): ReadonlyMap<string, string> => {
  const changes = new Map<string, string>()
  for (const [market, outcomes] of after) {
    const now = textOf(outcomes)
    if (now !== textOf(before.get(market))) changes.set(market, now)
  }
  return changes
}

/** Those of the changes that the record tells. */
const toldOf = (changes: ReadonlyMap<string, string>, record: StoredRecord | undefined): ReadonlyMap<string, string> =>
  new Map([...changes].filter(([market]) => record?.markets.has(market)))

const textOf = (outcomes: ReadonlyMap<string, Holding> = new Map()): string =>
  pricesText([...outcomes].map(([outcome, { milli, letter }]) => [outcome, milli, letter]))

const differenceOf = (
  at: number,
  expected: ReadonlyMap<string, string>,
  record: StoredRecord | undefined
): string | undefined => {
  if (record === undefined) return `${expected.size} changed markets are not in the history (${first(expected)})`
  if (record.at < at) return `the history tells ${record.markets.size} markets before they were served`
  for (const [market, prices] of expected) {
    const stored = record.markets.get(market)
    if (stored === undefined) return `${market} changed to ${prices} and has no row`
    if (stored !== prices) return `${market} was served as ${prices} and is stored as ${stored}`
  }
  for (const [market, prices] of record.markets) {
    if (!expected.has(market)) return `${market} has a row (${prices}) and did not change`
  }
  return undefined
}

const first = (markets: ReadonlyMap<string, string>): string => [...markets].slice(0, 1).flat().join(" ")

const recordsOf = (rows: readonly StoredRow[]): readonly StoredRecord[] => {
  const records = new Map<string, { readonly at: number; readonly markets: Map<string, string> }>()
  for (const { epoch, seq, at, market, prices } of rows) {
    const key = `${epoch}/${seq}`
    const record = records.get(key) ?? { at, markets: new Map() }
    // A market told twice in one record is no record of ours: what stands there is no price.
    record.markets.set(market, record.markets.has(market) ? "told twice" : prices)
    records.set(key, record)
  }
  return [...records.values()]
}

const shownIn = ({ prices }: Serving, named: (market: string) => boolean): Shown => {
  const shown = new Map<string, Map<string, number | undefined>>()
  for (const { market, outcome, milli, suspended } of prices) {
    if (market === null || !named(market)) continue
    const outcomes = shown.get(market) ?? new Map<string, number | undefined>()
    outcomes.set(outcome, suspended ? undefined : milli)
    shown.set(market, outcomes)
  }
  return shown
}

const oneSided = (accounts: readonly Account[]): ReadonlySet<string> => {
  const served = new Set<string>()
  const stored = new Set<string>()
  for (const account of accounts) {
    const bookmaker = bookmakerOf(account)
    for (const { prices } of account.servings) {
      for (const { market } of prices) if (market !== null) served.add(`${bookmaker} ${typeOf(market)}`)
    }
    for (const { market } of account.rows) stored.add(`${bookmaker} ${typeOf(market)}`)
  }
  return new Set([...served, ...stored].filter((type) => !(served.has(type) && stored.has(type))))
}

const bookmakerOf = ({ listing }: Account): string => listing.split("/")[1] ?? ""
const typeOf = (market: string): string => market.split("@")[0] ?? market
