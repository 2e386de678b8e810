import { assert, describe, it } from "@effect/vitest"
import { BookmakerId } from "../../src/domain/Bookmaker.ts"
import { confirmedRecord, eventRecord, marketsRecord, NOW } from "../support/records.ts"
import { anything, anywhere, makeSocket, makeStage, membership, onlyEvent } from "./floor.ts"

const gap = { kind: "GAP", at: NOW, from: 1, to: 2, reason: { code: "OTHER", text: "The disk was full." } } as const

describe("telling", () => {
  it("gives everybody of a group the same bytes but for the id, with one execution", () => {
    const stage = makeStage()
    let renderings = 0
    const of = membership()
    const counted = {
      ...of,
      renderer: {
        ...of.renderer,
        message: (...args: Parameters<typeof of.renderer.message>) => {
          renderings += 1
          return of.renderer.message(...args)
        }
      }
    }
    const sockets = ["1", "1", "a-longer-id"].map((id) => {
      const socket = makeSocket()
      stage.join(stage.floor.connect(socket.wire), id, "group", counted)
      return socket
    })
    stage.publish(marketsRecord("7", 1850))
    stage.turn()
    assert.strictEqual(renderings, 1)
    const [first, second, third] = sockets
    assert.deepStrictEqual(first?.payloads()[1], [0, 1, '["markets 7 betpawa-ng:1"]'])
    assert.deepStrictEqual(first?.written[1], second?.written[1])
    assert.deepStrictEqual(third?.payloads(), first?.payloads())
    assert.deepStrictEqual(third?.ids(), ["a-longer-id", "a-longer-id"])
  })

  it("writes once per socket and turn, whatever is due to its operations", () => {
    const stage = makeStage()
    const socket = makeSocket()
    const outbox = stage.floor.connect(socket.wire)
    stage.join(outbox, "1", "one")
    stage.join(outbox, "2", "two")
    const before = socket.written.length
    stage.publish(marketsRecord("7", 1850), marketsRecord("8", 1850))
    stage.turn()
    assert.strictEqual(socket.written.length - before, 1)
    assert.deepStrictEqual(socket.ids().slice(-2), ["1", "2"])
  })

  it("leaves the event loop twice as long as telling took, and merges what comes meanwhile", () => {
    const stage = makeStage()
    const socket = makeSocket()
    const write = (bytes: Uint8Array): void => {
      stage.spend(20)
      socket.wire.write(bytes)
    }
    stage.join(stage.floor.connect({ ...socket.wire, write }), "1")
    stage.publish(marketsRecord("7", 1850))
    stage.turn()
    const told = socket.payloads().length
    stage.publish(marketsRecord("8", 1850))
    assert.strictEqual(stage.turn(), 40)
    stage.publish(marketsRecord("9", 1850))
    stage.pass(39)
    assert.strictEqual(socket.payloads().length, told)
    stage.pass(1)
    assert.deepStrictEqual(socket.payloads().slice(told), [
      [1, 3, '["markets 8 betpawa-ng:1","markets 9 betpawa-ng:1"]']
    ])
  })

  it("gives each operation of one group on one socket its own id", () => {
    const stage = makeStage()
    const socket = makeSocket()
    const outbox = stage.floor.connect(socket.wire)
    for (const id of ["1", "2", "10", "3"]) stage.join(outbox, id)
    stage.publish(marketsRecord("7", 1850))
    stage.turn()
    assert.deepStrictEqual(socket.ids().slice(-4), ["1", "2", "10", "3"])
  })

  it("changes no byte that a socket still has to send", () => {
    const stage = makeStage()
    const sockets = ["1", "2", "2", "3"].map((id) => {
      const socket = makeSocket()
      stage.join(stage.floor.connect(socket.wire), id)
      return { id, socket }
    })
    sockets.slice(0, 3).forEach(({ socket }) => socket.pause())
    stage.publish(marketsRecord("7", 1850))
    stage.turn()
    stage.publish(marketsRecord("8", 1850))
    stage.turn()
    for (const { id, socket } of sockets) assert.deepStrictEqual(socket.ids(), [id, id, id])
  })

  it("tells a group only what its filter wants", () => {
    const stage = makeStage()
    const socket = makeSocket()
    stage.join(stage.floor.connect(socket.wire), "1", "group", membership(onlyEvent("7")))
    stage.publish(marketsRecord("8", 1850), eventRecord("9"), confirmedRecord(["8", "9"], NOW))
    stage.turn()
    assert.deepStrictEqual(socket.payloads(), ["hello"])
    stage.publish(eventRecord("7"))
    stage.turn()
    assert.deepStrictEqual(socket.payloads()[1], [0, 4, '["new 7"]'])
  })

  it("chains messages by position, however many records lie between", () => {
    const stage = makeStage()
    const socket = makeSocket()
    stage.join(stage.floor.connect(socket.wire), "1")
    for (let i = 0; i < 3; i++) {
      stage.publish(marketsRecord("7", 1850 + i), marketsRecord("8", 1850 + i))
      stage.turn()
    }
    const chain = socket
      .payloads()
      .slice(1)
      .map((message) => (Array.isArray(message) ? message.slice(0, 2) : message))
    assert.deepStrictEqual(chain, [
      [0, 2],
      [2, 4],
      [4, 6]
    ])
  })

  it("merges for conflateMs and then tells each key once", () => {
    const stage = makeStage()
    const socket = makeSocket()
    stage.join(stage.floor.connect(socket.wire), "1", "group", membership(anything, 500))
    for (let i = 0; i < 10; i++) {
      stage.publish(marketsRecord("7", 1850 + i))
      stage.pass(40)
    }
    assert.strictEqual(socket.payloads().length, 1)
    stage.pass(100)
    assert.deepStrictEqual(socket.payloads()[1], [0, 10, '["markets 7 betpawa-ng:1"]'])
  })

  it("tells confirmations at most once a second, also beside a stream of changes", () => {
    const stage = makeStage()
    const socket = makeSocket()
    stage.join(stage.floor.connect(socket.wire), "1")
    for (let i = 0; i < 30; i++) {
      stage.publish(marketsRecord("7", 1850 + i), confirmedRecord(["7"], NOW + i))
      stage.pass(100)
    }
    const withSeen = socket.payloads().filter((payload) => String(payload).includes("seen"))
    assert.strictEqual(withSeen.length, 3)
  })

  it("does not tell a listing as confirmed when only some of its markets were looked at", () => {
    const stage = makeStage()
    const socket = makeSocket()
    stage.join(stage.floor.connect(socket.wire), "1")
    stage.publish(confirmedRecord(["7"], NOW, new Set(["1x2_ft"])))
    stage.pass(2_000)
    assert.deepStrictEqual(socket.payloads(), ["hello"])
    stage.publish(confirmedRecord(["7"], NOW + 1))
    stage.pass(2_000)
    assert.strictEqual(socket.payloads().length, 2)
  })

  it("says of a message how far its confirmations reach", () => {
    const stage = makeStage()
    const of = membership()
    const reach: (readonly number[])[] = []
    const counted = {
      ...of,
      renderer: {
        ...of.renderer,
        message: (...[pending, from, to]: Parameters<typeof of.renderer.message>) => {
          reach.push([from.seq, from.confirmedTo, to.seq, to.confirmedTo])
          return of.renderer.message(pending, from, to)
        }
      }
    }
    stage.join(stage.floor.connect(makeSocket().wire), "1", "group", counted)
    stage.publish(confirmedRecord(["7"], NOW))
    stage.turn()
    stage.publish(marketsRecord("7", 1850), confirmedRecord(["7"], NOW + 1))
    stage.turn()
    stage.publish(marketsRecord("7", 1900))
    stage.turn()
    stage.pass(1_000)
    assert.deepStrictEqual(reach, [
      [0, 0, 1, 1],
      [1, 1, 3, 1],
      [3, 1, 4, 1],
      [4, 1, 4, 4]
    ])
  })

  it("gives a sign of life after five seconds of silence, with the position reached", () => {
    const stage = makeStage()
    const socket = makeSocket()
    stage.join(stage.floor.connect(socket.wire), "1", "group", membership(onlyEvent("7")))
    stage.publish(marketsRecord("8", 1850))
    stage.pass(4_000)
    assert.strictEqual(socket.payloads().length, 1)
    stage.pass(1_000)
    assert.deepStrictEqual(socket.payloads()[1], [0, 1, "[]"])
  })

  it("gives everybody a snapshot after a gap in the journal", () => {
    const stage = makeStage()
    const socket = makeSocket()
    stage.join(stage.floor.connect(socket.wire), "1")
    stage.publish(gap)
    stage.turn()
    assert.deepStrictEqual(socket.payloads()[1], ["SNAPSHOT", "GAP"])
  })

  it("sends not a byte of an operation after it left", () => {
    const stage = makeStage()
    const socket = makeSocket()
    const joined = stage.join(stage.floor.connect(socket.wire), "1")
    stage.publish(marketsRecord("7", 1850))
    joined.leave()
    stage.turn()
    assert.deepStrictEqual(socket.payloads(), ["hello"])
    assert.strictEqual(stage.floor.stats().groups, 0)
  })

  it("ends the group whose message cannot be rendered, and nobody else", () => {
    const stage = makeStage()
    const [good, bad] = [makeSocket(), makeSocket()]
    const of = membership()
    const broken = {
      ...of,
      renderer: {
        ...of.renderer,
        message: (): string => {
          throw new Error("no such market")
        }
      }
    }
    const victim = stage.join(stage.floor.connect(bad.wire), "1", "broken", broken)
    stage.join(stage.floor.connect(good.wire), "1", "good")
    stage.publish(marketsRecord("7", 1850))
    assert.throws(stage.turn)
    assert.strictEqual(stage.floor.endCurrent(undefined), 1)
    assert.strictEqual(victim.ended(), 1)
    stage.turn()
    assert.strictEqual(good.payloads().length, 2)
  })
})

