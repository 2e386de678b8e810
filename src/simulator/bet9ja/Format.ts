/** Where faults find things in Bet9ja's payloads. */
import { membersOf, within } from "../faults/Format.ts"
import type { Dictionary, Format } from "../faults/Format.ts"

const TOKENS = { home: "1", draw: "X", away: "2", unknown: "Z" }

const oddsOf = (root: unknown): Dictionary => within(root, "D", "O")

/** Puts what is under keys like the first under keys like the second. */
const rekey = (odds: Dictionary, from: string, to: string): void => {
  for (const key of Object.keys(odds)) {
    if (!key.startsWith(from)) continue
    odds[to + key.slice(from.length)] = odds[key]
    delete odds[key]
  }
}

export const bet9jaFormat: Format = {
  event: (root) => within(root, "D"),
  rows: (root, change) => {
    const data = within(root, "D")
    if ("E" in data) data["E"] = change(membersOf(data["E"]))
  },
  markets: (root) => ({ holder: within(root, "D"), key: "O" }),
  prices: (root) => Object.keys(oddsOf(root)).map((key) => ({ holder: oddsOf(root), key })),
  price: (root, side) => ({ holder: oddsOf(root), key: `S_1X2_${TOKENS[side]}` }),
  write: (price) => String(price),
  suspend: ({ holder, key }) => {
    holder[key] = "1"
  },
  estrange: ({ holder, key }) => {
    holder[key] = "HALF"
  },
  drop: (root, side) => {
    delete oddsOf(root)[`S_1X2_${TOKENS[side]}`]
  },
  add: (root, token, price) => {
    oddsOf(root)[`S_1X2_${TOKENS[token]}`] = String(price)
  },
  renumber: (root) => rekey(oddsOf(root), "S_1X2_", "S_1X2NEW_"),
  reline: (root, line) => rekey(oddsOf(root), "S_OU@2.5_", line === "far" ? "S_OU@1000000000_" : "S_OU@null_"),
  teams: (event) => {
    const [home = "", away = ""] = String(event["DS"]).split(" - ")
    return [home, away]
  },
  setTeams: (event, home, away) => {
    event["DS"] = `${home} - ${away}`
  },
  kickoffKey: "STARTDATE",
  kickoff: (at) => new Date(at).toISOString().slice(0, 19).replace("T", " "),
  idKey: "ID",
  setIdentity: (event, sportradarId) => {
    event["ID"] = Number(`7${sportradarId.slice(-7)}`)
    event["EXTID"] = sportradarId
  },
  promiseMore: () => undefined
}
