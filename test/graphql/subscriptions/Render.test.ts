import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { executeSubscriptionEvent, getOperationAST, parse, validateSubscriptionArgs } from "graphql"
import { GRID } from "../../../src/client/Documents.ts"
import type { Role } from "../../../src/access/Access.ts"
import { MAIN_MARKETS } from "../../../src/domain/Catalogue.ts"
import { EventId } from "../../../src/domain/Event.ts"
import { ApiRuntime } from "../../../src/graphql/Runtime.ts"
import type { SharedContext } from "../../../src/graphql/Runtime.ts"
import { ApiSchema } from "../../../src/graphql/Schema.ts"
import { facts, snapshot } from "../../support/snapshots.ts"
import { bookmakers, House, house } from "./house.ts"

const ID = EventId("1")
const NOTHING = { events: [], listings: [], offers: [], confirmations: [], bookmakers: [], removed: [] }
const ABOUT = {
  kind: "DELTA",
  reason: null,
  page: 0,
  lastPage: true,
  previousCursor: "b",
  serverTime: 0,
  durable: true
}

/** A house with one event on the board, and what it writes of a message in this document. */
const stand = Effect.fnUntraced(function* (text: string) {
  const { execution, schema } = yield* ApiSchema
  const runtime = yield* ApiRuntime
  const home = yield* House
  const document = parse(text)
  const operation = getOperationAST(document) ?? assert.fail("one operation")
  const tellPrice = (home1: number, at: number): void =>
    home.tell({ _tag: "Observe", snapshot: snapshot(at, [`1x2_ft home ${home1}`], { eventId: ID }) })
  home.tell({ _tag: "Place", facts: facts({ id: ID, kickoff: 4_000_000_000_000 }), at: 0 })
  tellPrice(1_850, 1)
  return {
    tellPrice,
    context: (role: Role = "viewer") => runtime.contextAtOnce({ who: "test", role }, "test"),
    written: (message: object, context: SharedContext, given: Readonly<Record<string, unknown>> = {}) => {
      const variables = execution.variables({ document, operation }, given) ?? assert.fail("variables")
      return execution.data({ document, operation }, variables, { oddsUpdated: message }, context)
    },
    byGraphqlJs: (message: object, context: SharedContext, given: Readonly<Record<string, unknown>> = {}) => {
      const args = validateSubscriptionArgs({ schema, document, variableValues: given })
      if (!("schema" in args)) return assert.fail(args.join())
      const result = executeSubscriptionEvent({
        ...args,
        rootValue: { oddsUpdated: message },
        contextValue: context
      })
      return "then" in result ? assert.fail("at once") : JSON.stringify(result.data)
    }
  }
})

/** All that is told of the one event and its first market. */
const partsAt = ({ moment }: SharedContext) => {
  const [bookmaker] = bookmakers
  const [market] = MAIN_MARKETS
  const event = moment.event(ID)
  if (event === undefined || bookmaker === undefined || market === undefined) return assert.fail("on the board")
  return {
    events: [event.parent],
    listings: [event.listing(bookmaker)],
    offers: [event.offer(bookmaker, market)],
    comparisons: () => [event.comparison(market)]
  }
}

describe("what a message is written as", () => {
  it.effect("is the grid's document by a plan, comparisons that are made when asked for included", () =>
    Effect.gen(function* () {
      const { context, written } = yield* stand(GRID)
      const message = { ...NOTHING, ...ABOUT, cursor: "c", comparisons: () => [] }
      assert.include(written(message, context()), '"comparisons":[]')
    }).pipe(Effect.provide(house()))
  )

  it.effect("is to the byte what graphql-js writes, for the second group of a moment as for the first", () =>
    Effect.gen(function* () {
      const { byGraphqlJs, context, written } = yield* stand(GRID)
      for (const cursor of ["first", "second"]) {
        const now = context()
        const message = { ...NOTHING, ...ABOUT, ...partsAt(now), cursor }
        assert.strictEqual(written(message, now), byGraphqlJs(message, now))
      }
    }).pipe(Effect.provide(house()))
  )

  it.effect("has each part written once for all groups of a moment and a role", () =>
    Effect.gen(function* () {
      const { context, written } = yield* stand(GRID)
      const parts = partsAt(context())
      let read = 0
      const counting = Object.defineProperty({ ...parts.offers[0] }, "eventId", {
        get: () => {
          read++
          return ID
        }
      })
      const message = { ...NOTHING, ...ABOUT, ...parts, offers: [counting] }
      const [first, second] = ["first", "second"].map((cursor) => written({ ...message, cursor }, context()))
      assert.strictEqual(second, first?.replace("first", "second"))
      // Once for its id and once for the event's.
      assert.strictEqual(read, 2)
      written({ ...message, cursor: "third" }, context("operator"))
      assert.strictEqual(read, 4)
    }).pipe(Effect.provide(house()))
  )

  it.effect("is new after a change, though no millisecond has passed", () =>
    Effect.gen(function* () {
      const { context, tellPrice, written } = yield* stand(GRID)
      const write = (): string | undefined => {
        const now = context()
        return written({ ...NOTHING, ...ABOUT, ...partsAt(now), cursor: "c" }, now)
      }
      assert.include(write(), '"milli":1850')
      tellPrice(1_900, 2)
      assert.include(write(), '"milli":1900')
    }).pipe(Effect.provide(house()))
  )

  it.effect("is each group's own where a part takes arguments", () =>
    Effect.gen(function* () {
      const text = `subscription ($of: [ID!]) { oddsUpdated { events { id listings(bookmakers: $of) { id } } } }`
      const { byGraphqlJs, context, written } = yield* stand(text)
      const now = context()
      const message = { ...NOTHING, ...ABOUT, ...partsAt(now), cursor: "c" }
      for (const { id } of bookmakers)
        assert.strictEqual(written(message, now, { of: [id] }), byGraphqlJs(message, now, { of: [id] }))
    }).pipe(Effect.provide(house()))
  )
})