describe("catching up", () => {
  it("notes what is published between joining and opening", () => {
    const stage = makeStage()
    const socket = makeSocket()
    const { floor } = stage
    const joined = floor.join({
      key: "group",
      membership,
      outbox: floor.connect(socket.wire),
      id: "1",
      mark: stage.mark(),
      end: () => undefined
    })
    stage.publish(marketsRecord("7", 1850))
    stage.turn()
    joined.replay([{ epoch: 1, seq: 0, record: marketsRecord("6", 1850), durable: true }])
    const told: number[] = []
    joined.open({
      leadsTo: anywhere,
      next: (pending) => {
        told.push(pending.size)
        return { payload: "1", last: true }
      }
    })
    stage.turn()
    assert.deepStrictEqual(told, [2])
  })

  it("tells a newcomer also what its group has noted and not told yet", () => {
    const stage = makeStage()
    const { floor } = stage
    const of = membership(anything, 60_000)
    stage.join(floor.connect(makeSocket().wire), "1", "group", of)
    stage.publish(marketsRecord("7", 1850))
    const joined = floor.join({
      key: "group",
      membership: () => of,
      outbox: floor.connect(makeSocket().wire),
      id: "1",
      mark: stage.mark(),
      end: () => undefined
    })
    const told: number[] = []
    joined.open({
      leadsTo: anywhere,
      next: (pending) => {
        told.push(pending.size)
        return { payload: "1", last: true }
      }
    })
    stage.turn()
    assert.deepStrictEqual(told, [1])
  })

  it("waits with one page until the socket has taken the one before", () => {
    const stage = makeStage()
    const socket = makeSocket()
    const { floor } = stage
    socket.pause()
    let pages = 0
    const joined = floor.join({
      key: "group",
      membership,
      outbox: floor.connect(socket.wire),
      id: "1",
      mark: stage.mark(),
      end: () => undefined
    })
    joined.open({ leadsTo: anywhere, next: () => ({ payload: String((pages += 1)), last: pages === 3 }) })
    stage.turn()
    stage.turn()
    assert.strictEqual(pages, 1)
    socket.resume()
    stage.turn()
    stage.turn()
    assert.deepStrictEqual(socket.payloads(), [1, 2, 3])
  })

  it("keeps keys instead of frames for a socket that is full, and tells them whole in one message", () => {
    const stage = makeStage()
    const [slow, quick] = [makeSocket(), makeSocket()]
    const of = membership()
    const wide = {
      ...of,
      renderer: {
        ...of.renderer,
        message: (...args: Parameters<typeof of.renderer.message>) =>
          JSON.stringify([...JSON.parse(of.renderer.message(...args)), "x".repeat(100_000)])
      }
    }
    for (const socket of [slow, quick]) stage.join(stage.floor.connect(socket.wire), "1", "group", wide)
    slow.pause()
    for (let i = 0; i < 20; i++) {
      stage.publish(marketsRecord(String(i % 4), 1850 + i))
      stage.turn()
    }
    assert.isBelow(slow.wire.queued(), 400_000)
    assert.strictEqual(quick.payloads().length, 21)
    slow.resume()
    stage.turn()
    const positions = slow
      .payloads()
      .slice(1)
      .map((message) => (Array.isArray(message) ? message.slice(0, 2) : []))
    assert.deepStrictEqual(positions, [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 20]
    ])
    assert.include(String(slow.payloads().at(-1)), "markets 3 betpawa-ng:1")
    stage.publish(marketsRecord("1", 2000))
    stage.turn()
    assert.deepStrictEqual(slow.written.at(-1), quick.written.at(-1))
  })

  it("notes no more keys for a socket than its bound, however many operations it runs", () => {
    const stage = makeStage()
    const socket = makeSocket()
    const outbox = stage.floor.connect(socket.wire)
    const of = membership()
    const wide = { ...of, renderer: { ...of.renderer, message: () => JSON.stringify("x".repeat(300_000)) } }
    for (const id of ["1", "2", "3", "4"]) stage.join(outbox, id, id, wide)
    socket.pause()
    stage.publish(marketsRecord("0", 1850))
    stage.turn()
    const held = (): readonly number[] => [...outbox.subscribers].map(({ behind }) => behind?.pending.size ?? 0)
    for (let i = 0; i < 500; i++) {
      stage.publish(marketsRecord(String(i), 1850))
      stage.turn()
    }
    assert.deepStrictEqual(held(), [500, 500, 500, 500])
    stage.publish(marketsRecord("500", 1850))
    stage.turn()
    assert.deepStrictEqual(held(), [0, 0, 0, 0])
    socket.resume()
    for (let i = 0; i < 4; i++) stage.turn()
    assert.deepStrictEqual(socket.payloads().slice(-4), Array(4).fill(["SNAPSHOT", "SLOW"]))
  })

  it("replaces more keys than one message should hold by a snapshot", () => {
    const stage = makeStage()
    const socket = makeSocket()
    const of = membership()
    const wide = { ...of, renderer: { ...of.renderer, message: () => JSON.stringify("x".repeat(300_000)) } }
    stage.join(stage.floor.connect(socket.wire), "1", "group", wide)
    socket.pause()
    stage.publish(marketsRecord("0", 1850))
    stage.turn()
    for (let i = 0; i < 4_001; i++) stage.publish(marketsRecord(String(i), 1850))
    stage.turn()
    socket.resume()
    stage.turn()
    assert.deepStrictEqual(socket.payloads().at(-1), ["SNAPSHOT", "SLOW"])
  })
})

