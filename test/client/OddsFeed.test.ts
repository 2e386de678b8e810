/** What a feed asks of the server, and what it makes of an answer that is not as it should be. */
import { assert, describe, it } from "vitest"
import { makeConnection } from "../../src/client/Connection.ts"
import { digestOf } from "../../src/client/Digest.ts"
import { makeFold } from "../../src/client/Fold.ts"
import type { LinkEvents, Request, Sink } from "../../src/client/Link.ts"
import { makeManualPlace } from "../../src/client/ManualPlace.ts"
import { makeOddsFeed } from "../../src/client/OddsFeed.ts"
import { cursorAt, delta, event, message, offer } from "./messages.ts"

const GREETING = { version: "1", world: "test", role: "viewer", serverTime: "2026-11-20T20:00:00.000Z" }

interface Asked {
  readonly request: Request
  readonly sink: Sink
  stopped: boolean
}

const world = () => {
  const place = makeManualPlace()
  const asked: Asked[] = []
  const links: LinkEvents[] = []
  const connection = makeConnection((events) => {
    links.push(events)
    return {
      ping: () => events.heard(),
      cut: () => events.ended({ code: 4499, reason: "" }),
      subscribe: (request, sink) => {
        const one = { request, sink, stopped: false }
        asked.push(one)
        return () => void (one.stopped = true)
      }
    }
  }, place)
  const feed = makeOddsFeed({ filter: null, conflateMs: 0 }, connection, place)
  links[0]?.opened(GREETING)
  const last = (): Asked => asked[asked.length - 1] ?? assert.fail("nothing was asked")
  return { feed, place, asked, last, hear: (oddsUpdated: unknown) => last().sink.next({ oddsUpdated }) }
}

const BASE = message("SNAPSHOT", { events: [event("1")], offers: [offer("1", "ours", 2_000)] })

describe("a feed whose digest differs from the server's", () => {
  it("ends its subscription, asks for everything anew, and holds what then comes", async () => {
    const { feed, place, asked, last, hear } = world()
    hear(BASE)
    const verification = feed.verify()
    last().sink.next({ cacheDigest: { digest: "other", cursor: cursorAt(1) } })
    assert.strictEqual(await verification, "DIFFERENT")
    assert.isTrue(asked[0]?.stopped)
    assert.strictEqual(feed.view().status, "catching up")
    assert.strictEqual(feed.view().faults, 1)
    place.advance(0)
    assert.lengthOf(asked, 3)
    assert.isNull(last().request.variables["after"])
    hear({ ...BASE, cursor: cursorAt(5), offers: [offer("1", "ours", 2_500)] })
    assert.strictEqual(feed.view().status, "live")
    assert.strictEqual(feed.view().rows[0]?.offers.get("ours/1x2_ft")?.outcomes[0]?.milli, 2_500)
    const whole = makeFold()
    whole.accept({ ...BASE, offers: [offer("1", "ours", 2_500)] })
    const again = feed.verify()
    last().sink.next({ cacheDigest: { digest: await digestOf(whole.board()), cursor: cursorAt(5) } })
    assert.strictEqual(await again, "EQUAL")
    assert.strictEqual(feed.view().faults, 1)
  })

  it("takes nothing but a snapshot for a new base", async () => {
    const { feed, place, last, hear } = world()
    hear(BASE)
    const verification = feed.verify()
    last().sink.next({ cacheDigest: { digest: "other", cursor: cursorAt(1) } })
    await verification
    place.advance(0)
    hear(delta(1, 2, { offers: [offer("1", "ours", 3_000)] }))
    assert.strictEqual(feed.view().status, "catching up")
    assert.strictEqual(feed.view().faults, 2)
  })
})

describe("a feed whose subscription fails", () => {
  it("asks again from its cursor where that may help, at random moments", () => {
    const { place, asked, last, hear } = world()
    hear(BASE)
    last().sink.failed({ message: "Busy", code: "BUSY", retryable: true })
    place.advance(250)
    assert.lengthOf(asked, 2)
    assert.strictEqual(last().request.variables["after"], cursorAt(1))
  })

  it("is closed with the server's sentence where it does not", () => {
    const { feed, place, asked, last } = world()
    last().sink.failed({ message: "Too wide", code: "FILTER_TOO_WIDE", retryable: false })
    place.advance(60_000)
    assert.lengthOf(asked, 1)
    assert.deepInclude(feed.view(), { status: "closed", reason: "Too wide" })
  })
})
