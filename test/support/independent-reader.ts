/**
 * A second, small reading of the three wire formats, written from `WIRE.md` and `market-map.json` alone.
 *
 * It imports nothing from `src`, so a misreading would have to be made twice to pass. Where the map lists outcome
 * tokens it uses them; elsewhere it reads what a token or label says in words, SportyBet's labels included.
 */

/** Market key → outcome key → decimal price, or `suspended`. */
export type Odds = ReadonlyMap<string, ReadonlyMap<string, number | "suspended">>

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

export interface Reader {
  readonly betpawa: (payload: string) => Odds
  readonly sportybet: (payload: string) => Odds
  readonly bet9ja: (payload: string) => Odds
}

export const makeReader = (map: string): Reader => {
  const rows: readonly MapRow[] = JSON.parse(map)
  return { betpawa: betpawa(rows), sportybet: sportybet(rows), bet9ja: bet9ja(rows) }
}

const LINED = ["total", "hcp", "hcp h:a", "goalnr"]
const hasLine = (row: MapRow): boolean => LINED.includes(row.sportybetSpecifier ?? "")

// §5: what BetPawa calls team corners and bookings are ranges, and what the others call so are lines.
const RANGES = ["home_corners_ft", "away_corners_ft", "home_bookings_ft", "away_bookings_ft"]

const betpawa =
  (rows: readonly MapRow[]) =>
  (payload: string): Odds => {
    const odds = new Collected()
    const event: {
      markets: { marketType: { id: string }; row: { handicap?: number | null; prices: BetPawaPrice[] }[] }[]
    } = JSON.parse(payload)
    for (const market of event.markets) {
      const row = rows.find(({ betpawa: id }) => id === market.marketType.id)
      if (row === undefined) continue
      for (const { handicap, prices } of market.row) {
        const line = hasLine(row) && !RANGES.includes(row.canonical) ? (handicap ?? NaN) / 4 : undefined
        for (const price of prices) {
          const outcome =
            row.outcomes?.find(({ betpawaName }) => betpawaName === price.name)?.key ??
            inWords(row.canonical, price.name)
          odds.put(
            row.canonical,
            line,
            outcome,
            price.suspended === true ? "suspended" : (price.odds ?? price.price ?? NaN)
          )
        }
      }
    }
    return odds.all
  }

interface BetPawaPrice {
  readonly name: string
  readonly odds?: number
  readonly price?: number
  readonly suspended?: boolean
}

const sportybet =
  (rows: readonly MapRow[]) =>
  (payload: string): Odds => {
    const odds = new Collected()
    const { data: event }: { data: SportyBetEvent } = JSON.parse(payload)
    for (const market of event.markets) {
      const specifier = market.specifier ?? ""
      const value = specifier.slice(specifier.indexOf("=") + 1)
      const row = rows.find((one) => one.sportybet === market.id && fits(one, specifier, value))
      if (row === undefined) continue
      const [home, away] = value.split(":").map(Number)
      const line = !hasLine(row)
        ? undefined
        : row.sportybetSpecifier === "hcp h:a"
          ? (home ?? NaN) - (away ?? NaN)
          : Number(value)
      for (const { id, desc, odds: price, isActive } of market.outcomes) {
        const label = desc.replaceAll(event.homeTeamName, "Home").replaceAll(event.awayTeamName, "Away")
        const outcome =
          row.outcomes?.find(({ sportybetOutcomeId }) => sportybetOutcomeId === id)?.key ??
          inWords(row.canonical, label)
        const open = market.status === 0 && isActive === 1 && !market.banned
        odds.put(row.canonical, line, outcome, open ? Number(price) : "suspended")
      }
    }
    return odds.all
  }

interface SportyBetEvent {
  readonly homeTeamName: string
  readonly awayTeamName: string
  readonly markets: readonly {
    readonly id: string
    readonly specifier?: string
    readonly status: number
    readonly banned: boolean
    readonly outcomes: readonly {
      readonly id: string
      readonly desc: string
      readonly odds: string
      readonly isActive: number
    }[]
  }[]
}

/** Whether a row of the map is meant: a fixed specifier in full, and of market 18 the halves apart from the rest. */
const fits = (row: MapRow, specifier: string, value: string): boolean => {
  const wanted = row.sportybetSpecifier ?? ""
  if (wanted.includes("=")) return wanted === specifier
  if (row.canonical === "over_under_ft") return value.endsWith(".5")
  return row.canonical !== "asian_over_under_ft" || !value.endsWith(".5")
}

