/**
 * The API with its websockets over real books and a journal in memory, whose floor and epoch the test sets.
 *
 * What is told goes through the real diff; numbering and publishing are done here, one message at a time.
 */
import { createServer } from "node:http"
import { NodeFileSystem } from "@effect/platform-node"
import { ConfigProvider, Context, Effect, Layer, Stream, SubscriptionRef } from "effect"
import { Access } from "../../../src/access/Access.ts"
import { Supervisor } from "../../../src/actor/Supervisor.ts"
import { Hub } from "../../../src/broadcast/Hub.ts"
import { BookmakerId, Bookmakers } from "../../../src/domain/Bookmaker.ts"
import { catalogue } from "../../../src/domain/Catalogue.ts"
import type { NumberedRecord, Record } from "../../../src/domain/Record.ts"
import { RunStore } from "../../../src/domain/Run.ts"
import type { Run } from "../../../src/domain/Run.ts"
import { DEFAULT_SETTINGS, LiveSettings } from "../../../src/domain/Settings.ts"
import { Connections } from "../../../src/graphql/Connections.ts"
import { digestFor } from "../../../src/graphql/reading/Digest.ts"
import { Documents } from "../../../src/graphql/admission/Documents.ts"
import { readFilter } from "../../../src/graphql/arguments/Filter.ts"
import type { OddsFilterInput } from "../../../src/graphql/arguments/Filter.ts"
import { ApiRuntime } from "../../../src/graphql/Runtime.ts"
import { ApiSchema } from "../../../src/graphql/Schema.ts"
import { attachWebSocket } from "../../../src/graphql/WebSocket.ts"
import { Journal, JournalFault } from "../../../src/journal/Journal.ts"
import { Incidents } from "../../../src/observability/Incidents.ts"
import { PublishedBoard, makePublishedBoard } from "../../../src/odds/PublishedBoard.ts"
import { step } from "../../../src/odds/Step.ts"
import type { Head, Told } from "../../../src/odds/Step.ts"
import { fold, makeTable } from "../../../src/odds/Table.ts"
import { Scraping } from "../../../src/scraping/Scraping.ts"
import { History } from "../../../src/storage/History.ts"

export const EPOCH = 1_763_000_000_000

export const bookmakers = ["betpawa-ng", "sportybet-ng", "bet9ja-ng"].map((id, i) => ({
  id: BookmakerId(id),
  name: id,
  country: "NG",
  ours: i === 0,
  mapped: new Set(catalogue.map(({ key }) => key))
}))

export class House extends Context.Service<
  House,
  {
    readonly url: string
    readonly farewell: Effect.Effect<void>
    /** Diffs, numbers and publishes. */
    readonly tell: (...messages: readonly Told[]) => void
    /** Numbers and publishes a record that no message makes. */
    readonly record: (record: Record) => void
    readonly stats: Hub["Service"]["stats"]
    /** What its supervisor does once this actor has crashed too often. */
    readonly giveUp: (actor: string, lastError: string) => Effect.Effect<void>
    /** Open sockets, as `system` counts them. */
    readonly sockets: () => number
    /** Running subscriptions by field, as `system` counts them. */
    readonly subscriptions: () => ReadonlyMap<string, number>
    /** What is in the journal up to there is let go. */
    readonly raiseFloor: (floor: number) => void
    /** From then on nothing that is told gets into the journal. */
    readonly breakDisk: () => void
    readonly digest: (filter: OddsFilterInput) => { readonly digest: string; readonly cursor: string }
  }
>()("test/House") {}

const unused = Effect.die("not used in these tests")

export interface Stand {
  readonly runs?: readonly Run[]
  readonly stored?: readonly Run[]
  /** Settings of access; the process's own are never read. */
  readonly environment?: Readonly<{ [name: string]: string }>
}

/** Rooms beside the odds and the journal: they answer what a test hands in, or nothing. */
export const unasked = ({ runs = [], stored = [], environment = {} }: Stand) =>
  Layer.mergeAll(
    Layer.succeed(Bookmakers, { all: bookmakers }),
    Layer.effect(
      LiveSettings,
      Effect.map(SubscriptionRef.make(DEFAULT_SETTINGS), (current) => ({ current, update: () => unused }))
    ),
    Layer.succeed(RunStore, {
      save: () => unused,
      list: () => unused,
      failures: () => unused,
      get: (id) => Effect.succeed(stored.find((run) => run.id === id))
    }),
    Layer.succeed(History, {
      rows: () => unused,
      event: () => unused,
      deadLetters: () => unused,
      replayDeadLetters: () => unused,
      stats: unused
    }),
    Layer.succeed(Scraping, {
      driftSamples: Effect.succeed([]),
      serviceLevels: unused,
      start: () => unused,
      retryFailed: () => unused,
      cancel: () => unused,
      failures: () => unused,
      recent: () => unused,
      nextRunAt: unused,
      work: unused,
      stop: unused,
      run: (id) =>
        Effect.succeedSome(id).pipe(
          Effect.map(() => undefined),
          Effect.andThen(Effect.fromNullishOr(runs.find((run) => run.id === id))),
          Effect.option
        ),
      watch: (id) => Stream.fromIterable(runs.filter((run) => run.id === id)),
      // It ends with the process.
      watchAll: (triggers) =>
        Stream.concat(Stream.fromIterable(runs.filter((run) => triggers.includes(run.trigger))), Stream.never)
    }),
    Incidents.layer,
    Connections.layer,
    Access.layer.pipe(Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: environment }))))
  )

