/**
 * `fanout`: what one change costs on its way to many subscribers, next to `ws` sending one ready string to as many
 * sockets, and next to what people use.
 *
 * Everybody sends the same message, one delta of the trading grid's document, made by our own server. The servers run
 * in turn in each round; a ratio is the middle of the rounds' ratios to the limit of the same round and size.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { graphqlPeer, ours, raw, socketIo } from "./fanout/contestants.ts"
import type { Division } from "./fanout/contestants.ts"
import { detailOf, memoryDetail, memoryRows, rowsOf } from "./fanout/findings.ts"
import type { Holding } from "./fanout/findings.ts"
import { matching } from "./fanout/matching.ts"
import { heard, launch } from "./fanout/arena.ts"
import type { Contestant, Files } from "./fanout/arena.ts"
import { measure } from "./fanout/measure.ts"
import type { Measured } from "./fanout/measure.ts"
import { idleBytes, stalledBytes } from "./fanout/memory.ts"
import type { Listening } from "./fanout/orders.ts"
import { installPeers } from "./fanout/peers.ts"
import { figures } from "./report.ts"
import type { Benchmark } from "./report.ts"

const ROUNDS = 5

export const fanout: Benchmark = {
  name: "fanout",
  question: "What does it cost to tell one change to many subscribers, next to sending ready bytes to as many sockets?",
  parts: ["100 in one group", "1000 in one group", "5000 in one group", "groups", "memory", "filters"],
  measure: async (parts) => {
    const isWanted = (part: string): boolean => parts.length === 0 || parts.includes(part)
    const folder = await mkdtemp(join(tmpdir(), "oddswire-fanout-"))
    const { files, cursor } = await prepare(folder)
    const packages = await installPeers()
    const results = new Map<string, ReadonlyMap<string, readonly Measured[]>>()
    for (const crowd of crowds(cursor, packages))
      if (isWanted(crowd.part)) results.set(crowd.title, await rounds(crowd, files))
    const held = isWanted("memory") ? await holdings(files, cursor, packages) : []
    for (const path of [folder, ...(packages === undefined ? [] : [packages])])
      await rm(path, { recursive: true, force: true })
    return {
      rows: [...rowsOf(results), ...memoryRows(held), ...(isWanted("filters") ? matching() : [])],
      details: [
        ...[...results].map(([title, measured]) => detailOf(title, measured)),
        ...(held.length > 0 ? [memoryDetail(held)] : [])
      ],
      notes: [
        ...NOTES,
        ...(packages === undefined
          ? ["Mercurius, Apollo Server and Socket.IO were left out: their packages could not be installed."]
          : [])
      ]
    }
  }
}

const NOTES = [
  "The message: one market of one bookmaker with its comparison, in the document of `src/client`. In a burst eight changes are published in one turn; our server merges them into one message, and a delivery is still one change to one subscriber.",
  "CPU is the server process's, user and system, per delivery, over a closed loop of a second of its CPU; latency is from the instant a change was due, at half of the server's own saturation, in an open loop. Server and load client each have a core of their own.",
  "`not shared` is our own server whose subscriptions graphql-ws executes for each subscriber: the control.",
  "`equal ids`: clients number their operations alike, as `src/client` does; else each has an id as long as a UUID.",
  "Rounds: five, and one of what no row compares.",
  "Memory is counted after a collection that gives back what the heap keeps in reserve. An idle connection: the growth of RSS by 1,000 subscribed ones. One that never reads: the growth of the heap and of what lies beside it while 20,000 changes go to 20 such and to two who read, less that of the same run without the 20."
]

interface Crowd {
  readonly part: string
  readonly title: string
  readonly sockets: number
  readonly entrants: Entrants
  /** Shown beside them, and in no row: measured once. */
  readonly others: Entrants
}
type Entrants = Readonly<Record<string, Contestant>>

