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
/** From the last byte of a body to its commit, with much to spare on a busy machine. */
const ON_ITS_WAY_MS = 2_000
/** Nearer to kickoff a listing is due again while the house starts. */
const FAR_MS = 3 * 3_600_000

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
        atMost("largest share fetched again", Math.max(...lives.map(({ again }) => again)), MOST_AGAIN),
        ...(size === "long"
          ? [atMost("with what was on its way", Math.max(...lives.map(({ onItsWay }) => onItsWay)), MOST_AGAIN)]
          : [])
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
      controls: [{ what: "a house without the killed one's data", caught: forgetful.again > MOST_AGAIN }],
      counts: {
        "from readiness to the first request": lives.map(({ idleS }) => `${idleS.toFixed(1)} s`).join(", "),
        "fetched before the kill": lives.map(({ before }) => before).join(", "),
        "of them fetched again": lives.map(({ again, before }) => Math.round(again * before)).join(", "),
        "and of those on their way": lives
          .map(({ again, before, onItsWay }) => Math.round((onItsWay - again) * before))
          .join(", "),
        "fetched after it": lives.map(({ rest }) => rest).join(", ")
      },
      notes: [
        "Counted by what the simulator served, over listings more than three hours from kickoff. What it served in the last two seconds before the kill was on its way, and counts only where that is said.",
        "The next house is looked at until it has fetched everything that the killed one had not."
      ]
    }
  }
}

interface Resumed {
  readonly idleS: number
  /** Listings served before the kill. */
  readonly before: number
  /** The share of them that was served once more, those left out that were served just before the kill. */
  readonly again: number
  /** The same with those. */
  readonly onItsWay: number
  /** Listings served only after it. */
  readonly rest: number
}

const killedInRun = async (seed: number, events: number, data: "SAME_DATA" | "NO_DATA"): Promise<Resumed> => {
  const simulator = await startSimulatorProcess(`--events ${events} --seed ${seed} --faults none`.split(" "))
  try {
    return await withStage(simulator.environment, async ({ api, ends, folder, options }) => {
      const first = await startHouse(options)
      ends(first)
      await until(async () => (await share(api)) > 0.5)
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
      await until(async () => (await share(api)) === 1)
      const after = (await simulator.listings()).filter(({ sportradarId }) => far.has(sportradarId))
      const repeated = after.filter((listing) => before.has(nameOf(listing)) && listing.servings > 1)
      const servings = await Promise.all(repeated.map((listing) => simulator.served(listing)))
      const again = servings.filter(([serving]) => (serving?.at ?? 0) < killed - ON_ITS_WAY_MS).length
      return {
        idleS,
        before: before.size,
        again: again / before.size,
        onItsWay: repeated.length / before.size,
        rest: after.length - before.size
      }
    })
  } finally {
    await simulator.stop()
  }
}

/** Of the newest scheduled run; 1 once it is over. */
const share = async (api: Address): Promise<number> => {
  const { scrapeRuns } = await post<Runs>(
    api,
    "{ scrapeRuns(first: 1, triggers: [SCHEDULE]) { nodes { phase current total endedAt eventsCount } } }"
  )
  const [run] = scrapeRuns.nodes
  if (run === undefined || run.phase === "INITIALIZING" || run.phase === "DISCOVERING") return 0
  return run.endedAt === null ? run.current / Math.max(1, run.total) : 1
}

interface Runs {
  readonly scrapeRuns: {
    readonly nodes: readonly {
      readonly phase: string
      readonly current: number
      readonly total: number
      readonly endedAt: string | null
    }[]
  }
}

const farEvents = async (simulator: SimulatorProcess): Promise<ReadonlySet<string>> =>
  new Set([...(await simulator.kickoffs())].filter(([, kickoff]) => kickoff > Date.now() + FAR_MS).map(([id]) => id))

const namesOf = (listings: readonly ServedListing[], far: ReadonlySet<string>): ReadonlySet<string> =>
  new Set(listings.filter(({ sportradarId }) => far.has(sportradarId)).map(nameOf))

const nameOf = ({ bookmaker, sportradarId }: ServedListing): string => `${sportradarId}/${bookmaker}`

const total = (listings: readonly ServedListing[]): number => listings.reduce((sum, { servings }) => sum + servings, 0)

const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds().catch(() => false))) await pause(100)
}