const bet9ja =
  (rows: readonly MapRow[]) =>
  (payload: string): Odds => {
    const odds = new Collected()
    const { D: event }: { D: { O: Readonly<Record<string, string | { readonly v: number }>> } } = JSON.parse(payload)
    for (const [key, value] of Object.entries(event.O)) {
      const [, prefix, market, at, suffix = ""] = /^([A-Z]+)_([^_@]+)(?:@([^_]+))?_(.+)$/.exec(key) ?? []
      // §5, row 49: one line of this market has a key of its own.
      const id = `${prefix}_${market}`.replace("S_GGNGOUN", "S_GGNGOU")
      for (const row of rows.filter((one) => one.bet9ja === id)) {
        const listed = row.outcomes?.find(({ bet9jaSuffix }) => bet9jaSuffix === suffix)?.key
        const outcome = listed ?? (row.outcomes === null ? inWords(row.canonical, suffix) : undefined)
        // §5, row 15: the first team to score is goal number 1.
        const line = row.canonical === "next_goal" ? 1 : hasLine(row) ? Number(at) : undefined
        const price = Number(typeof value === "object" ? value.v : value)
        odds.put(row.canonical, line, outcome, price > 1 ? price : "suspended")
      }
    }
    return odds.all
  }

class Collected {
  readonly all = new Map<string, Map<string, number | "suspended">>()
  put(canonical: string, line: number | undefined, outcome: string | undefined, price: number | "suspended"): void {
    if (outcome === undefined) return
    const key = line === undefined ? canonical : `${canonical}@${line}`
    const market = this.all.get(key) ?? new Map<string, number | "suspended">()
    this.all.set(key, market.set(outcome, price))
  }
}

/** What a token or label says, for the types whose outcomes the map only describes in its notes. */
const inWords = (canonical: string, token: string): string | undefined => {
  if (canonical.startsWith("correct_score")) return /^ot/i.test(token) ? "other" : token.replace(":", "-")
  if (canonical === "htft_correct_score") return token.replaceAll(":", "-").replace(" ", "/")
  if (canonical === "multiscores_ft") return multiscore(token)
  if (canonical.includes("multigoals")) return multigoals(token)
  if (canonical === "winning_margin_ft") return margin(token)
  if (canonical === "corners_range_ft")
    return token.replace("LT7Corner", "0-6").replace("20PCorner", "20+").replace("Corner", "")
  if (/^(home|away)_(corners|bookings)/.test(canonical))
    return /^\d/.test(token) ? token : total(token.replace(/^[HA]C/, ""))
  if (canonical === "btts_1h_2h")
    return token
      .split(/\/|AND/)
      .map(answer)
      .join("_")
  if (canonical === "over_under_btts_ft")
    return /^(GG|NG)/.test(token) ? `${total(token.slice(2))}_${answer(token.slice(0, 2))}` : both(token, total, answer)
  if (canonical.endsWith("_no_bet_ft")) return result(token)
  if (canonical === "htft_over_under") {
    const [half = "", full = "", goals = ""] = split(
      token,
      /^(Home|draw|Away|[1X2])\/(Home|draw|Away|[1X2])(?: & | and )?(.+)$/i
    )
    return `${result(half)}_${result(full)}_${total(goals)}`
  }
  if (canonical.startsWith("1x2_over_under")) return both(token.replace(/([OU])[12]T$/, "$1"), result, total)
  if (canonical.startsWith("1x2_btts")) return both(token.replace(/^(.)(?:2?HT)?AND/, "$1"), result, answer)
  if (canonical.startsWith("double_chance_over_under")) return both(token, chance, total)
  if (canonical.startsWith("double_chance_btts")) return both(token.replace(/(GG|NG)(?:HT|2T)$/, "$1"), chance, answer)
  return token
}

const split = (token: string, pattern: RegExp): readonly string[] => (pattern.exec(token) ?? []).slice(1)

const both = (token: string, first: (text: string) => string, second: (text: string) => string): string => {
  const [a = "", b = ""] = /^(.+?)(?: - | & )(.+)$/.test(token)
    ? split(token, /^(.+?)(?: - | & )(.+)$/)
    : split(token, /^(1X|12|X2|[1X2])(.+)$/)
  return `${first(a)}_${second(b)}`
}

const result = (text: string): string =>
  ({ "1": "home", x: "draw", "2": "away" })[text.toLowerCase()] ?? text.toLowerCase()

const chance = (text: string): string =>
  ({ "1X": "home_draw", "12": "home_away", X2: "draw_away" })[text] ?? text.toLowerCase().replace("/", "_")

const total = (text: string): string => (/^o/i.test(text) ? "over" : "under")
const answer = (text: string): string => (/^(y|gg)/i.test(text) ? "yes" : "no")

const multigoals = (token: string): string => {
  const plain = token.replace(/^(HO|AW)/, "")
  return /^no goal$/i.test(plain) ? "none" : plain.replace(/^(\d)(\d)$/, "$1-$2")
}

const multiscore = (label: string): string => {
  if (/^other home/i.test(label)) return "home_other"
  if (/^other away/i.test(label)) return "away_other"
  return label === "Draw" ? "draw" : (label.match(/\d:\d/g) ?? []).join("/").replaceAll(":", "-")
}

const margin = (token: string): string => {
  if (/^(x|draw)$/i.test(token)) return "draw"
  const [side = "", goals = ""] = split(token, /^(Home by |Away by |HT|AT)(.+)$/)
  return `${side.startsWith("H") ? "home" : "away"}_by_${goals.replace(">2", "3+")}`
}
