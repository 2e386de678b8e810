/**
 * The three bookmakers, served from this machine: the door of the room.
 *
 * Imports nothing of the house, so that a misreading of a wire format is made once and not on both sides.
 * Inside is plain code on `node:http`: it shares a processor with the runtime it feeds, and is measured.
 */
import { Clock, Data, Effect } from "effect"
import type { Scope } from "effect"
import { createServer } from "node:http"
import type { IncomingMessage, Server, ServerResponse } from "node:http"
import { BOOKMAKERS } from "./catalogue/Template.ts"
import { control } from "./Controls.ts"
import type { Controlled } from "./Controls.ts"
import { Faults } from "./faults/Faults.ts"
import type { GoneIn } from "./faults/Faults.ts"
import { hash } from "./Hashing.ts"
import { openJournalFile } from "./JournalFile.ts"
import type { JournalFile, JournalFileFault } from "./JournalFile.ts"
import { PriceJournal } from "./PriceJournal.ts"
import { Site } from "./Site.ts"
import { SimulatorClock } from "./SimulatorClock.ts"
import { World } from "./world/World.ts"

export interface SimulatorOptions {
  readonly host: string
  /** 0 = any free port. */
  readonly port: number
  readonly seed: number
  readonly events: number
  /** The most popular so many of each match; `Infinity` = as many as the sites show. */
  readonly markets: number
  readonly faults: "default" | "none"
  readonly latency: "recorded" | "none"
  /** Where served prices are written; `undefined` = memory only. */
  readonly journal: string | undefined
}

export const DEFAULT_OPTIONS: SimulatorOptions = {
  host: "127.0.0.1",
  port: 0,
  seed: 1,
  events: 1_300,
  markets: Infinity,
  faults: "default",
  latency: "recorded",
  journal: undefined
}

/** The address could not be listened on. */
export class SimulatorUnavailable extends Data.TaggedError("SimulatorUnavailable")<{ readonly message: string }> {}

export interface RunningSimulator {
  /** `http://127.0.0.1:4100`; the roots are `/betpawa`, `/sportybet`, `/bet9ja` below it. */
  readonly url: string
}

/** Serves until its scope closes. */
export const startSimulator: (
  options: SimulatorOptions
) => Effect.Effect<RunningSimulator, SimulatorUnavailable | JournalFileFault, Scope.Scope> = Effect.fn(
  "Simulator.start"
)(function* (options: SimulatorOptions) {
  const machine = yield* Clock.Clock
  const file = options.journal === undefined ? undefined : yield* openJournalFile(options.journal)
  const house = build(options, () => machine.currentTimeMillisUnsafe(), file)
  const server = createServer((request, response) => receive(house, request, response))
  // An idle connection is the client's to close: closing it here would look like a reset nobody injected.
  server.keepAliveTimeout = 0
  server.requestTimeout = 0
  const port = yield* Effect.acquireRelease(listen(server, options), () => close(server))
  return { url: `http://${options.host}:${port}` }
})

const build = (options: SimulatorOptions, machine: () => number, file: JournalFile | undefined): Controlled => {
  const { seed, events, markets, faults: weather, latency } = options
  const world = new World(seed, events, markets)
  const clock = new SimulatorClock(machine)
  const journal = new PriceJournal(file)
  const faults = new Faults(seed, weather === "default", (time, count) => goneAt(world, seed, time, count))
  const site = new Site({ seed, latency }, world, clock, faults, journal)
  return { about: { seed, events, latency, faults: weather }, world, clock, faults, journal, site }
}

const goneAt = (world: World, seed: number, time: number, count: number): ReturnType<GoneIn> =>
  Array.from({ length: count }, (_, pick) => {
    const bookmaker = BOOKMAKERS[hash(seed, time, pick, 91) % BOOKMAKERS.length] ?? "betpawa"
    const listed = world.listed(bookmaker, time)
    const match = listed[hash(seed, time, pick, 92) % listed.length]
    return match === undefined ? [] : [{ bookmaker, match }]
  }).flat()

const MAX_REQUEST_BODY = 1_000_000

const receive = (house: Controlled, request: IncomingMessage, response: ServerResponse): void => {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://simulator")
  const [, root = ""] = pathname.split("/")
  const bookmaker = BOOKMAKERS.find((name) => name === root)
  const chunks: Buffer[] = []
  let size = 0
  request.on("data", (chunk: Buffer) => {
    size += chunk.length
    if (size <= MAX_REQUEST_BODY) chunks.push(chunk)
  })
  request.on("end", () => {
    const siteRequest = {
      method: request.method ?? "GET",
      path: pathname.slice(root.length + 1),
      query: searchParams,
      headers: request.headers,
      body: Buffer.concat(chunks).toString()
    }
    if (bookmaker !== undefined) return house.site.answer(bookmaker, siteRequest, request, response)
    if (root === "_sim") return control(house, siteRequest, response)
    response.writeHead(404).end()
  })
}

const listen = (server: Server, { host, port }: SimulatorOptions): Effect.Effect<number, SimulatorUnavailable> =>
  Effect.callback((resume) => {
    server.once("error", (error) =>
      resume(
        Effect.fail(
          new SimulatorUnavailable({
            message: `simulator: cannot listen on ${host}:${port} (${error.message}); choose another with --port`
          })
        )
      )
    )
    server.listen(port, host, 1024, () => {
      const address = server.address()
      resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : port))
    })
  })

/** Cuts what is under way: nobody waits for a simulator. */
const close = (server: Server): Effect.Effect<void> =>
  Effect.callback((resume) => {
    server.close(() => resume(Effect.void))
    server.closeAllConnections()
  })
