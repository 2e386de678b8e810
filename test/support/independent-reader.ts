/**
 * A second, small reading of the three wire formats, written from `WIRE.md` and `market-map.json` alone.
 *
 * It imports nothing from `src`, so a misreading would have to be made twice to pass. Where the map lists outcome
 * tokens it uses them; elsewhere it reads what a token or label says in words, SportyBet's labels included.
 */
import { inWords } from "./market-words.ts"

/** Market key → outcome key → decimal price, or `suspended`. */
export type Odds = ReadonlyMap<string, ReadonlyMap<string, number | "suspended">>

/** The same with everything that is said of an outcome, since a damaged payload may contradict itself. */
export type Sayings = ReadonlyMap<string, ReadonlyMap<string, readonly (number | "suspended")[]>>

interface MapRow {
  readonly canonical: string
  readonly betpawa: string | null
  readonly sportybet: string | null
  readonly sportybetSpecifier: string | null
  readonly bet9ja: string | null
  readonly outcomes:
    | readonly {
        readonly key: string
        readonly betpawaName: string | null
        readonly sportybetOutcomeId: string | null
        readonly bet9jaSuffix: string | null
      }[]
    | null
}

export interface Reader<A> {
  readonly betpawa: (payload: string) => A
  readonly sportybet: (payload: string) => A
  readonly bet9ja: (payload: string) => A
}

/** Reads sound payloads: one price or suspension per outcome. */
export const makeReader = (map: string): Reader<Odds> => {
  const { betpawa, sportybet, bet9ja } = makeListener(map)
  const only = (sayings: Sayings): Odds =>
    new Map(
      [...sayings].map(([key, outcomes]) => [
        key,
        new Map([...outcomes].map(([outcome, said]) => [outcome, said.at(-1) ?? "suspended"]))
      ])
    )
  return {
    betpawa: (payload) => only(betpawa(payload)),
    sportybet: (payload) => only(sportybet(payload)),
    bet9ja: (payload) => only(bet9ja(payload))
  }
}

/**
 * Reads any JSON at all: what is not where it belongs, or is no plain decimal, is not said. What SportyBet's outcome ids
 * mean where the map is silent is learnt from the labels of sound payloads, so that an id counts without its label.
 */
export const makeListener = (map: string, soundOfSportybet: readonly string[] = []): Reader<Sayings> => {
  const rows: readonly MapRow[] = JSON.parse(map)
  const by = (name: "betpawa" | "sportybet" | "bet9ja") => Map.groupBy(rows, (row) => row[name] ?? "")
  const learnt = new Map(soundOfSportybet.flatMap((payload) => labelsIn(JSON.parse(payload))))
  return {
    betpawa: betpawa(by("betpawa")),
    sportybet: sportybet(by("sportybet"), learnt),
    bet9ja: bet9ja(by("bet9ja"))
  }
}

type Rows = ReadonlyMap<string, readonly MapRow[]>

const LINED = ["total", "hcp", "hcp h:a", "goalnr"]
const hasLine = (row: MapRow): boolean => LINED.includes(row.sportybetSpecifier ?? "")

// §5: what BetPawa calls team corners and bookings are ranges, and what the others call so are lines.
const RANGES = ["home_corners_ft", "away_corners_ft", "home_bookings_ft", "away_bookings_ft"]

const betpawa =
  (rows: Rows) =>
  (payload: string): Sayings => {
    const odds = new Collected()
    for (const market of members(at(JSON.parse(payload), "markets"))) {
      const [row] = rows.get(name(at(market, "marketType", "id"))) ?? []
      if (row === undefined) continue
      for (const wire of members(at(market, "row"))) {
        const line = hasLine(row) && !RANGES.includes(row.canonical) ? quarters(wire) / 4 : undefined
        for (const price of members(at(wire, "prices"))) {
          const token = text(at(price, "name"))
          const outcome =
            row.outcomes?.find(({ betpawaName }) => betpawaName === token)?.key ?? inWords(row.canonical, token)
          const suspended = at(price, "suspended") ?? false
          if (suspended === true) odds.put(row.canonical, line, outcome, "suspended")
          else if (suspended === false)
            odds.put(row.canonical, line, outcome, decimal(at(price, "odds") ?? at(price, "price")))
        }
      }
    }
    return odds.all
  }

/** §1.3: version 4 leaves out what is nought; its specifier has the line in goals. */
const quarters = (wire: unknown): number => {
  const handicap = at(wire, "handicap")
  if (handicap !== undefined && handicap !== null) return typeof handicap === "number" ? handicap : NaN
  return 4 * decimal(at(wire, "specifier", "hcp") ?? at(wire, "specifier", "total"))
}

