/**
 * One event asked for by hand, at recorded latencies: in the scraper under the virtual clock during a full run, and in
 * the long form from the mutation to the new prices of all its bookmakers at a subscriber of a whole house.
 */
import { performance } from "node:perf_hooks"
import { listen, post, subscribe } from "../../test/support/client.ts"
import type { Address, OddsMessage } from "../../test/support/client.ts"
import { startHouse } from "../../test/support/house.ts"
import { startSimulatorProcess } from "../../test/support/simulator.ts"
import type { SimulatorProcess } from "../../test/support/simulator.ts"
import { quantile } from "../bench/rounds.ts"
import { atMost } from "./FaultRun.ts"
import type { FaultRun } from "./FaultRun.ts"
import { withStage } from "./house/Scene.ts"
import { askedInRun } from "./pace/Asked.ts"

const MOST_SECONDS = 2
/** Longer than any answer may take to be in time. */
const CONTROL_DELAY_MS = 2_200
/** Of all markets, before each: enough that every bookmaker of the event has something new. */
const MOVED = 0.2

const VIRTUAL = { short: 40, long: 200 }
/** Of the control, which every answer takes longer than. */
const SLOWER = 4
const EVENTS = 1_300
const IDLE = 40
const IN_RUNS = 100

export const single: FaultRun = {
  name: "single",
  promise: "A single event's new prices are seen within two seconds of asking for it, also during a full run",
  run: async (size, seed) => {
    const virtual = await askedInRun(seed, VIRTUAL[size])
    const slower = await askedInRun(seed, VIRTUAL.short / 4, SLOWER)
    const real = size === "long" ? await inHouse(seed) : undefined
    return {
      checks: [
        atMost("p95 in the scraper during a full run, virtual time", quantile(virtual, 0.95), MOST_SECONDS, "s"),
        ...(real === undefined
          ? []
          : [
              atMost("p95 to a subscriber of an idle house", quantile(real.idle, 0.95), MOST_SECONDS, "s"),
              atMost("p95 to a subscriber during full runs", quantile(real.inRuns, 0.95), MOST_SECONDS, "s")
            ])
      ],
      least: [
        { what: "events asked for under the virtual clock", seen: virtual.length, atLeast: VIRTUAL[size] },
        ...(real === undefined
          ? []
          : [{ what: "events asked for during full runs", seen: real.inRuns.length, atLeast: IN_RUNS }])
      ],
      controls: [
        { what: "bookmakers four times as slow, virtual time", caught: quantile(slower, 0.95) > MOST_SECONDS },
        ...(real === undefined
          ? []
          : [{ what: "a house whose bookmakers answer after 2.2 s", caught: quantile(real.slow, 0.95) > MOST_SECONDS }])
      ],
      counts: {
        "p50, virtual": `${quantile(virtual, 0.5).toFixed(2)} s`,
        "slowest, virtual": `${Math.max(...virtual).toFixed(2)} s`,
        ...(real && {
          "p50, idle house": `${quantile(real.idle, 0.5).toFixed(2)} s`,
          "p50, during full runs": `${quantile(real.inRuns, 0.5).toFixed(2)} s`,
          "slowest during full runs": `${Math.max(...real.inRuns).toFixed(2)} s`
        })
      },
      notes: [
        "Virtual: from the start of the run until the books have a snapshot of every bookmaker; the machine's own work takes no time.",
        "House: from sending the mutation until the subscriber has a changed market of every bookmaker that lists the event.",
        "The events are those that the full run comes to last, so that it does not fetch them first."
      ]
    }
  }
}

const inHouse = async (seed: number) => {
  const simulator = await startSimulatorProcess(`--events ${EVENTS} --seed ${seed} --faults none`.split(" "))
  try {
    return await withStage(simulator.environment, async ({ api, ends, options }) => {
      ends(await startHouse(options))
      await ended(api, await startRun(api))
      await post(api, "mutation { pauseSchedule { errors { message } } }")
      const latest = [...(await simulator.kickoffs())].sort(([, a], [, b]) => b - a).map(([id]) => id)
      const scene: Scene = { api, simulator, events: latest }
      const idle = await sampled(scene, IDLE)
      const inRuns = await sampledInRuns(scene, IN_RUNS)
      await simulator.delay(CONTROL_DELAY_MS)
      const slow = await sampled(scene, 1)
      return { idle, inRuns, slow }
    })
  } finally {
    await simulator.stop()
  }
}

interface Scene {
  readonly api: Address
  readonly simulator: SimulatorProcess
  /** In the order in which they are asked for. */
  readonly events: readonly string[]
}

/** Seconds, one after the other. */
const sampled = async (scene: Scene, count: number): Promise<readonly number[]> => {
  const seconds: number[] = []
  for (const event of scene.events.slice(0, count)) seconds.push(await seenAfter(scene, event))
  return seconds
}

/** Only those asked for while a full run is under way from beginning to end. */
const sampledInRuns = async (scene: Scene, count: number): Promise<readonly number[]> => {
  const seconds: number[] = []
  while (seconds.length < count) {
    const run = await startRun(scene.api)
    let isOver = false
    const over = ended(scene.api, run).then(() => (isOver = true))
    for (const event of scene.events) {
      const took = await seenAfter(scene, event)
      if (isOver || seconds.length >= count) break
      seconds.push(took)
    }
    await over
  }
  return seconds
}

const seenAfter = async ({ api, simulator }: Scene, event: string): Promise<number> => {
  const odds = subscribe<{ oddsUpdated: Seen }>(api, WATCH, { events: [event] })
  await odds.until(({ oddsUpdated: { kind, lastPage } }) => kind === "SNAPSHOT" && lastPage)
  const missing = new Set(odds.received.flatMap(({ oddsUpdated }) => oddsUpdated.offers.map(bookmakerOf)))
  await simulator.move(MOVED)
  const began = performance.now()
  await post(api, "mutation ($events: [ID!]) { startScrape(input: { events: $events }) { run { id } } }", {
    events: [event]
  })
  await odds.until(({ oddsUpdated: { kind, offers } }) => {
    if (kind === "DELTA") for (const offer of offers) missing.delete(bookmakerOf(offer))
    return missing.size === 0
  })
  const seconds = (performance.now() - began) / 1_000
  odds.close()
  return seconds
}

type Seen = Pick<OddsMessage, "kind" | "lastPage" | "offers">

const WATCH = `subscription ($events: [ID!]) {
  oddsUpdated(filter: { events: $events }) { kind lastPage offers { id } }
}`

/** Of `100/betpawa-ng/1x2_ft`. */
const bookmakerOf = ({ id }: { readonly id: string }): string => id.split("/")[1] ?? ""

const startRun = async (api: Address): Promise<string> => {
  const { startScrape } = await post<{ startScrape: { run: { id: string } } }>(
    api,
    "mutation { startScrape { run { id } } }"
  )
  return startScrape.run.id
}

const ended = (api: Address, id: string): Promise<void> =>
  listen(api, "subscription ($id: ID!) { scrapeProgress(runId: $id) { phase } }", { id }, () => {}).completed