/** The API over whatever rooms there are. */
export const served = Layer.mergeAll(ApiRuntime.layer, Documents.layer.pipe(Layer.provideMerge(ApiSchema.layer))).pipe(
  Layer.provide(NodeFileSystem.layer)
)

/** Listens on any free port for as long as its scope lives. */
export const listening = Effect.gen(function* () {
  const server = createServer()
  const { farewell } = yield* attachWebSocket({ server, path: "/graphql", version: "0.0.0-test" })
  const port = yield* Effect.callback<number>((resume) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0))
    })
  })
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      server.close()
      server.closeAllConnections()
    })
  )
  return { port, farewell }
})

export const house = ({ runs = [], stored = [], environment = {} }: Stand = {}) => {
  /** From the floor on. */
  const records: NumberedRecord[] = []
  const givingUp = new Map<string, (lastError: string) => Effect.Effect<void>>()
  let floor = 0
  let last = 0
  let durable = true
  const head: Head = { table: makeTable(), seen: new Map(), missed: new Map() }
  const published = makePublishedBoard(makeTable(), { epoch: EPOCH, seq: 0 })
  const { board } = published

  const rooms = Layer.mergeAll(
    unasked({ runs, stored, environment }),
    Layer.succeed(PublishedBoard, board),
    Layer.succeed(Journal, {
      epoch: EPOCH,
      world: "test",
      setAside: undefined,
      unbased: undefined,
      based: Effect.void,
      isBehind: Effect.succeed(false),
      append: () => unused,
      images: Effect.succeed([]),
      release: () => unused,
      lastGap: Effect.undefined,
      grown: unused,
      stats: unused,
      floor: Effect.sync(() => floor),
      last: Effect.sync(() => floor + records.length),
      read: (after, limit) =>
        Effect.suspend(() =>
          after < floor
            ? Effect.fail(new JournalFault({ message: `Nothing can be replayed after ${after}.` }))
            : Effect.succeed(records.slice(after - floor, after - floor + limit))
        )
    }),
    Layer.effect(
      Supervisor,
      Supervisor.use((supervisor) =>
        Effect.succeed({
          ...supervisor,
          supervise: (spec) => {
            givingUp.set(spec.name, spec.onFailed)
            return supervisor.supervise(spec)
          }
        })
      )
    ).pipe(Layer.provide(Supervisor.layer))
  )
  const api = served.pipe(Layer.provideMerge(Hub.layer), Layer.provideMerge(rooms))

  return Layer.effect(
    House,
    Effect.gen(function* () {
      const hub = yield* Hub
      const connections = yield* Connections
      const { farewell, port } = yield* listening
      const publish = (told: readonly Record[]): void => {
        const numbered = told.map((record) => ({ epoch: EPOCH, seq: ++last, record, durable }))
        if (durable) records.push(...numbered)
        hub.publish(numbered, board.mark())
      }
      return {
        url: `ws://127.0.0.1:${port}/graphql`,
        farewell,
        tell: (...messages: readonly Told[]) => {
          const changes = messages.flatMap((message) => {
            const made = step(head, message)
            for (const change of made) fold(head.table, change)
            return made
          })
          const told = changes.flatMap((change): readonly Record[] =>
            change._tag === "Book" ? change.records : [change.record]
          )
          published.advance(changes, { epoch: EPOCH, seq: last + told.length }, durable)
          publish(told)
        },
        record: (record: Record) => {
          published.advance([], { epoch: EPOCH, seq: last + 1 }, durable)
          publish([record])
        },
        stats: hub.stats,
        giveUp: (actor, lastError) => givingUp.get(actor)?.(lastError) ?? Effect.die(`there is no ${actor}`),
        sockets: () => connections.counts().sockets,
        subscriptions: () => connections.counts().subscriptions,
        raiseFloor: (to: number) => {
          records.splice(0, to - floor)
          floor = to
        },
        breakDisk: () => void (durable = false),
        digest: (input: OddsFilterInput) => {
          const filter = readFilter(input, bookmakers)
          if (filter._tag === "Failure") throw filter.failure
          const standing = (id: BookmakerId) => board.bookmaker(id).standing
          const roster = bookmakers.map((bookmaker) => ({
            bookmaker,
            enabled: true,
            paused: false,
            ...board.bookmaker(bookmaker.id)
          }))
          const view = { at: 0, bookmakers, roster, standing, skewBoundMs: 30_000, tiers: [], knownSince: EPOCH }
          return digestFor(board, view, filter.success)
        }
      }
    })
  ).pipe(Layer.provideMerge(api))
}
