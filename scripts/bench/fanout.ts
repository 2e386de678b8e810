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
import { matching } from "./fanout/matching.ts"
import { heard, launch, measure } from "./fanout/measure.ts"
import type { Contestant, Files, Measured } from "./fanout/measure.ts"
import type { Listening } from "./fanout/orders.ts"
import { installPeers } from "./fanout/peers.ts"
import { atLeast, atMost, figures, plainly } from "./report.ts"
import type { Benchmark, Detail, Row } from "./report.ts"
import { median, medianRatio } from "./rounds.ts"

const ROUNDS = 5

export const fanout: Benchmark = {
  name: "fanout",
  question: "What does it cost to tell one change to many subscribers, next to sending ready bytes to as many sockets?",
  measure: async () => {
    const folder = await mkdtemp(join(tmpdir(), "oddswire-fanout-"))
    const { files, cursor } = await prepare(folder)
    const packages = await installPeers()
    const crowds: ReadonlyMap<string, Crowd> = new Map([
      ...[100, 1_000, 5_000].map((sockets): [string, Crowd] => [
        `${sockets} in one group`,
        { sockets, entrants: inOneGroup(cursor, packages) }
      ]),
      ...[10, 100, 1_000].map((groups): [string, Crowd] => [
        `1000 in ${groups} groups`,
        { sockets: 1_000, entrants: inGroups(groups, cursor) }
      ])
    ])
    const results = new Map<string, ReadonlyMap<string, readonly Measured[]>>()
    for (const [title, { sockets, entrants }] of crowds)
      results.set(title, await rounds(sockets, entrants, files, title))
    for (const path of [folder, ...(packages === undefined ? [] : [packages])])
      await rm(path, { recursive: true, force: true })
    return {
      rows: [...rowsOf(results), ...matching()],
      details: [...results].map(([title, measured]) => detailOf(title, measured)),
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
  "CPU is the server process's, user and system, per delivery, over a closed loop; latency is from the instant a change was due, at half of the server's own saturation, in an open loop. Server and load client each have a core of their own.",
  "`not shared` is our own server whose subscriptions graphql-ws executes for each subscriber: the control.",
  "`equal ids`: clients number their operations alike, as `src/client` does; else each has an id as long as a UUID."
]

interface Crowd {
  readonly sockets: number
  readonly entrants: Entrants
}
type Entrants = Readonly<Record<string, Contestant>>

const inOneGroup = (cursor: string, packages: string | undefined): Entrants => {
  const division: Division = { groups: 1, ids: "unique", cursor }
  const alike: Division = { ...division, ids: "equal" }
  return {
    raw,
    ours: ours(division),
    "ours, equal ids": ours(alike),
    "ours, burst of 8": ours(division, 8),
    "ours, burst of 8, equal ids": ours(alike, 8),
    "ours, not shared": ours(division, 1, "unshared"),
    yoga: graphqlPeer("yoga.ts", division),
    ...(packages !== undefined && {
      mercurius: graphqlPeer("mercurius.ts", division, packages),
      apollo: graphqlPeer("apollo.ts", division, packages),
      "socket.io": socketIo(packages)
    })
  }
}

const inGroups = (groups: number, cursor: string): Entrants => {
  const division: Division = { groups, ids: "unique", cursor }
  return { raw, ours: ours(division), yoga: graphqlPeer("yoga.ts", division) }
}

const rounds = async (
  sockets: number,
  entrants: Entrants,
  files: Files,
  title: string
): Promise<ReadonlyMap<string, readonly Measured[]>> => {
  const measured = new Map<string, readonly Measured[]>()
  for (let round = 1; round <= ROUNDS; round++) {
    for (const [name, contestant] of Object.entries(entrants)) {
      const one = await measure(contestant, files, sockets)
      console.log(`${title}, round ${round}: ${name} ${figures(one.cpuUs)} µs`)
      measured.set(name, [...(measured.get(name) ?? []), one])
    }
  }
  return measured
}

type Results = ReadonlyMap<string, ReadonlyMap<string, readonly Measured[]>>

const rowsOf = (results: Results): readonly Row[] => {
  const cpu = (crowd: string, name: string): readonly number[] =>
    results
      .get(crowd)
      ?.get(name)
      ?.map(({ cpuUs }) => cpuUs) ?? []
  const toRaw = (what: string, crowd: string, name: string, goal: number): Row => {
    const limits = cpu(crowd, "raw")
    const row = medianRatio(cpu(crowd, name), limits)
    return atMost(`${what}, ${crowd}`, median(limits) * row, median(limits), goal, "µs")
  }
  const toOurs = (peer: string, crowd: string, goal: number): readonly Row[] => {
    const own = cpu(crowd, "ours")
    const theirs = cpu(crowd, peer)
    if (theirs.length === 0) return []
    return [atLeast(`${peer} to ours, ${crowd}`, median(own) * medianRatio(theirs, own), median(own), goal, "µs")]
  }
  const idle = results.get("1000 in one group")?.get("ours") ?? []
  return [
    toRaw("one delta", "1000 in one group", "ours", 1.2),
    toRaw("one delta", "5000 in one group", "ours", 1.4),
    toRaw("burst of 8", "1000 in one group", "ours, burst of 8", 0.5),
    toRaw("burst of 8, equal ids", "1000 in one group", "ours, burst of 8, equal ids", 0.25),
    ...["yoga", "mercurius", "apollo"].flatMap((peer) => toOurs(peer, "1000 in one group", 10)),
    ...toOurs("yoga", "1000 in 1000 groups", 2.5),
    ...toOurs("ours, not shared", "1000 in one group", 2),
    plainly(
      "RSS per idle subscribed connection",
      median(idle.map(({ bytesPerSocket }) => bytesPerSocket / 1_024)),
      "KB",
      {
        most: 30
      }
    )
  ]
}

const detailOf = (title: string, measured: ReadonlyMap<string, readonly Measured[]>): Detail => ({
  title: `${title}: the middle of ${ROUNDS} rounds`,
  rows: [...measured].map(([name, all]) => {
    const middle = (of: (one: Measured) => number): string => figures(median(all.map(of)))
    return {
      server: name,
      "CPU µs": middle(({ cpuUs }) => cpuUs),
      "each round": all.map(({ cpuUs }) => figures(cpuUs)).join(" "),
      "deliveries/s": middle(({ perSecond }) => perSecond),
      "p50 ms": middle(({ p50 }) => p50),
      "p99 ms": middle(({ p99 }) => p99),
      "KB/socket": middle(({ bytesPerSocket }) => bytesPerSocket / 1_024),
      "bytes/frame": middle(({ bytesPerFrame }) => bytesPerFrame),
      "frames/change": middle(({ framesPerChange }) => framesPerChange),
      lost: all.reduce((sum, { lost }) => sum + lost, 0),
      "client busy": middle(({ clientBusy }) => clientBusy)
    }
  })
})

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
