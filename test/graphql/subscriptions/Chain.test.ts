import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import type { Joined } from "../../../src/broadcast/Hub.ts"
import { readFilter } from "../../../src/graphql/arguments/Filter.ts"
import { makeMoment } from "../../../src/graphql/reading/Moment.ts"
import { makeMessages } from "../../../src/graphql/subscriptions/Messages.ts"
import { standingOf } from "../../../src/graphql/subscriptions/Resume.ts"
import { makePublishedBoard } from "../../../src/odds/PublishedBoard.ts"
import { makeTable } from "../../../src/odds/Table.ts"
import { drawFrom } from "../../../scripts/faults/house/Draw.ts"
import { confirmedRecord, marketsRecord, NOW } from "../../support/records.ts"
import { framesOf, makeSocket, makeStage } from "../../broadcast/floor.ts"
import { bookmakers } from "./house.ts"

interface Said {
  readonly kind: string
  readonly page: number
  readonly cursor: string
  readonly previousCursor: string | null
}

const filter = Result.getOrThrow(readFilter(null, bookmakers))
const { board } = makePublishedBoard(makeTable(), { epoch: 1, seq: 0 })

/** Only where each message begins and ends; what is in it is tested elsewhere. */
const messages = makeMessages(
  {
    board,
    moment: () =>
      makeMoment(board, {
        at: 0,
        bookmakers,
        roster: [],
        standing: (id) => board.bookmaker(id).standing,
        skewBoundMs: 0,
        tiers: [],
        knownSince: 0
      }),
    now: () => 0
  },
  filter,
  ({ kind, page, cursor, previousCursor }) =>
    JSON.stringify({ kind, page, cursor, previousCursor, padding: "x".repeat(kind === "DELTA" ? 20_000 : 0) })
)

/** A client that comes, stalls, goes and comes back with its cursor. */
const makeClient = (stage: ReturnType<typeof makeStage>, conflateMs: number) => {
  let socket = makeSocket()
  let joined: Joined | undefined
  let outbox = stage.floor.connect(socket.wire)
  let cursor: string | undefined
  let heard = 0
  const hear = (): void => {
    for (const message of framesOf(Buffer.concat(socket.written.splice(0))).map(({ payload }) => said(payload))) {
      heard++
      if (message.kind === "RESUMED") assert.strictEqual(message.cursor, cursor)
      else if (message.page > 0 || message.kind !== "SNAPSHOT") {
        assert.strictEqual(message.previousCursor, cursor, `message ${heard}: ${message.kind}`)
        assert.isAbove(compare(message.cursor, cursor ?? ""), 0, `message ${heard}: ${message.kind}`)
      }
      cursor = message.cursor
    }
  }
  return {
    hear,
    heard: () => heard,
    come: () => {
      if (joined !== undefined) return
      const mark = stage.mark()
      joined = stage.floor.join({
        key: String(conflateMs),
        membership: () => ({ interest: filter, conflateMs, renderer: messages }),
        outbox,
        id: "1",
        mark,
        end: () => undefined
      })
      const standing = cursor === undefined ? undefined : standingOf(cursor, filter, mark, 0)
      if (cursor === undefined || standing?._tag !== "Resumable") return joined.open(messages.snapshot("FIRST"))
      joined.replay(stage.records(standing.at.confirmedTo))
      joined.open(messages.resumed(cursor, standing.at))
    },
    stall: () => socket.pause(),
    read: () => socket.resume(),
    go: () => {
      hear()
      stage.floor.disconnect(outbox)
      joined = undefined
      socket = makeSocket()
      outbox = stage.floor.connect(socket.wire)
    }
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const said = (payload: unknown): Said => JSON.parse(JSON.stringify(payload))

describe("the chain of cursors", () => {
  for (const conflateMs of [0, 300]) {
    it(`has each message begin where the one before it ended, whoever comes, stalls and returns: conflated over ${conflateMs} ms`, () => {
      const stage = makeStage()
      const draw = drawFrom(7 + conflateMs)
      const clients = Array.from({ length: 6 }, () => makeClient(stage, conflateMs))
      for (let i = 0; i < 4_000; i++) {
        const client = clients[Math.floor(draw.share() * clients.length)]
        const what = draw.share()
        if (what < 0.25) stage.publish(marketsRecord(String(i % 7), 1_850 + i))
        else if (what < 0.45) stage.publish(confirmedRecord(["7"], NOW + i))
        else if (what < 0.55) client?.come()
        else if (what < 0.59) client?.stall()
        else if (what < 0.65) client?.read()
        else if (what < 0.68) client?.go()
        else stage.pass(Math.floor(draw.between(0, 400)))
        for (const one of clients) one.hear()
      }
      for (const { heard } of clients) assert.isAbove(heard(), 200)
    })
  }
})
