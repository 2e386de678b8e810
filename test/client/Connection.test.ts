import { assert, describe, it } from "@effect/vitest"
import { makeConnection } from "../../src/client/Connection.ts"
import type { Link, LinkEvents } from "../../src/client/Link.ts"
import { makeManualPlace } from "../../src/client/ManualPlace.ts"
import { drawFrom } from "../../scripts/faults/house/Draw.ts"

const GREETING = { version: "1", world: "test", role: "viewer", serverTime: "2026-11-20T20:00:00.000Z" }

/** A connection whose links are handed out, on a clock moved by hand. */
const world = () => {
  const place = makeManualPlace()
  const links: LinkEvents[] = []
  const pings: number[] = []
  const starts: Link[] = []
  let cuts = 0
  const connection = makeConnection((events) => {
    links.push(events)
    return {
      ping: () => pings.push(place.now()),
      subscribe: () => () => undefined,
      cut: () => {
        cuts += 1
        events.ended({ code: 4499, reason: "" })
      }
    }
  }, place)
  connection.run({ start: (link) => starts.push(link), lost: () => undefined })
  const last = (): LinkEvents => links[links.length - 1] ?? assert.fail("no link was made")
  return { place, links, pings, starts, connection, last, cuts: () => cuts, open: () => last().opened(GREETING) }
}

/** As many as a server is made for; it lets them go fifty at a time. */
const DESK = 2_000

/** When a client that was closed at an instant is let in again by a server that refuses everybody until it is back. */
const returnOf = (backAt: number, closedAt: number, random: () => number): number => {
  const place = { ...makeManualPlace(), random }
  let returned: number | undefined
  let first: LinkEvents | undefined
  const connection = makeConnection((events) => {
    if (first === undefined) first = events
    else if (place.now() < backAt) place.after(0, () => events.ended({ code: 1006, reason: "" }))
    else returned ??= place.now()
    return { ping: () => undefined, subscribe: () => () => undefined, cut: () => undefined }
  }, place)
  connection.run({ start: () => undefined, lost: () => undefined })
  first?.opened(GREETING)
  place.advance(closedAt)
  first?.ended({ code: 1012, reason: "" })
  while (returned === undefined) place.advance(10)
  return returned
}

describe("the connection", () => {
  it.each([1000, 1001, 1006, 1012, 4290, 4291, 4408, 4499, 4500, 4503])("comes back after %i", (code) => {
    const { place, links, open, last, connection, starts } = world()
    open()
    last().ended({ code, reason: "" })
    assert.strictEqual(connection.state().phase, "CONNECTING")
    place.advance(250)
    assert.lengthOf(links, 2)
    open()
    assert.strictEqual(connection.state().phase, "OPEN")
    assert.lengthOf(starts, 2)
  })

  it.each([4400, 4401, 4403, 4406, 4409, 4429])("does not come back after %i, and says why", (code) => {
    const { place, links, open, last, connection } = world()
    open()
    last().ended({ code, reason: "Not for you" })
    place.advance(60_000)
    assert.lengthOf(links, 1)
    assert.deepStrictEqual(connection.state(), { phase: "CLOSED", reason: `Not for you (${code})` })
  })

  it("waits longer after each failure, up to ten seconds, and begins anew after a link that held", () => {
    const { place, links, open, last } = world()
    const waits: number[] = []
    for (let n = 0; n < 9; n++) {
      last().ended({ code: 1006, reason: "" })
      const from = place.now()
      const made = links.length
      while (links.length === made && place.now() - from < 20_000) place.advance(1)
      waits.push(place.now() - from)
    }
    assert.deepStrictEqual(waits.slice(0, 3), [188, 375, 750])
    assert.deepStrictEqual(waits.slice(-2), [7_500, 7_500])
    open()
    for (let second = 0; second < 6; second++) {
      place.advance(1_000)
      last().heard()
    }
    last().ended({ code: 1006, reason: "" })
    const made = links.length
    place.advance(188)
    assert.lengthOf(links, made + 1)
  })

  it("cuts a link within two seconds of silence while somebody looks", () => {
    const { place, cuts, open, pings } = world()
    open()
    const silentSince = place.now()
    while (cuts() === 0 && place.now() < 60_000) place.advance(10)
    assert.isAtMost(place.now() - silentSince, 2_000)
    assert.lengthOf(pings, 1)
  })

  it("keeps a link that is quiet and answers", () => {
    const { place, cuts, open, pings, last } = world()
    open()
    for (let step = 0; step < 600; step++) {
      place.advance(100)
      if (pings.at(-1) === place.now()) last().heard()
    }
    assert.strictEqual(cuts(), 0)
    // Far from the twenty a second that a server allows.
    assert.isBelow(pings.length, 90)
  })

  it("has patience in the background, and asks at once when somebody looks again", () => {
    const { place, cuts, open, pings } = world()
    open()
    place.focus("HIDDEN")
    place.advance(900)
    const asked = pings.length
    place.advance(8_000)
    assert.strictEqual(cuts(), 0)
    place.focus("FOCUSED")
    assert.lengthOf(pings, asked + 1)
    place.advance(1_000)
    assert.strictEqual(cuts(), 1)
  })

  it("tries at once when somebody looks again", () => {
    const { place, links, last } = world()
    last().ended({ code: 1006, reason: "" })
    place.focus("FOCUSED")
    assert.lengthOf(links, 2)
  })

  it("gives up a handshake that nobody answers", () => {
    const { place, cuts } = world()
    place.advance(9_999)
    assert.strictEqual(cuts(), 0)
    place.advance(1)
    assert.strictEqual(cuts(), 1)
  })

  it.each([0, 500, 1_500, 3_000, 6_000, 10_000])(
    "brings a desk back one after another, from a server that returns %i ms after it began to leave",
    (backAt) => {
      const draw = drawFrom(backAt)
      const returns = Array.from({ length: DESK }, (_, i) => returnOf(backAt, Math.floor(i / 50) * 50, draw.share))
      const crowd = (at: number): number => returns.filter((other) => other >= at && other < at + 100).length
      assert.isBelow(Math.max(...returns.map(crowd)), DESK / 5)
      assert.isBelow(Math.max(...returns), 2 * backAt + 3_000)
    }
  )

  it("makes no link and no sound once it is closed", () => {
    const { place, links, open, connection, pings } = world()
    open()
    connection.close()
    place.advance(60_000)
    assert.lengthOf(links, 1)
    assert.lengthOf(pings, 0)
    assert.strictEqual(connection.state().phase, "CLOSED")
  })
})
