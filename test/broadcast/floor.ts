/** A broadcaster on a hand-driven clock, with sockets that take bytes only when told to. */
import assert from "node:assert"
import type { Interest } from "../../src/broadcast/Interest.ts"
import { makeFloor } from "../../src/broadcast/Floor.ts"
import type { Membership } from "../../src/broadcast/Group.ts"
import type { Joined } from "../../src/broadcast/Hub.ts"
import type { Outbox } from "../../src/broadcast/Outbox.ts"
import type { Cut } from "../../src/broadcast/Readers.ts"
import type { Pending } from "../../src/broadcast/Pending.ts"
import type { NumberedRecord, Position, Record } from "../../src/domain/Record.ts"
import { EventId } from "../../src/domain/Event.ts"

export const anything: Interest = {
  events: undefined,
  competitions: undefined,
  countries: undefined,
  bookmakers: undefined,
  event: () => true,
  market: () => true
}

export const onlyEvent = (id: string): Interest => ({
  ...anything,
  events: new Set([EventId(id)]),
  event: (facts) => facts.id === id
})

/** Of a route whose messages may end where its group was told. */
export const anywhere = (): boolean => true

/** Says what is pending in words, so that tests read what was told. */
export const words = (pending: Pending): string =>
  JSON.stringify([
    ...[...pending.events].map(([id, whole]) => `${whole ? "new" : "event"} ${id}`),
    ...[...pending.listings].map(([id, ids]) => `listing ${id} ${[...ids].join(",")}`),
    ...[...pending.markets].map(
      ([id, books]) => `markets ${id} ${[...books].map(([book, set]) => `${book}:${set.size}`).join(",")}`
    ),
    ...[...pending.bookmakers].map((id) => `bookmaker ${id}`),
    ...[...pending.confirmations].map(([id, seen]) => `seen ${id} ${[...seen.keys()].join(",")}`)
  ])

/** A message is `[from, to, words]`; a snapshot is `["SNAPSHOT", cause]`. */
export const membership = (interest = anything, conflateMs = 0): Membership => ({
  interest,
  conflateMs,
  renderer: {
    message: (pending, from, to) => JSON.stringify([from.seq, to.seq, words(pending)]),
    snapshot: (cause) => ({
      leadsTo: anywhere,
      next: (pending) => {
        pending.markets.clear()
        return { payload: JSON.stringify(["SNAPSHOT", cause]), last: true }
      }
    })
  }
})

/** A socket that keeps what it is given; while paused, nothing is taken from its queue. */
export const makeSocket = () => {
  const written: Buffer[] = []
  let untaken = 0
  const waiting: (() => void)[] = []
  const closed: number[] = []
  let paused = false
  let destroyed = 0
  const take = (): void => {
    untaken = 0
    for (const taken of waiting.splice(0)) taken()
  }
  return {
    wire: {
      write: (bytes: Uint8Array) => {
        // What is not taken at once is not copied either: it must stay as it is until then.
        written.push(paused ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length) : Buffer.from(bytes))
        if (paused) untaken += bytes.length
      },
      queued: () => untaken,
      whenTaken: (taken: () => void) => void waiting.push(taken),
      close: (code: number) => void closed.push(code),
      destroy: () => void (destroyed += 1)
    },
    written,
    closed,
    destroyed: () => destroyed,
    pause: () => {
      paused = true
    },
    resume: () => {
      paused = false
      take()
    },
    payloads: () => framesOf(Buffer.concat(written)).map(({ payload }) => payload),
    ids: () => framesOf(Buffer.concat(written)).map(({ id }) => id)
  }
}

/** The messages of a byte stream of unmasked text frames, read as RFC 6455 says. */
export const framesOf = (bytes: Buffer): { id: string; payload: unknown; type: string }[] => {
  const messages = []
  for (let at = 0; at < bytes.length;) {
    assert.strictEqual(bytes[at], 0x81)
    const short = bytes[at + 1] ?? 0
    const header = short < 126 ? 2 : short === 126 ? 4 : 10
    const length =
      short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
    messages.push(JSON.parse(bytes.toString("utf8", at + header, at + header + length)))
    at += header + length
  }
  return messages
}

export const makeStage = () => {
  let now = 1_000_000
  let seq = 0
  let wakes = 0
  const cuts: Cut[] = []
  const published: NumberedRecord[] = []
  const floor = makeFloor(
    () => now,
    () => void (wakes += 1),
    (cut) => void cuts.push(cut)
  )
  const mark = (): Position => ({ epoch: 1, seq })
  return {
    floor,
    mark,
    wakes: () => wakes,
    cuts,
    /** Published behind this seq, as a journal would replay it. */
    records: (after: number): readonly NumberedRecord[] => published.slice(after),
    publish: (...records: readonly Record[]): void => {
      const numbered = records.map((record) => ({ epoch: 1, seq: (seq += 1), record, durable: true }))
      published.push(...numbered)
      floor.publish(numbered, mark())
    },
    turn: (): number => floor.turn(now),
    /** Time that passes while something is done. */
    spend: (ms: number): void => void (now += ms),
    pass: (ms: number): void => {
      now += ms
      floor.turn(now)
    },
    /** Joins at the mark, on the live path at once but for a first message "hello". */
    join: (outbox: Outbox, id: string, key = "group", of = membership()): Joined & { readonly ended: () => number } => {
      let ended = 0
      const joined = floor.join({ key, membership: () => of, outbox, id, mark: mark(), end: () => void (ended += 1) })
      joined.open({ leadsTo: anywhere, next: () => ({ payload: '"hello"', last: true }) })
      floor.turn(now)
      return { ...joined, ended: () => ended }
    }
  }
}
