/**
 * The load client: many sockets that subscribe, then count what is delivered and how long it was on the way.
 *
 * A process of its own, plain TCP and frames read in place, because a library here would cost more than the servers.
 * A delivery is one change, found by its stamp; the count is kept in a file, which servers read while they publish.
 */
import { openSync, readFileSync, writeSync } from "node:fs"
import { connect } from "node:net"
import type { Socket } from "node:net"
import { argv } from "node:process"
import { nowUs, STAMP_KEY, STAMP_LENGTH, stampedAt } from "./stamps.ts"
import { masked } from "../crowd/frames.ts"

export interface Crowd {
  readonly port: number
  readonly path: string
  readonly protocol: string
  readonly sockets: number
  /** The first so many never read once they are ready. */
  readonly stalled: number
  /**
   * Text messages sent in order, one once connected and one after each answer until ready; `%U` becomes an id of the
   * socket's own, `%M10%` its number modulo ten.
   */
  readonly script: readonly string[]
  /** Sockets are ready when a message holds this. */
  readonly readyAt: string
  readonly counter: string
}

export interface Counted {
  readonly ready: number
  readonly closed: number
  readonly delivered: number
  readonly frames: number
  readonly bytes: number
  readonly lastUs: number
  readonly cpuUs: number
  /** Only when asked for: since they were last, in microseconds, ascending. */
  readonly latencies: readonly number[]
}

const crowd: Crowd = JSON.parse(readFileSync(argv[2] ?? "", "utf8"))
const counter = openSync(crowd.counter, "w")
const total = Buffer.alloc(8)
const shared = Buffer.allocUnsafe(256 * 1024)
const marker = Buffer.from(STAMP_KEY)
const MOST_SAMPLES = 200_000

let [ready, closed, delivered, frames, bytes, lastUs, opened, seen] = [0, 0, 0, 0, 0, 0, 0, 0]
let samples = new Float64Array(MOST_SAMPLES)
let told = false

const tellCount = (): void => {
  told = false
  total.writeDoubleLE(delivered)
  writeSync(counter, total, 0, 8, 0)
}

const deliver = (stamp: string): void => {
  delivered++
  lastUs = nowUs()
  // A sample of all: the first ones, then each new one in the place of one chosen by its number.
  samples[seen++ % MOST_SAMPLES] = lastUs - stampedAt(stamp)
  if (told) return
  told = true
  setImmediate(tellCount)
}

const filled = (text: string, number: number): string =>
  text
    .replace("%U", `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`)
    .replace(/%M(\d+)%/, (_, groups: string) => String(number % Number(groups)))

const join = (number: number): void => {
  let rest: Buffer | undefined
  let greeted = false
  let step = 0
  let isReady = false

  const say = (): void => {
    const text = crowd.script[step++]
    if (text !== undefined && text !== "") socket.write(masked(filled(text, number)))
  }

  const message = (from: Buffer, start: number, end: number): void => {
    frames++
    if (!isReady) {
      const text = from.toString("utf8", start, end)
      if (text.startsWith("2")) return void socket.write(masked("3"))
      say()
      if (!text.includes(crowd.readyAt)) return
      isReady = true
      ready++
      if (number < crowd.stalled) socket.pause()
      fill()
      return
    }
    for (let at = start; (at = from.indexOf(marker, at)) !== -1 && at < end;) {
      at += marker.length
      deliver(from.toString("latin1", at, at + STAMP_LENGTH))
    }
  }

  const read = (chunk: Buffer): number => {
    let at = 0
    if (!greeted) {
      const end = chunk.indexOf("\r\n\r\n")
      if (end === -1) return 0
      greeted = true
      at = end + 4
      say()
    }
    while (chunk.length - at >= 2) {
      const short = (chunk[at + 1] ?? 0) & 127
      const header = short < 126 ? 2 : short === 126 ? 4 : 10
      if (chunk.length - at < header) break
      const length =
        short < 126 ? short : short === 126 ? chunk.readUInt16BE(at + 2) : Number(chunk.readBigUInt64BE(at + 2))
      if (chunk.length - at < header + length) break
      const opcode = (chunk[at] ?? 0) & 15
      if (opcode === 9) socket.write(masked(chunk.toString("utf8", at + 2, at + 2 + length), 10))
      else if (opcode !== 8) message(chunk, at + header, at + header + length)
      at += header + length
    }
    return at
  }

  const socket: Socket = connect({
    port: crowd.port,
    host: "127.0.0.1",
    onread: {
      buffer: shared,
      callback: (length) => {
        bytes += length
        const fresh = shared.subarray(0, length)
        const chunk = rest === undefined ? fresh : Buffer.concat([rest, fresh])
        const used = read(chunk)
        rest = used === chunk.length ? undefined : Buffer.from(chunk.subarray(used))
        return true
      }
    }
  })
  socket.setNoDelay(true)
  socket.on("error", () => undefined)
  socket.on("close", () => {
    // Turned away while it knocked: a busy server waits three seconds for a greeting, as this client may for its turn.
    if (!isReady) return join(number)
    closed++
    fill()
  })
  socket.write(
    `GET ${crowd.path} HTTP/1.1\r\nHost: 127.0.0.1:${crowd.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n` +
      `${crowd.protocol === "" ? "" : `Sec-WebSocket-Protocol: ${crowd.protocol}\r\n`}\r\n`
  )
}

/** As many strangers as our own server lets wait from one address, less a few. */
const AT_ONCE = 15

function fill(): void {
  while (opened < crowd.sockets && opened < ready + closed + AT_ONCE) join(opened++)
}

process.on("message", (question) => {
  const { user, system } = process.cpuUsage()
  const latencies = question === "latencies" ? [...samples.subarray(0, Math.min(seen, MOST_SAMPLES)).sort()] : []
  if (question === "latencies") seen = 0
  const counted: Counted = {
    ready,
    closed,
    delivered,
    frames,
    bytes,
    lastUs,
    cpuUs: user + system,
    latencies
  }
  process.send?.(counted)
})

tellCount()
fill()
