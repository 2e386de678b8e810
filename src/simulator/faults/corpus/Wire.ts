/**
 * Faults of the line and of HTTP itself: H8–H34 of the corpus.
 *
 * H1–H7 (refused, black hole, names, certificates) happen before a server is reached, so they are the fault kit's.
 */
import type { Socket } from "node:net"
import { uniform } from "../../Hashing.ts"
import { JSON_TYPE } from "../../Route.ts"
import { every, raw, sends } from "../Fault.ts"
import type { Answering, Fault, Faults } from "../Fault.ts"
import { cutBody } from "../Named.ts"

const OK = `HTTP/1.1 200 OK\r\ncontent-type: ${JSON_TYPE}\r\n`
const CHUNKED = "transfer-encoding: chunked\r\n"

const half = (text: string): string => text.slice(0, text.length >> 1)
const whole = (text: string): string => `${OK}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`

/** The good answer as HTTP wrote by somebody else. */
const writes = (write: (good: string) => string): Fault => raw((socket, { good }) => socket.end(write(good)))

const late =
  (ms: (answering: Answering) => number): Fault =>
  (answering) => {
    const { response, good } = answering
    const timer = setTimeout(() => response.writeHead(200, { "content-type": JSON_TYPE }).end(good), ms(answering))
    response.on("close", () => clearTimeout(timer))
  }

/** So many bytes every so often, of a body of two megabytes. */
const drips = (bytes: number, ms: number): Fault =>
  raw((socket, { good }) => {
    const long = Buffer.from(whole(good + " ".repeat(Math.max(0, 2_000_000 - good.length))))
    let at = long.indexOf("\r\n\r\n") + 4
    socket.write(long.subarray(0, at))
    every(ms, socket, () => {
      socket.write(long.subarray(at, (at += bytes)))
      return at < long.length ? "more" : "done"
    })
  })

/** The first 4 kB in slices of 1 to 16 bytes, which cut every header and the first names and numbers of the body. */
const slices = (socket: Socket, { good, ordinal }: Answering): void => {
  const bytes = Buffer.from(whole(good))
  let at = 0
  const next = (): void => {
    if (socket.destroyed) return
    if (at >= 4_096) return void socket.end(bytes.subarray(at))
    const to = at + 1 + Math.floor(16 * uniform(ordinal, at))
    socket.write(bytes.subarray(at, to), () => setImmediate(next))
    at = to
  }
  next()
}

const redirect = (to: (answering: Answering) => string): Fault =>
  sends((answering) => ({ status: 302, body: "", headers: { location: to(answering) } }))

/** One more hop than may be followed, then the good answer. */
const hops: Fault = (answering) => {
  const url = new URL(answering.request.url ?? "/", "http://simulator")
  const hop = Number(url.searchParams.get("hop") ?? "0") + 1
  if (hop > 4) return sends(() => ({}))(answering)
  url.searchParams.set("hop", String(hop))
  redirect(() => url.pathname + url.search)(answering)
}

export const WIRE: Faults = {
  H8: ({ request }) => request.socket.resetAndDestroy(),
  H9: raw((socket) => socket.write(`${OK}x-half: ye`, () => socket.resetAndDestroy())),
  H10: raw((socket, { good }) => socket.write(half(whole(good)), () => socket.resetAndDestroy())),
  H11: cutBody,
  H12: writes((good) => `${OK}content-length: ${good.length >> 1}\r\n\r\n${good}`),
  H13: writes((good) => `${OK}content-length: ${Buffer.byteLength(good)}\r\ncontent-length: 7\r\n\r\n${good}`),
  H14: writes((good) => `${OK}content-length: 7\r\n${CHUNKED}\r\n${chunk(good)}0\r\n\r\n`),
  H15: writes((good) => `${OK}${CHUNKED}\r\nzz\r\n${good}\r\n0\r\n\r\n`),
  H16: writes((good) => `${OK}${CHUNKED}\r\n${chunk(good)}`),
  H17: late(() => 30_000),
  H18: drips(1, 200),
  H19: drips(1_000, 1_000),
  H20: late(({ ordinal }) => 100 + 800 * uniform(ordinal, 20)),
  H21: raw(slices),
  H22: raw((socket, { good }) => {
    socket.write(whole(good))
    every(20_000, socket, () => {
      socket.destroy()
      return "done"
    })
  }),
  H23: ({ request, response, good }) => {
    response.writeHead(200, { "content-type": JSON_TYPE, "content-length": Buffer.byteLength(good) })
    response.end(good, () => setTimeout(() => request.socket.destroy(), 5))
  },
  H24: writes((good) => {
    const heavy = Array.from({ length: 200 }, (_, at) => `x-heavy-${at}: ${"h".repeat(16_000)}\r\n`)
    return whole(good).replace("\r\n\r\n", `\r\n${heavy.join("")}\r\n`)
  }),
  H25: redirect(({ request }) => request.url ?? "/"),
  H26: hops,
  H27: redirect(() => "http://odds.invalid/elsewhere"),
  "H28-loopback": redirect(() => "http://127.0.0.1:1/inside"),
  "H28-metadata": redirect(() => "http://169.254.169.254/latest/meta-data/"),
  H29: sends(() => ({ status: 204, body: "", headers: { "content-type": "" } })),
  H30: sends(() => ({ status: 304, body: "", headers: { "content-type": "" } })),
  H31: sends(({ good }) => ({
    status: 206,
    body: half(good),
    headers: { "content-range": `bytes 0-${half(good).length - 1}/${good.length}` }
  })),
  H32: writes(
    (good) => "HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\n\r\n".repeat(10_000) + whole(good)
  ),
  H33: writes((good) => `HTTP/1.0 200 OK\r\ncontent-type: ${JSON_TYPE}\r\n\r\n${good}`),
  H34: writes(() => "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\r\n")
}
