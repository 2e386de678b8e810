/**
 * Our own server as the house has it (diff, hub, subscriptions, websockets) over a board and a journal in memory.
 *
 * Told `unshared` it is the control: the same schema and messages, but graphql-ws executes and serialises each message
 * for each subscriber, as it does for any subscription.
 */
import { argv } from "node:process"
import { Effect } from "effect"
import { GraphQLObjectType } from "graphql"
import { Hub } from "../../../src/broadcast/Hub.ts"
import { EventId } from "../../../src/domain/Event.ts"
import { formatCursor } from "../../../src/graphql/arguments/Cursor.ts"
import { readFilter } from "../../../src/graphql/arguments/Filter.ts"
import { ApiRuntime } from "../../../src/graphql/Runtime.ts"
import { ApiSchema } from "../../../src/graphql/Schema.ts"
import { makeMessages } from "../../../src/graphql/subscriptions/Messages.ts"
import { PublishedBoard } from "../../../src/odds/PublishedBoard.ts"
import { bookmakers, House, house } from "../../../test/graphql/subscriptions/house.ts"
import { boardOf, facts, snapshot } from "../../../test/support/snapshots.ts"
import { obey } from "./orders.ts"
import { sampleOf } from "./sample.ts"

const EVENTS = 1_300

/** Enough for whoever comes with the cursor of somebody else. */
const RECORDS_KEPT = 2_000
const RELEASED_AT_ONCE = 100

const event = (i: number): EventId => EventId(String(68_000_000 + i))

const board = (i: number) =>
  boardOf(`1x2_ft home ${1_500 + (i % 300)}`, `1x2_ft draw ${3_000 + (i % 200)}`, `1x2_ft away ${4_000 + (i % 100)}`)

const program = Effect.gen(function* () {
  const home = yield* House
  const hub = yield* Hub
  const runtime = yield* ApiRuntime
  const published = yield* PublishedBoard
  const { schema } = yield* ApiSchema
  const everything = yield* Effect.fromResult(readFilter({}, bookmakers))
  const { moment } = runtime.contextAtOnce({ who: "bench", role: "viewer" }, "bench")

  const observe = (i: number, bookmakerId: string, prices: number, at: number): void =>
    home.tell({
      _tag: "Observe",
      snapshot: snapshot(at, [], {
        eventId: event(i),
        bookmakerId: bookmakers.find(({ id }) => id === bookmakerId)?.id ?? snapshot(0, []).bookmakerId,
        board: board(prices),
        // One instant for all: prices captured together are compared.
        requestedAt: 1
      })
    })
  for (let i = 0; i < EVENTS; i++) {
    home.tell({ _tag: "Place", facts: facts({ id: event(i), kickoff: 4_000_000_000_000 }), at: 0 })
    for (const { id } of bookmakers) observe(i, id, i, 1)
  }

  // Written in the turn in which everybody else is, and in unshared mode the one who is told for all.
  let written = (): void => undefined
  const listeners = new Set<(message: object) => void>()
  const messages = makeMessages({ board: published, moment: () => moment, now: () => 0 }, everything, (message) => {
    for (const listener of listeners) listener(message)
    return "null"
  })
  const probe = hub.connect({
    write: () => written(),
    queued: () => 0,
    whenTaken: () => undefined,
    close: () => undefined,
    destroy: () => undefined
  })
  const quiet = {
    message: () => "null",
    snapshot: () => ({ leadsTo: () => true, next: () => ({ payload: "null", last: true }) })
  }
  const unshared = argv[5] === "unshared"
  const joined = hub.join({
    key: "probe",
    membership: () => ({ interest: everything, conflateMs: 0, renderer: unshared ? messages : quiet }),
    outbox: probe,
    id: "probe",
    mark: published.mark(),
    end: () => undefined
  })
  joined.open({ leadsTo: () => true, next: () => ({ payload: "null", last: true }) })
  if (unshared) {
    const type = schema.getSubscriptionType()
    const field = type instanceof GraphQLObjectType ? type.getFields()["oddsUpdated"] : undefined
    if (field !== undefined) field.subscribe = () => each(listeners)
  }

  let flushed = Promise.resolve()
  // A journal on disk holds no records in memory, and one that grew there would pass for what slow readers cost.
  let floor = 0
  const release = (): void => {
    const wanted = published.mark().seq - RECORDS_KEPT
    if (wanted < floor + RELEASED_AT_ONCE) return
    floor = wanted
    home.raiseFloor(floor)
  }
  const publish = (i: number, us: number): void => {
    const { promise, resolve } = Promise.withResolvers<void>()
    written = resolve
    flushed = promise
    observe(i % EVENTS, "betpawa-ng", i + 1, us)
    release()
  }
  const publisher = { publish, flushed: () => flushed }
  const port = Number(new URL(home.url).port)
  // The control begins with no snapshot to take a sample after.
  if (unshared) obey(publisher, { port })
  else {
    const message = yield* Effect.promise(() => sampleOf(home.url, () => publish(0, 1_000)))
    obey(publisher, { port, sample: { message, cursor: formatCursor(published.mark(), "") } })
  }
  return yield* Effect.never
})

/** What any subscription would do: a queue per subscriber. */
const each = (listeners: Set<(message: object) => void>): AsyncIterableIterator<object> => {
  const waiting: object[] = []
  let wake = (): void => undefined
  const listener = (message: object): void => {
    waiting.push({ oddsUpdated: message })
    wake()
  }
  listeners.add(listener)
  const iterator: AsyncIterableIterator<object> = {
    [Symbol.asyncIterator]: () => iterator,
    next: async () => {
      if (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve))
      const value = waiting.shift()
      return value === undefined ? { done: true, value } : { done: false, value }
    },
    return: async () => {
      listeners.delete(listener)
      return { done: true, value: undefined }
    }
  }
  return iterator
}

await Effect.runPromise(Effect.scoped(Effect.provide(program, house())))
