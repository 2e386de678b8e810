/** Where faults find things in BetPawa's payloads. */
import { membersOf, SIDES, within } from "../faults/Format.ts"
import type { Dictionary, Format, Side } from "../faults/Format.ts"

const RESULT = "3743"
const TOTAL = "5000"
const TOKENS = { home: "1", draw: "X", away: "2", unknown: "Z" }

const marketOf = (root: unknown, id: string): Dictionary =>
  membersOf(within(root)["markets"]).find((market) => within(market, "marketType")["id"] === id) ?? {}

const rowsOf = (market: Dictionary): readonly Dictionary[] => membersOf(market["row"])

const pricesOf = (root: unknown): readonly Dictionary[] => membersOf(rowsOf(marketOf(root, RESULT))[0]?.["prices"])

const tokenAt = (root: unknown, side: Side | "unknown"): Dictionary =>
  pricesOf(root).find(({ name }) => name === TOKENS[side]) ?? {}

const setPrices = (root: unknown, prices: readonly Dictionary[]): void => {
  const [row] = rowsOf(marketOf(root, RESULT))
  if (row !== undefined) row["prices"] = prices
}

export const betpawaFormat: Format = {
  event: (root) => within(root),
  rows: (root, change) => {
    for (const response of membersOf(within(root)["responses"]))
      response["responses"] = change(membersOf(response["responses"]))
  },
  markets: (root) => ({ holder: within(root), key: "markets" }),
  prices: (root) =>
    membersOf(within(root)["markets"]).flatMap((market) =>
      rowsOf(market).flatMap((row) => membersOf(row["prices"]).map((holder) => ({ holder, key: "odds" })))
    ),
  price: (root, side) => ({ holder: tokenAt(root, side), key: "odds" }),
  write: (price) => price,
  suspend: ({ holder }) => {
    holder["suspended"] = true
  },
  estrange: ({ holder }) => {
    holder["suspended"] = "MAYBE"
  },
  drop: (root, side) =>
    setPrices(
      root,
      pricesOf(root).filter((price) => price !== tokenAt(root, side))
    ),
  add: (root, token, price) =>
    setPrices(root, [
      ...pricesOf(root),
      { ...tokenAt(root, SIDES.find((side) => side === token) ?? "home"), name: TOKENS[token], odds: price }
    ]),
  renumber: (root) => {
    within(marketOf(root, RESULT), "marketType")["id"] = "993743"
  },
  reline: (root, line) => {
    const row = rowsOf(marketOf(root, TOTAL)).find(({ handicap }) => handicap === 10)
    if (row === undefined) return
    row["handicap"] = line === "far" ? 1e9 : null
    row["specifier"] = {}
  },
  teams: (event) => {
    const [home, away] = membersOf(event["participants"])
    return [String(home?.["name"]), String(away?.["name"])]
  },
  setTeams: (event, home, away) => {
    for (const participant of membersOf(event["participants"]))
      participant["name"] = participant["position"] === 1 ? home : away
    event["name"] = `${home} - ${away}`
  },
  kickoffKey: "startTime",
  kickoff: (at) => `${new Date(at).toISOString().slice(0, 19)}Z`,
  idKey: "id",
  setIdentity: (event, sportradarId) => {
    event["id"] = `7${sportradarId}`
    for (const widget of membersOf(event["widgets"])) if (widget["type"] === "SPORTRADAR") widget["id"] = sportradarId
  },
  promiseMore: () => undefined
}
