import { assert, describe, it } from "@effect/vitest"
import { replay } from "../../src/client/Replay.ts"
import type { ScriptedMessage } from "../../src/client/Replay.ts"
import { bookmaker, event, offer } from "./messages.ts"

const SCRIPT: readonly ScriptedMessage[] = [
  { kind: "SNAPSHOT", lastPage: false, events: [event("1")], bookmakers: [bookmaker("ours")] },
  { kind: "SNAPSHOT", page: 1, events: [event("2")], offers: [offer("1", "ours", 2_000)] },
  { kind: "DELTA", offers: [offer("1", "ours", 2_100)] },
  { kind: "DELTA", offers: [offer("2", "ours", 3_000)] }
]

describe("a feed", () => {
  it("is connecting, then catching up, then live with the last page of its base", () => {
    const { client, play, advance } = replay({ odds: SCRIPT })
    const feed = client.odds()
    assert.strictEqual(feed.view().status, "connecting")
    advance(0)
    assert.strictEqual(feed.view().status, "catching up")
    play(1)
    assert.strictEqual(feed.view().status, "catching up")
    assert.lengthOf(feed.view().rows, 1)
    play(1)
    assert.strictEqual(feed.view().status, "live")
    play()
    assert.strictEqual(feed.view().rows[1]?.offers.get("ours/1x2_ft")?.outcomes[0]?.milli, 3_000)
  })

  it("keeps its rows when the line breaks, says stale and why, and is live again at once where it has missed nothing", () => {
    const { client, play, drop, advance } = replay({ odds: SCRIPT })
    const feed = client.odds()
    play(2)
    const { rows, asOf } = feed.view()
    drop(4290, "Too slow")
    assert.strictEqual(feed.view().rows, rows)
    assert.strictEqual(feed.view().status, "stale")
    assert.strictEqual(feed.view().reason, "Too slow (4290)")
    assert.strictEqual(feed.view().asOf, asOf)
    advance(250)
    assert.strictEqual(feed.view().status, "live")
    assert.strictEqual(feed.view().faults, 0)
  })

  it("is live again only when it has heard what it missed, and shows no newer time before", () => {
    const { client, play, drop, advance } = replay({ odds: SCRIPT })
    const feed = client.odds()
    play(2)
    const { asOf = 0 } = feed.view()
    drop()
    play(1)
    const told: string[] = []
    feed.onChange(() => told.push(`${feed.view().status} ${(feed.view().asOf ?? 0) - asOf}`))
    advance(250)
    assert.deepStrictEqual(told, ["catching up 0", "catching up 0", "live 1000"])
    assert.strictEqual(feed.view().rows[0]?.offers.get("ours/1x2_ft")?.outcomes[0]?.milli, 2_100)
    assert.strictEqual(feed.view().faults, 0)
  })

  it("asks again from its cursor after a gap, and counts it", () => {
    const [base, page, ...rest] = SCRIPT
    const gap: ScriptedMessage = { kind: "DELTA", previousCursor: "999999" }
    const { client, play, advance } = replay({ odds: [...(base && page ? [base, page] : []), gap, ...rest] })
    const feed = client.odds()
    play(3)
    assert.strictEqual(feed.view().faults, 1)
    assert.strictEqual(feed.view().status, "catching up")
    assert.strictEqual(feed.view().cursor, "000002")
    // The script goes on from that cursor with the same message.
    advance(250)
    assert.strictEqual(feed.view().faults, 2)
  })

  it("asks again when its subscription has been forgotten while the link answers", () => {
    const { client, play, advance } = replay({ odds: SCRIPT })
    const feed = client.odds()
    play(2)
    let catchingUp = 0
    feed.onChange(() => {
      if (feed.standing().status === "catching up") catchingUp += 1
    })
    advance(11_000)
    assert.strictEqual(catchingUp, 0)
    advance(2_000)
    assert.isAbove(catchingUp, 0)
  })

  it("may be opened while the stream runs", () => {
    const { client, play } = replay({ odds: SCRIPT })
    client.odds()
    play(3)
    const late = client.odds({ countries: ["NG"] })
    assert.strictEqual(late.view().status, "live")
    assert.strictEqual(late.view().rows[0]?.offers.get("ours/1x2_ft")?.outcomes[0]?.milli, 2_100)
  })

  it("is shared by all whose filters mean the same, and ends a moment after the last has let go", () => {
    const { client, play, advance } = replay({ odds: SCRIPT })
    const one = client.odds({ countries: ["NG", "AE"], events: null })
    const two = client.odds({ countries: ["AE", "NG"] })
    play()
    assert.strictEqual(one.view(), two.view())
    one.close()
    one.close()
    advance(5_000)
    assert.strictEqual(two.view().status, "live")
    two.close()
    advance(5_000)
    assert.strictEqual(two.view().status, "closed")
  })

  it("is the same value until something changes", () => {
    const { client, play } = replay({ odds: SCRIPT })
    const feed = client.odds()
    play(2)
    assert.strictEqual(feed.view(), feed.view())
  })
})

describe("the page's claim", () => {
  it("is that of the least trusted feed, as of the oldest time", () => {
    const { client, play, drop } = replay({ odds: SCRIPT })
    const feed = client.odds()
    play()
    assert.strictEqual(client.connection().status, "live")
    assert.strictEqual(client.connection().server?.world, "script")
    drop()
    assert.strictEqual(client.connection().status, "stale")
    assert.strictEqual(client.connection().asOf, feed.view().asOf)
  })

  it("is closed once the page has closed it", () => {
    const { client, play } = replay({ odds: SCRIPT })
    client.odds()
    play()
    client.close()
    assert.strictEqual(client.connection().status, "closed")
  })
})

describe("a run", () => {
  const at = (phase: "SCRAPING" | "COMPLETED", current: number) => ({
    runId: "r1",
    phase,
    current,
    total: 2,
    eventsCount: 1,
    message: "",
    at: "2026-11-20T20:00:00.000Z",
    run: {
      trigger: "MANUAL" as const,
      startedAt: "2026-11-20T20:00:00.000Z",
      endedAt: null,
      failureCount: 0,
      counts: []
    }
  })

  it("is shown as its newest message has it", () => {
    const { client, playProgress } = replay({ progress: [at("SCRAPING", 1), at("COMPLETED", 2)] })
    const feed = client.progress()
    assert.isNull(feed.view().progress)
    playProgress()
    assert.strictEqual(feed.view().progress?.current, 1)
    playProgress()
    assert.strictEqual(feed.view().progress?.phase, "COMPLETED")
  })
})
