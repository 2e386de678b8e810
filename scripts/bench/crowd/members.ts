/**
 * The process of a crowd: plain TCP, frames read in place, and one message of each group parsed for all who get it.
 *
 * A price that was told before and has another `changedAt` now has moved; the oldest of these in a message is when the
 * first of the answers that it tells of was complete.
 */
import { connect } from "node:net"
import { argv } from "node:process"
import type { Asking, Counted } from "./Crowd.ts"
import { makeDelays } from "./delays.ts"
import { masked, readFrames } from "./frames.ts"

const { connections, deafEvery, groups, port, query }: Asking = JSON.parse(argv[2] ?? "")
const delays = makeDelays()
let [ready, closed, opened, heard, deliveries, breaks] = [0, 0, 0, 0, 0, 0]

/** When each offer was told to have changed, and what each message of late told as changed, by its cursor. */
const changedAt = new Map<string, number>()
const changes = new Map<string, number | undefined>()
const KEPT = 2_000

interface Told {
  readonly kind: string
  readonly offers: readonly { readonly id: string; readonly changedAt: string | null }[]
}

const firstChange = (cursor: string, text: () => string): number | undefined => {
  if (changes.has(cursor)) return changes.get(cursor)
  const message: { readonly payload: { readonly data: { readonly oddsUpdated: Told } } } = JSON.parse(text())
  let first: number | undefined
  for (const { changedAt: stamp, id } of message.payload.data.oddsUpdated.offers) {
    const [at, before] = [Date.parse(stamp ?? ""), changedAt.get(id)]
    if (before !== undefined && at > before) first = Math.min(first ?? at, at)
    if (!Number.isNaN(at)) changedAt.set(id, at)
  }
  changes.set(cursor, first)
  const [oldest] = changes.keys()
  if (changes.size > KEPT && oldest !== undefined) changes.delete(oldest)
  return first
}

const join = (number: number): void => {
  opened++
  let cursor: string | undefined
  let isReady = false
  const variables = groups[number % groups.length] ?? {}
  const socket = connect({ port, host: "127.0.0.1" })

  const hear = (bytes: Buffer): void => {
    const now = Date.now()
    if (cursor === undefined && !bytes.includes(NEXT)) {
      if (bytes.includes("connection_ack"))
        socket.write(masked(JSON.stringify({ id: "1", type: "subscribe", payload: { query, variables } })))
      return
    }
    const [next, previous] = [valueAfter(bytes, CURSOR), valueAfter(bytes, PREVIOUS)]
    if (next === undefined || (deafEvery !== undefined && ++heard % deafEvery === 0)) return
    if (previous !== undefined && previous !== cursor) breaks++
    cursor = next
    if (bytes.indexOf(HEARTBEAT) !== -1) return
    const first = firstChange(next, () => bytes.toString())
    if (!isReady) {
      if (bytes.indexOf(LAST_PAGE) === -1) return
      isReady = true
      ready++
      return fill()
    }
    deliveries++
    if (first !== undefined) delays.add(now - first)
  }

  socket.setNoDelay(true)
  socket.on("error", () => undefined)
  socket.on("data", readFrames(socket, hear))
  socket.on("close", () => {
    closed++
    fill()
  })
  socket.write(
    `GET /graphql HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n` +
      `Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n`
  )
  socket.write(masked('{"type":"connection_init"}'))
}

const NEXT = '"type":"next"'
const HEARTBEAT = '"kind":"HEARTBEAT"'
const LAST_PAGE = '"lastPage":true'
const CURSOR = '"cursor":"'
const PREVIOUS = '"previousCursor":"'

/** Both cursors stand before everything long, so that looking for them costs little. */
const valueAfter = (bytes: Buffer, key: string): string | undefined => {
  const at = bytes.subarray(0, HEAD).indexOf(key)
  if (at === -1) return undefined
  const start = at + key.length
  return bytes.toString("latin1", start, bytes.indexOf('"', start))
}
const HEAD = 400

const AT_ONCE = 15
function fill(): void {
  while (opened < connections && opened < ready + closed + AT_ONCE) join(opened)
}

process.on("message", (order) => {
  if (order === "reset") {
    deliveries = 0
    delays.clear()
    return
  }
  const counted: Counted = { ready, closed, deliveries, breaks, ...delays.told() }
  process.send?.(counted)
})
process.on("disconnect", () => process.exit(0))
fill()
