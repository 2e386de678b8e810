/**
 * Readers that stop reading: the server lives, cuts them in time, holds little for them, and nobody else notices.
 *
 * The control is the build that the documentation of yoga shows (`createPubSub`), under the same attack.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { GRID } from "../../src/client/Documents.ts"
import { atMost, exactly } from "./FaultRun.ts"
import type { Check, FaultRun, Outcome, Size } from "./FaultRun.ts"
import { startFanout, startHealthy } from "./slow/Fanout.ts"
import type { Fanout, LoggedCut, Memory } from "./slow/Fanout.ts"
import { startBadReader } from "./slow/Reader.ts"
import type { BadReader, Manner } from "./slow/Reader.ts"

export const slow: FaultRun = {
  name: "slow",
  promise: "A reader that stops costs little, is cut in time, and hurts nobody",
  run: (size, seed) => attacked(ATTACKS[size], seed, HEALTHY[size])
}

interface Attack {
  readonly manner: Manner
  readonly readers: number
  readonly subscriptions: number
  /** Changes a second; where there are many subscribers, as many as the server tells them all without falling behind. */
  readonly perSecond: number
  /** Under way when it begins; with long ones a queue is sure to be full. */
  readonly seconds: number
}

const PER_SECOND = 200
const ATTACKS: { readonly [S in Size]: readonly Attack[] } = {
  short: [{ manner: "sends pongs and never reads", readers: 3, subscriptions: 20, perSecond: PER_SECOND, seconds: 14 }],
  long: [
    { manner: "never reads", readers: 1, subscriptions: 1, perSecond: PER_SECOND, seconds: 90 },
    { manner: "never reads", readers: 1, subscriptions: 20, perSecond: PER_SECOND, seconds: 40 },
    { manner: "sends pongs and never reads", readers: 1, subscriptions: 1, perSecond: PER_SECOND, seconds: 90 },
    { manner: "sends pongs and never reads", readers: 1, subscriptions: 20, perSecond: PER_SECOND, seconds: 40 },
    { manner: "reads a byte a second", readers: 1, subscriptions: 20, perSecond: PER_SECOND, seconds: 40 },
    { manner: "sends pongs and never reads", readers: 100, subscriptions: 20, perSecond: 20, seconds: 60 }
  ]
}
/** Together with the rate as many deliveries as one process hears without falling behind itself. */
const HEALTHY: { readonly [S in Size]: number } = { short: 20, long: 50 }