const crowds = (cursor: string, packages: string | undefined): readonly Crowd[] => {
  const division: Division = { groups: 1, ids: "unique", cursor }
  const alike: Division = { ...division, ids: "equal" }
  const limit = { raw, ours: ours(division) }
  const oneGroup = (sockets: number, entrants: Entrants, others: Entrants): Crowd => {
    const title = `${sockets} in one group`
    return { part: title, title, sockets, entrants, others }
  }
  const manyGroups = (groups: number): Entrants => ({
    ours: ours({ ...division, groups }),
    yoga: graphqlPeer("yoga.ts", { ...division, groups })
  })
  const inGroups = (groups: number, entrants: Entrants, others: Entrants): Crowd => ({
    part: "groups",
    title: `1000 in ${groups} groups`,
    sockets: 1_000,
    entrants,
    others
  })
  const peers = { "ours, not shared": ours(division, 1, "unshared"), ...graphqlPeers(division, packages) }
  const beside = {
    "ours, equal ids": ours(alike),
    ...(packages !== undefined && { "socket.io": socketIo(packages) })
  }
  const bursts = { "ours, burst of 8": ours(division, 8), "ours, burst of 8, equal ids": ours(alike, 8) }
  return [
    oneGroup(1_000, { ...limit, ...bursts, ...peers }, beside),
    oneGroup(5_000, limit, peers),
    oneGroup(100, limit, peers),
    inGroups(1_000, manyGroups(1_000), {}),
    inGroups(100, {}, manyGroups(100)),
    inGroups(10, {}, manyGroups(10))
  ]
}

const graphqlPeers = (division: Division, packages: string | undefined): Entrants => ({
  yoga: graphqlPeer("yoga.ts", division),
  ...(packages !== undefined && {
    mercurius: graphqlPeer("mercurius.ts", division, packages),
    apollo: graphqlPeer("apollo.ts", division, packages)
  })
})

const rounds = async (
  { title, sockets, entrants, others }: Crowd,
  files: Files
): Promise<ReadonlyMap<string, readonly Measured[]>> => {
  const measured = new Map<string, readonly Measured[]>()
  for (let round = 1; round <= ROUNDS; round++) {
    for (const [name, contestant] of Object.entries(round === 1 ? { ...entrants, ...others } : entrants)) {
      const one = await measure(contestant, files, sockets)
      console.log(`${title}, round ${round}: ${name} ${figures(one.cpuUs)} µs`)
      measured.set(name, [...(measured.get(name) ?? []), one])
    }
  }
  return measured
}

/** Only we and the limit are told what a client holds that never reads: the peers' own pings end it at their pace. */
const holdings = async (files: Files, cursor: string, packages: string | undefined): Promise<readonly Holding[]> => {
  const division: Division = { groups: 1, ids: "unique", cursor }
  const held: Holding[] = []
  for (const [name, contestant] of Object.entries({ raw, ours: ours(division), ...graphqlPeers(division, packages) })) {
    const idle = await idleBytes(contestant, files)
    const stalled = name === "raw" || name === "ours" ? await stalledBytes(contestant, files) : undefined
    console.log(`${name}: ${figures(idle / 1_024)} KB idle`)
    held.push({ name, idle, stalled })
  }
  return held
}

/** Everybody's message comes from our own server, started once for it. */
const prepare = async (folder: string): Promise<{ readonly files: Files; readonly cursor: string }> => {
  const files = { message: join(folder, "message.json"), sdl: join(folder, "contract.graphql") }
  const contract = fileURLToPath(new URL("../../schema/graphql/", import.meta.url))
  const texts = await Promise.all((await readdir(contract)).map((name) => readFile(join(contract, name), "utf8")))
  await writeFile(files.sdl, texts.join("\n"))
  const server = launch(0, "ours.ts", ["", "", "", "shared"])
  const { sample } = await heard<Listening>(server)
  server.kill("SIGKILL")
  if (sample === undefined) throw new Error("Our own server gave no message.")
  await writeFile(files.message, JSON.stringify(sample.message))
  return { files, cursor: sample.cursor }
}
