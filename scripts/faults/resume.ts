/**
 * `kill -9` in the middle of a full run at recorded latencies: how soon the next house scrapes, and how much of what
 * the killed one had fetched is fetched again.
 */
import { setTimeout as pause } from "node:timers/promises"
import { post } from "../../test/support/client.ts"
import type { Address } from "../../test/support/client.ts"
import { startHouse } from "../../test/support/house.ts"
import { startSimulatorProcess } from "../../test/support/simulator.ts"
import type { ServedListing, SimulatorProcess } from "../../test/support/simulator.ts"
import { atMost } from "./FaultRun.ts"
import type { FaultRun, Size } from "./FaultRun.ts"
import { withStage } from "./house/Scene.ts"

const SIZES: { readonly [S in Size]: { readonly events: number; readonly kills: number } } = {
  short: { events: 150, kills: 1 },
  long: { events: 1_300, kills: 3 }
}
const MOST_AGAIN = 0.05
const SCRAPING_WITHIN_S = 10
/** Three bookmakers of twenty events: what was under way at the kill cannot be on disk, and weighs in a small run. */
const UNDER_WAY = 60
const HOUR = 3_600_000
/** Nearer to kickoff a listing is due again while the house starts. */
const FAR_MS = 3 * HOUR

export const resume: FaultRun = {
  name: "resume",
  promise: "A house killed in a run goes on within ten seconds and fetches hardly anything again",
  run: async (size, seed) => {
    const { events, kills } = SIZES[size]
    const lives: Resumed[] = []
    for (let i = 0; i < kills; i++) lives.push(await killedInRun(seed + i, events, "SAME_DATA"))
    const forgetful = await killedInRun(seed, events, "NO_DATA")
    return {
      checks: [
        atMost(
          "slowest from readiness to the first request",
          Math.max(...lives.map(({ idleS }) => idleS)),
          SCRAPING_WITHIN_S,
          "s"
        ),
        size === "long"
          ? atMost("largest share fetched again", Math.max(...lives.map(shareAgain)), MOST_AGAIN)
          : atMost("most fetched again", Math.max(...lives.map(({ again }) => again)), UNDER_WAY)
      ],
      least: [
        { what: "kills in a run", seen: lives.length, atLeast: kills },
        {
          what: "listings fetched before a kill",
          seen: Math.min(...lives.map(({ before }) => before)),
          atLeast: events / 2
        },
        { what: "listings fetched after it", seen: Math.min(...lives.map(({ rest }) => rest)), atLeast: events / 2 }
      ],
      controls: [
        {
          what: "a house without the killed one's data",
          caught: forgetful.again > UNDER_WAY && shareAgain(forgetful) > MOST_AGAIN
        }
      ],
      counts: {
        "from readiness to the first request": lives.map(({ idleS }) => `${idleS.toFixed(1)} s`).join(", "),
        "fetched before the kill": lives.map(({ before }) => before).join(", "),
        "of them fetched again": lives.map(({ again }) => again).join(", "),
        "fetched after it": lives.map(({ rest }) => rest).join(", ")
      },
      notes: [
        "Counted by what the simulator served, over listings more than three hours from kickoff; again is what was served before the kill and once more within its cadence.",
        "The next house is looked at until it has fetched everything that the killed one had not."
      ]
    }
  }
}

interface Resumed {
  readonly idleS: number
  /** Listings served before the kill. */
  readonly before: number
  /** Of them those that were served once more within their cadence. */
  readonly again: number
  /** Listings served only after it. */
  readonly rest: number
}

const shareAgain = ({ again, before }: Resumed): number => again / before

const killedInRun = async (seed: number, events: number, data: "SAME_DATA" | "NO_DATA"): Promise<Resumed> => {
  const simulator = await startSimulatorProcess(`--events ${events} --seed ${seed} --faults none`.split(" "))
  try {
    return await withStage(simulator.environment, async ({ api, ends, folder, options }) => {
      const first = await startHouse(options)
      ends(first)
      // Asked of the simulator: a house in the middle of a run is the last to answer in time.
      await until(async () => total(await simulator.listings()) >= events)
      const killed = Date.now()
      await first.kill()
      const far = await farEvents(simulator)
      const before = namesOf(await simulator.listings(), far)
      const next = await startHouse(data === "SAME_DATA" ? options : { ...options, dataDir: `${folder}/other` })
      ends(next)
      const ready = performance.now()
      const asked = total(await simulator.listings())
      await until(async () => total(await simulator.listings()) > asked)
      const idleS = (performance.now() - ready) / 1_000
      await until(() => isRunOver(api))
      const after = (await simulator.listings()).filter(({ sportradarId }) => far.has(sportradarId))
      const repeated = after.filter((listing) => before.has(nameOf(listing)) && listing.servings > 1)
      const again = await Promise.all(
        repeated.map(async (listing) => {
          const times = (await simulator.served(listing)).map(({ at }) => at)
          const [last = 0, next = Infinity] = [times.findLast((at) => at <= killed), times.find((at) => at > killed)]
          return next - last < cadenceOf((far.get(listing.sportradarId) ?? 0) - last)
        })
      )
      return {
        idleS,
        before: before.size,
        again: again.filter(Boolean).length,
        rest: after.length - before.size
      }
    })
  } finally {
    await simulator.stop()
  }
}

const isRunOver = async (api: Address): Promise<boolean> => {
  const { scrapeRuns } = await post<Runs>(api, "{ scrapeRuns(first: 1, triggers: [SCHEDULE]) { nodes { endedAt } } }")
  return typeof scrapeRuns.nodes[0]?.endedAt === "string"
}

interface Runs {
  readonly scrapeRuns: { readonly nodes: readonly { readonly endedAt: string | null }[] }
}

/** With their kickoffs. */
const farEvents = async (simulator: SimulatorProcess): Promise<ReadonlyMap<string, number>> =>
  new Map([...(await simulator.kickoffs())].filter(([, kickoff]) => kickoff > Date.now() + FAR_MS))

/** DESIGN's tiers of what is far; less what a refresh is asked for ahead of its time. */
const cadenceOf = (untilKickoff: number): number => (untilKickoff < 24 * HOUR ? 5 : 30) * 60_000 - 10_000

const namesOf = (listings: readonly ServedListing[], far: ReadonlyMap<string, number>): ReadonlySet<string> =>
  new Set(listings.filter(({ sportradarId }) => far.has(sportradarId)).map(nameOf))

const nameOf = ({ bookmaker, sportradarId }: ServedListing): string => `${sportradarId}/${bookmaker}`

const total = (listings: readonly ServedListing[]): number => listings.reduce((sum, { servings }) => sum + servings, 0)

const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds().catch(() => false))) await pause(100)
}
