/** Where faults find things in SportyBet's payloads. */
import { membersOf, SIDES, within } from "../faults/Format.ts"
import type { Dictionary, Format, Side } from "../faults/Format.ts"

const RESULT = "1"
const TOKENS = { home: "1", draw: "2", away: "3", unknown: "9" }

const marketsOf = (root: unknown): readonly Dictionary[] => membersOf(within(root, "data")["markets"])

const resultOf = (root: unknown): Dictionary => marketsOf(root).find(({ id }) => id === RESULT) ?? {}

const outcomesOf = (root: unknown): readonly Dictionary[] => membersOf(resultOf(root)["outcomes"])

const tokenAt = (root: unknown, side: Side): Dictionary => outcomesOf(root).find(({ id }) => id === TOKENS[side]) ?? {}

export const sportybetFormat: Format = {
  event: (root) => within(root, "data"),
  rows: (root, change) => {
    for (const tournament of membersOf(within(root, "data")["tournaments"]))
      tournament["events"] = change(membersOf(tournament["events"]))
  },
  markets: (root) => ({ holder: within(root, "data"), key: "markets" }),
  prices: (root) =>
    marketsOf(root).flatMap((market) => membersOf(market["outcomes"]).map((holder) => ({ holder, key: "odds" }))),
  price: (root, side) => ({ holder: tokenAt(root, side), key: "odds" }),
  write: (price) => String(price),
  suspend: ({ holder }) => {
    holder["isActive"] = 0
  },
  estrange: ({ holder }) => {
    holder["isActive"] = 7
  },
  drop: (root, side) => {
    const dropped = tokenAt(root, side)
    resultOf(root)["outcomes"] = outcomesOf(root).filter((outcome) => outcome !== dropped)
  },
  add: (root, token, price) => {
    const like = tokenAt(root, SIDES.find((side) => side === token) ?? "home")
    resultOf(root)["outcomes"] = [...outcomesOf(root), { ...like, id: TOKENS[token], odds: String(price) }]
  },
  renumber: (root) => {
    resultOf(root)["id"] = "99901"
  },
  reline: (root, line) => {
    const market = marketsOf(root).find(({ id, specifier }) => id === "18" && specifier === "total=2.5")
    if (market !== undefined) market["specifier"] = line === "far" ? "total=1000000000" : null
  },
  teams: (event) => [String(event["homeTeamName"]), String(event["awayTeamName"])],
  setTeams: (event, home, away) => {
    event["homeTeamName"] = home
    event["awayTeamName"] = away
  },
  kickoffKey: "estimateStartTime",
  kickoff: (at) => at,
  idKey: "eventId",
  setIdentity: (event, sportradarId) => {
    event["eventId"] = `sr:match:${sportradarId}`
  },
  promiseMore: (root) => {
    within(root, "data")["totalNum"] = 100_000
  }
}