const sportybet =
  (rows: Rows, learnt: ReadonlyMap<string, string>) =>
  (payload: string): Sayings => {
    const odds = new Collected()
    const event = at(JSON.parse(payload), "data")
    for (const market of members(at(event, "markets"))) {
      const specifier = name(at(market, "specifier"))
      const value = specifier.includes("=") ? specifier.slice(specifier.indexOf("=") + 1) : ""
      const row = rows.get(name(at(market, "id")))?.find((one) => fits(one, specifier, value))
      if (row === undefined) continue
      const [home, away] = value.split(":").map(decimal)
      const line = !hasLine(row)
        ? undefined
        : row.sportybetSpecifier === "hcp h:a"
          ? (home ?? NaN) - (away ?? NaN)
          : decimal(value)
      const onSale = at(market, "status") === 0 && !at(market, "banned") && !at(event, "banned")
      for (const wire of members(at(market, "outcomes"))) {
        const outcome =
          row.outcomes?.find(({ sportybetOutcomeId }) => sportybetOutcomeId === name(at(wire, "id")))?.key ??
          inWords(row.canonical, meantBy(event, market, wire, learnt))
        const price = at(wire, "odds")
        const open = onSale && at(wire, "isActive") === 1 && price !== "0.00"
        odds.put(row.canonical, line, outcome, open ? decimal(price) : "suspended")
      }
    }
    return odds.all
  }

/** Where a market's ids were learnt, a stranger among them is none of its outcomes, whatever its label says. */
const meantBy = (event: unknown, market: unknown, wire: unknown, learnt: ReadonlyMap<string, string>): string => {
  const known = learnt.has(name(at(market, "id")))
  return learnt.get(idsOf(market, wire)) ?? (known ? "" : labelOf(event, wire))
}

const labelsIn = (payload: unknown): readonly (readonly [ids: string, label: string])[] => {
  const event = at(payload, "data")
  return members(at(event, "markets")).flatMap((market) => [
    [name(at(market, "id")), "learnt"] as const,
    ...members(at(market, "outcomes")).map((wire) => [idsOf(market, wire), labelOf(event, wire)] as const)
  ])
}

const idsOf = (market: unknown, outcome: unknown): string => `${name(at(market, "id"))}/${name(at(outcome, "id"))}`

/** With "Home" and "Away" for the teams. */
const labelOf = (event: unknown, outcome: unknown): string => {
  const [home, away] = [name(at(event, "homeTeamName")), name(at(event, "awayTeamName"))]
  const label = name(at(outcome, "desc"))
  return home === "" || away === "" ? label : label.replaceAll(home, "Home").replaceAll(away, "Away")
}

/** Whether a row of the map is meant: a fixed specifier in full, else its name, and of market 18 the halves apart. */
const fits = (row: MapRow, specifier: string, value: string): boolean => {
  const wanted = row.sportybetSpecifier ?? ""
  if (wanted === "" || wanted.includes("=")) return wanted === specifier
  if (!specifier.startsWith(`${wanted.replace(" h:a", "")}=`)) return false
  const half = Math.abs(Number(value) % 1) === 0.5
  if (row.canonical === "over_under_ft") return half
  return row.canonical !== "asian_over_under_ft" || !half
}

// Rows 115 and 116 are named in Bet9ja's list of markets, but what their outcomes are called was never seen.
const UNSEEN_AT_BET9JA = ["home_bookings_ft", "away_bookings_ft"]

const bet9ja =
  (rows: Rows) =>
  (payload: string): Sayings => {
    const odds = new Collected()
    for (const [key, value] of entries(at(JSON.parse(payload), "D", "O"))) {
      const [, prefix, market, line = "", suffix = ""] = /^([A-Z]+)_([^_@]+)(?:@([^_]+))?_(.+)$/s.exec(key) ?? []
      // §5, row 49: one line of this market has a key of its own.
      const id = `${prefix}_${market}`.replace("S_GGNGOUN", "S_GGNGOU")
      for (const row of rows.get(id) ?? []) {
        if (UNSEEN_AT_BET9JA.includes(row.canonical)) continue
        const listed = row.outcomes?.find(({ bet9jaSuffix }) => bet9jaSuffix === suffix)?.key
        const outcome = listed ?? (row.outcomes === null ? inWords(row.canonical, suffix) : undefined)
        // §5, row 15: the first team to score is goal number 1.
        const goals = row.canonical === "next_goal" ? 1 : hasLine(row) ? decimal(line) : undefined
        const stated = typeof value === "object" ? at(value, "v") : value
        const price = decimal(stated)
        const withdrawn = stated === "-" || stated === "" || price <= 1
        odds.put(row.canonical, goals, outcome, withdrawn ? "suspended" : price)
      }
    }
    return odds.all
  }

const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (found, part) => (isObject(found) && Object.hasOwn(found, part) ? found[part] : undefined),
    value
  )

const entries = (value: unknown): readonly (readonly [string, unknown])[] =>
  isObject(value) ? Object.entries(value) : []

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const members = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const text = (value: unknown): string => (typeof value === "string" ? value : "")

/** A text, or a number that stands for one. */
const name = (value: unknown): string =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : ""

/** A number, or a text that is nothing but a decimal; NaN for all else, whatever JavaScript would make of it. */
const decimal = (value: unknown): number =>
  typeof value === "number" ? value : typeof value === "string" && /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : NaN

class Collected {
  readonly all = new Map<string, Map<string, (number | "suspended")[]>>()
  put(canonical: string, line: number | undefined, outcome: string | undefined, price: number | "suspended"): void {
    if (outcome === undefined) return
    const key = line === undefined ? canonical : `${canonical}@${line}`
    const market = this.all.get(key) ?? new Map<string, (number | "suspended")[]>()
    const said = market.get(outcome) ?? []
    this.all.set(key, market.set(outcome, said.includes(price) ? said : [...said, price]))
  }
}