describe("readers who hold too much together", () => {
  it("lose the worst first, and only as many as it takes", () => {
    const stage = makeStage()
    const MB = 1024 * 1024
    const sockets = [200, 220, 120, 100].map((held, i) => {
      const { closed, wire } = makeSocket()
      let queued = held * MB
      stage.floor.connect({ ...wire, queued: () => queued })
      return { closed, i, drain: () => void (queued = 0) }
    })
    stage.pass(1_000)
    assert.deepStrictEqual(
      sockets.filter(({ closed }) => closed.includes(4290)).map(({ i }) => i),
      [1]
    )
    assert.deepStrictEqual(
      stage.cuts.map(({ queuedBytes }) => queuedBytes),
      [220 * MB]
    )
  })
})

describe("slow readers", () => {
  const stalled = () => {
    const stage = makeStage()
    const socket = makeSocket()
    const of = membership()
    const wide = { ...of, renderer: { ...of.renderer, message: () => JSON.stringify("x".repeat(300_000)) } }
    stage.join(stage.floor.connect(socket.wire), "1", "group", wide)
    socket.pause()
    stage.publish(marketsRecord("0", 1850))
    stage.turn()
    return { stage, socket }
  }

  it("are closed with 4290 within twelve seconds, and destroyed a second later", () => {
    const { stage, socket } = stalled()
    for (let second = 1; second <= 9; second++) stage.pass(1_000)
    assert.deepStrictEqual(socket.closed, [])
    for (let second = 10; second <= 12; second++) stage.pass(1_000)
    assert.deepStrictEqual(socket.closed, [4290])
    assert.isAtMost(stage.cuts[0]?.heldUpMs ?? Infinity, 12_000)
    stage.pass(1_000)
    assert.isAbove(socket.destroyed(), 0)
  })

  it("are closed ten seconds after the first byte that they did not take, though their queue was full later", () => {
    const stage = makeStage()
    const socket = makeSocket()
    const of = membership()
    const fifth = { ...of, renderer: { ...of.renderer, message: () => JSON.stringify("x".repeat(60_000)) } }
    stage.join(stage.floor.connect(socket.wire), "1", "group", fifth)
    socket.pause()
    for (let second = 1; second <= 12; second++) {
      stage.publish(marketsRecord("0", 1850 + second))
      stage.turn()
      stage.pass(1_000)
    }
    assert.deepStrictEqual(socket.closed, [4290])
    assert.isAtMost(stage.cuts[0]?.heldUpMs ?? Infinity, 12_000)
  })

  it("stay until their queue has been full for five seconds, however little they take", () => {
    const stage = makeStage()
    const socket = makeSocket()
    const of = membership()
    let length = 1
    const growing = { ...of, renderer: { ...of.renderer, message: () => JSON.stringify("x".repeat(length)) } }
    stage.join(stage.floor.connect(socket.wire), "1", "group", growing)
    socket.pause()
    const passTelling = (seconds: number): void => {
      for (let second = 1; second <= seconds; second++) {
        stage.publish(marketsRecord("0", 1850 + second))
        stage.turn()
        stage.pass(1_000)
      }
    }
    passTelling(30)
    length = 300_000
    passTelling(5)
    assert.deepStrictEqual(socket.closed, [])
    passTelling(1)
    assert.deepStrictEqual(socket.closed, [4290])
  })

  it("stay while they drain faster than 16 kB/s", () => {
    const { stage, socket } = stalled()
    for (let second = 1; second <= 30; second++) {
      stage.pass(1_000)
      socket.resume()
      socket.pause()
      stage.publish(marketsRecord("0", 1850 + second))
      stage.turn()
    }
    assert.deepStrictEqual(socket.closed, [])
  })
})

it("hears of a bookmaker under whatever filter", () => {
  const stage = makeStage()
  const socket = makeSocket()
  stage.join(stage.floor.connect(socket.wire), "1", "group", membership(onlyEvent("7")))
  stage.publish({ kind: "BOOKMAKER", at: NOW, bookmakerId: BookmakerId("bet9ja-ng"), state: "STALE", since: NOW })
  stage.turn()
  assert.deepStrictEqual(socket.payloads()[1], [0, 1, '["bookmaker bet9ja-ng"]'])
})
