/** Keeps a house busy: prices move and a run over everything is started once the last one is over. */
import { setTimeout as pause } from "node:timers/promises"
import { listen, post } from "../../../test/support/client.ts"
import type { Address } from "../../../test/support/client.ts"
import type { Span } from "../../../test/support/accounts.ts"
import type { SimulatorProcess } from "../../../test/support/simulator.ts"

export interface Load {
  /** Whether a run is known to be under way now. */
  readonly isRunning: () => boolean
  readonly runs: () => number
  /** Of runs that were heard to end and in which nothing failed: what one was served last is durable. */
  readonly ended: readonly Span[]
  /** Ends once nothing more is asked for; a run under way goes on. */
  readonly stop: () => Promise<void>
}

/** `share` of all markets moves with each run, `restMs` lie between two; goes on until it is stopped, also without a house. */
export const startLoad = (api: Address, simulator: SimulatorProcess, share: number, restMs = 0): Load => {
  let isOver = false
  let isRunning = false
  let runs = 0
  const ended: Span[] = []
  let progress: ReturnType<typeof listen> | undefined
  const run = async (): Promise<void> => {
    const from = Date.now()
    const { startScrape } = await post<Started>(api, "mutation { startScrape { run { id } } }")
    isRunning = true
    runs += 1
    // What was moved before a run began could all be fetched by the one before.
    await simulator.move(share)
    let failures = 0
    progress = listen<Progress>(api, PROGRESS, { id: startScrape.run.id }, ({ scrapeProgress }) => {
      failures = scrapeProgress.run.failureCount
    })
    await progress.completed
    // A body that was handed over may have come too late for a house that this machine did not let run.
    if (failures === 0) ended.push({ from, to: Date.now() })
  }
  const loop = async (): Promise<void> => {
    while (!isOver) {
      await run().catch(() => pause(100))
      isRunning = false
      progress?.close()
      if (!isOver) await pause(restMs)
    }
  }
  const over = loop()
  return {
    isRunning: () => isRunning,
    runs: () => runs,
    ended,
    stop: async () => {
      isOver = true
      progress?.close()
      await over
    }
  }
}

/** Prices move no more: all of them are fetched, in a run that begins now and in which nothing fails. */
export const fetched = async (api: Address): Promise<void> => {
  for (let failures = 1; failures > 0;) {
    const { startScrape } = await post<Started>(api, "mutation { startScrape { joined run { id } } }")
    failures = startScrape.joined === true ? 1 : 0
    const progress = listen<Progress>(api, PROGRESS, { id: startScrape.run.id }, ({ scrapeProgress }) => {
      failures += scrapeProgress.run.failureCount
    })
    await progress.completed
    progress.close()
  }
}

/** As fast as the settings allow, so that this machine is the limit; waits until Postgres takes it. */
export const hurry = (api: Address): Promise<void> => goAt(api, { concurrency: 200, delayMs: 0 })

/** At most 120 answers a second, which leaves this machine room. */
export const walk = (api: Address): Promise<void> => goAt(api, { concurrency: 10, delayMs: 250 })

const goAt = async (api: Address, each: { readonly concurrency: number; readonly delayMs: number }): Promise<void> => {
  const pace = ["betpawa-ng", "sportybet-ng", "bet9ja-ng"].map((bookmakerId) => ({ bookmakerId, ...each }))
  for (;;) {
    const done = await post(api, PACE, { pace }).then(
      () => true,
      () => false
    )
    if (done) return
    await pause(100)
  }
}

interface Started {
  readonly startScrape: { readonly joined?: boolean; readonly run: { readonly id: string } }
}

interface Progress {
  readonly scrapeProgress: { readonly run: { readonly failureCount: number } }
}

const PROGRESS = "subscription ($id: ID!) { scrapeProgress(runId: $id) { run { failureCount } } }"
const PACE = `mutation ($pace: [PaceInput!]) {
  updateSettings(input: { scrapeIntervalMs: 10000, eventsAtOnce: 200, batchSize: 200, pace: $pace }) { errors { message } }
}`
