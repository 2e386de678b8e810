/** Fourth's site on this machine: the matches it is given, all at the same prices, and one market nobody else knows. */
import { once } from "node:events"
import { createServer } from "node:http"

export interface Match {
  readonly sportradarId: string
  /** `Home - Away` */
  readonly name: string
  readonly kickoff: number
  readonly competition: string
  readonly country: string
}

export interface FourthSite {
  readonly url: string
  readonly close: () => void
}

/** Higher than anybody's, so that its home price is the best. */
export const HOME_ODDS = "99.00"

export const startFourthSite = async (matches: readonly Match[]): Promise<FourthSite> => {
  const server = createServer((request, response) => {
    const ref = decodeURIComponent(/^\/matches\/(.+)$/.exec(request.url ?? "")?.[1] ?? "")
    const match = matches.find(({ sportradarId }) => `F${sportradarId}` === ref)
    const body = ref === "" ? { matches: matches.map(row) } : match && { match: row(match), markets: MARKETS }
    response.writeHead(body === undefined ? 404 : 200, { "content-type": "application/json" })
    response.end(JSON.stringify(body ?? {}))
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    close: () => {
      server.close()
      server.closeAllConnections()
    }
  }
}

const row = ({ sportradarId, name, kickoff, competition, country }: Match) => ({
  ref: `F${sportradarId}`,
  sportradar: sportradarId,
  home: name.split(" - ")[0],
  away: name.split(" - ")[1],
  starts: new Date(kickoff).toISOString(),
  league: { ref: competition, name: competition, country }
})

const price = (pick: string, odds: string) => ({ pick, odds, open: true })

const MARKETS = [
  { kind: "RESULT", line: null, prices: [price("H", HOME_ODDS), price("D", "3.10"), price("A", "4.20")] },
  { kind: "GOALS", line: 2.5, prices: [price("O", "1.90"), price("U", "1.80")] },
  { kind: "MASCOT", line: null, prices: [price("1", "2.00"), price("2", "2.00")] }
]
