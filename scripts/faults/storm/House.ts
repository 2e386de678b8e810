/**
 * The same storm in real time: the whole house as a process, its simulator answering one bookmaker's requests with 500.
 *
 * Everything is asked for every five seconds, before, during and after. Once the circuits are open, each request that
 * reaches the bookmaker must be one that reopened a circuit: two probes at once would be more requests than openings.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { post } from "../../../test/support/client.ts"
import { controlsOf } from "../../../test/support/controls.ts"
import { startHouse } from "../../../test/support/house.ts"

const ROUND_MS = 5_000
const ROUNDS = 12
const STORMY = "betpawa"
const OTHERS = ["sportybet", "bet9ja"] as const
/** A list is asked for once a round, and five failures of its own open its circuit. */
const SETTLED_AFTER_ROUNDS = 6
/** One for each of the two requests that close a circuit, and one to be seen. */
const ROUNDS_TO_RETURN = 3

export interface Weathered {
  readonly scheduled: number
  readonly sent: number
  /** Requests once the circuits were open, and how often a circuit reopened meanwhile. */
  readonly whileOpen: number
  readonly reopened: number
  readonly recoveredMs: number
  readonly allowedMs: number
  /** Requests that the others got fewer than in as many rounds without a storm, as a share. */
  readonly othersMissed: number
  /** Answers in which another bookmaker was not confirmed. */
  readonly othersShaken: number
}

interface Seen {
  readonly id: string
  readonly state: string
  readonly work: { readonly breakers: readonly { readonly until: string | null; readonly openings: number }[] }
}

export const weathered = async (seed: number): Promise<Weathered> => {
  const folder = mkdtempSync(join(tmpdir(), "oddswire-storm-"))
  const house = await startHouse({
    dataDir: folder,
    simulator: ["--events", "30", "--seed", String(seed), "--faults", "none"]
  })
  try {
    const api = { http: `${house.url}/graphql` }
    const simulator = controlsOf(house)
    let othersShaken = 0
    const look = async (): Promise<Seen | undefined> => {
      const { bookmakers } = await post<{ readonly bookmakers: readonly Seen[] }>(
        api,
        "{ bookmakers { id state work { breakers { until openings } } } }"
      )
      if (bookmakers.some(({ id, state }) => !id.startsWith(STORMY) && state !== "CONFIRMED")) othersShaken++
      return bookmakers.find(({ id }) => id.startsWith(STORMY))
    }
    const round = async (): Promise<Seen | undefined> => {
      await post(api, "mutation { startScrape { run { id } } }")
      await pause(ROUND_MS)
      return look()
    }
    const reached = async () => ({
      stormy: await simulator.requestsTo(STORMY),
      others: (await Promise.all(OTHERS.map(simulator.requestsTo))).reduce((sum, count) => sum + count, 0)
    })
    const openings = (seen: Seen | undefined) => seen?.work.breakers.reduce((sum, one) => sum + one.openings, 0) ?? 0

    await round()
    const atFirst = await reached()
    for (let i = 0; i < ROUNDS; i++) await round()
    const before = await reached()
    await simulator.order({ bookmaker: STORMY, kind: "500" })
    let seen: Seen | undefined
    for (let i = 0; i < SETTLED_AFTER_ROUNDS; i++) seen = await round()
    const [settled, openAt] = [await reached(), openings(seen)]
    for (let i = SETTLED_AFTER_ROUNDS; i < ROUNDS; i++) seen = await round()
    const after = await reached()
    const reopened = openings(await look()) - openAt

    await simulator.clearFaults()
    const ended = Date.now()
    const due = Math.max(ended, ...(seen?.work.breakers ?? []).map(({ until }) => Date.parse(until ?? "") || 0))
    const allowedMs = due - ended + ROUNDS_TO_RETURN * ROUND_MS
    while ((await round())?.state !== "CONFIRMED" && Date.now() - ended < 2 * allowedMs);
    return {
      scheduled: before.stormy - atFirst.stormy,
      sent: after.stormy - before.stormy,
      whileOpen: after.stormy - settled.stormy,
      reopened,
      recoveredMs: Date.now() - ended,
      allowedMs,
      othersMissed: 1 - (after.others - before.others) / (before.others - atFirst.others),
      othersShaken
    }
  } finally {
    await house.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