const attacked = async (attacks: readonly Attack[], seed: number, healthy: number): Promise<Outcome> => {
  const folder = mkdtempSync(join(tmpdir(), "oddswire-slow-"))
  const message = join(folder, "message.json")
  const contract = join(folder, "contract.graphql")
  try {
    const sdl = fileURLToPath(new URL("../../schema/graphql/", import.meta.url))
    writeFileSync(
      contract,
      readdirSync(sdl)
        .map((name) => readFileSync(join(sdl, name), "utf8"))
        .join("\n")
    )
    const found: Found[] = []
    let sample: object | undefined
    for (const attack of attacks) {
      const server = await startFanout("ours.ts", ["", "", "", "shared"])
      sample ??= server.listening.sample?.message
      found.push(await one(server, attack, healthy))
    }
    writeFileSync(message, JSON.stringify(sample))
    const naive = await startFanout("yoga.ts", ["", message, contract, ""])
    const control = await one(naive, { ...CONTROL, seconds: attacks.length > 1 ? 60 : 14 }, 2)
    return outcome(attacks, found, control, seed, healthy)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const CONTROL = {
  manner: "sends pongs and never reads",
  readers: 1,
  subscriptions: 20,
  perSecond: PER_SECOND,
  seconds: 60
} as const

interface Found {
  readonly alive: boolean
  readonly p99Before: number
  readonly p99During: number
  readonly heldMb: number
  readonly rssMb: number
  readonly cuts: readonly LoggedCut[]
  readonly received: number
}

const one = async (server: Fanout, attack: Attack, healthyClients: number): Promise<Found> => {
  const { manner, perSecond, readers, seconds, subscriptions } = attack
  const { port, sample } = server.listening
  const variables = sample === undefined ? {} : { after: sample.cursor }
  const healthy = startHealthy(port, GRID, variables, healthyClients)
  const bad: BadReader[] = []
  try {
    await pause(1_000)
    await loaded(server, 1, perSecond)
    for (let i = 0; i < readers; i++)
      bad.push(
        await startBadReader({ port, query: GRID, variables: { after: healthy.cursor() }, subscriptions }, manner)
      )
    await loaded(server, 1, perSecond)
    healthy.restart()
    const before = await loaded(server, seconds < WORTH_MEASURING_S ? 1 : 20, perSecond)
    const p99Before = healthy.p99()
    for (const reader of bad) reader.turnBad()
    healthy.restart()
    const during = await loaded(server, seconds, perSecond)
    return {
      alive: server.isAlive(),
      p99Before,
      p99During: healthy.p99(),
      heldMb: megabytes(during.held - before.held),
      rssMb: megabytes(during.rss - before.rss),
      cuts: server.cuts(),
      received: healthy.received()
    }
  } finally {
    for (const reader of bad) reader.end()
    healthy.close()
    server.stop()
  }
}

/** So many seconds of changes; the most memory at the end of one of them. */
const loaded = async (server: Fanout, seconds: number, perSecond: number): Promise<Memory> => {
  let most: Memory = { rss: 0, held: 0 }
  for (let i = 0; i < seconds && server.isAlive(); i++) {
    await server.pace(1_000, perSecond)
    const { held, rss } = server.isAlive() ? await server.memory() : most
    most = { rss: Math.max(most.rss, rss), held: Math.max(most.held, held) }
  }
  return most
}

const megabytes = (bytes: number): number => Math.max(0, bytes) / 2 ** 20

const outcome = (
  attacks: readonly Attack[],
  found: readonly Found[],
  control: Found,
  seed: number,
  healthy: number
): Outcome => ({
  checks: attacks.flatMap((attack, i) => checksOf(attack, found[i] ?? control)),
  least: [
    { what: "readers that stopped", seen: attacks.reduce((sum, { readers }) => sum + readers, 0), atLeast: 1 },
    {
      what: "messages to the healthy",
      seen: found.reduce((sum, { received }) => sum + received, 0),
      atLeast: healthy * PER_SECOND
    }
  ],
  controls: [{ what: "yoga with createPubSub, whose process ends", caught: !control.alive }],
  counts: {
    healthy,
    "changes/s": attacks.map(({ perSecond }) => perSecond).join(" "),
    "cut after ms": found.map(({ cuts }) => Math.max(...cuts.map(({ heldUpMs }) => heldUpMs))).join(" "),
    "cut for no pong": found.map(({ cuts }) => cuts.filter(({ asSlow }) => !asSlow).length).join(" "),
    "control: process": control.alive ? "alive" : "ended",
    "MB held": found.map(({ heldMb }) => heldMb.toFixed(1)).join(" "),
    "MB of RSS": found.map(({ rssMb }) => rssMb.toFixed(1)).join(" ")
  },
  notes: [
    `Seed ${seed} draws nothing here: the attack is the same each time. Each attack meets a server of its own, and its readers read along with all others before they stop, so that stopping is all that differs.`,
    "Who sends no pong is dropped by its second ping, at most 24 s after its last pong, unless it was cut as slow before.",
    "How long a socket was held up is read from the server's log, from the first byte that it did not take at once.",
    "Memory is what it grew by against the same load before the attack, garbage collected, its most; RSS, whose pages come and go by megabytes, says nothing of one reader alone."
  ]
})

const checksOf = ({ manner, readers, seconds, subscriptions }: Attack, of: Found): readonly Check[] => {
  const who = `${readers} × ${subscriptions} subscriptions, ${manner}`
  const always = [
    { what: `${who}: the process`, seen: of.alive ? "alive" : "ended", must: "alive", holds: of.alive },
    exactly(
      manner === "sends pongs and never reads" ? `${who}: cut with 4290` : `${who}: cut, or dropped for a ping`,
      of.cuts.filter(({ asSlow }) => asSlow || manner !== "sends pongs and never reads").length,
      readers
    ),
    atMost(`${who}: held up before it was cut`, Math.max(0, ...of.cuts.map(({ heldUpMs }) => heldUpMs)), 15_000, "ms")
  ]
  // Beside all other tests of this machine neither a percentile nor a process's size says anything.
  if (seconds < WORTH_MEASURING_S) return always
  return [
    ...always,
    atMost(`${who}: the others' p99, to before`, of.p99During / of.p99Before, 1.2, "×"),
    atMost(`${who}: memory held for each reader`, of.heldMb / readers, 1.5, "MB"),
    ...(readers < 100 ? [] : [atMost(`${who}: RSS for each reader`, of.rssMb / readers, 1.5, "MB")]),
    atMost(`${who}: RSS in all`, of.rssMb, 200, "MB")
  ]
}

const WORTH_MEASURING_S = 30
