/**
 * The payloads that are damaged: recordings where they lie beside the repository, and the simulator's own always, so
 * that the run says something on any machine.
 */
import { Effect } from "effect"
import { everywhere, detailPaths, MatchesView, running } from "../../../test/simulator/support/running.ts"
import { hasRecordings, LIVE, PREMATCH, recording } from "../../../test/support/recordings.ts"

export type Site = "betpawa" | "sportybet" | "bet9ja"

export interface Subject {
  readonly site: Site
  readonly endpoint: "list" | "event"
  readonly name: string
  readonly eventId: string
  readonly text: string
  /** The text, parsed once; whoever damages it copies it first. */
  readonly json: unknown
}

export const subjects = (seed: number): Promise<readonly Subject[]> =>
  Effect.runPromise(Effect.map(Effect.scoped(served(seed)), (all) => [...recorded(), ...all]))

const served = Effect.fnUntraced(function* (seed: number) {
  const site = yield* running({ events: 40, seed })
  const bodyOf = (path: string) => Effect.map(site.ask(path), ({ text }) => text)
  const matches = yield* site.read(MatchesView, "/_sim/events")
  const { sportradarId, ids } = matches.find((match) => everywhere(match.ids)) ?? { sportradarId: "", ids: {} }
  const found: Subject[] = []
  const add = (name: string, endpoint: Subject["endpoint"], eventId: string, text: string) =>
    found.push({ ...subjectOf(name), endpoint, eventId, text, json: JSON.parse(text) })
  for (const [name, path] of detailPaths(ids)) add(name, "event", sportradarId, yield* bodyOf(path))
  const tree = yield* bodyOf("/bet9ja/desktop/feapi/PalimpsestAjax/GetSports?DISP=0&SPORTID=1&v_cache_version=1")
  const lists = [
    ["betpawa", yield* bodyOf(BETPAWA_LIST)],
    ["sportybet", yield* bodyOf(SPORTYBET_LIST)],
    ["bet9ja", tree],
    ["bet9ja", yield* bodyOf(`${BET9JA_GROUP}${groupIn(tree)}`)]
  ] as const
  for (const [name, text] of lists) add(name, "list", "", text)
  return found
})

const subjectOf = (name: string): Pick<Subject, "site" | "name"> => ({
  site: name === "betpawa" ? "betpawa" : name === "sportybet" ? "sportybet" : "bet9ja",
  name: `${name}, simulated`
})

const recorded = (): readonly Subject[] =>
  hasRecordings
    ? RECORDED.map(([site, eventId, file]) => ({
        site,
        endpoint: eventId === "" ? "list" : "event",
        name: file,
        eventId,
        text: recording(file),
        json: JSON.parse(recording(file))
      }))
    : []

const RECORDED = [
  ["betpawa", "68995116", PREMATCH.betpawa],
  ["betpawa", "67691078", PREMATCH.betpawaVersion4],
  ["betpawa", "67645534", LIVE.betpawa],
  ["sportybet", "68995116", PREMATCH.sportybet],
  ["bet9ja", "68995116", PREMATCH.bet9ja],
  ["sportybet", "", "sportybet/pcUpcomingEvents_page1.excerpt"]
] as const

const BETPAWA_LIST = `/betpawa/api/sportsbook/v4/events/lists/by-queries?q=${encodeURIComponent(
  JSON.stringify({
    queries: [
      {
        query: { eventType: "UPCOMING", categories: ["2"], zones: {}, hasOdds: true },
        view: { marketTypes: ["3743"] },
        skip: 0,
        take: 10,
        sort: { startTime: "ASC" }
      }
    ]
  })
)}`
const SPORTYBET_LIST =
  "/sportybet/api/ng/factsCenter/pcUpcomingEvents?sportId=sr:sport:1&marketId=1&pageSize=10&pageNum=1&option=1&todayGames=false"
const BET9JA_GROUP = "/bet9ja/desktop/feapi/PalimpsestAjax/GetEventsInGroup?DISP=0&v_cache_version=1&GROUPID="

/** A group that the tree names. */
const groupIn = (tree: string): string => /"GID":(\d+)/.exec(tree)?.[1] ?? ""
