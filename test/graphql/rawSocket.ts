/** A websocket client made of bytes, for what no library sends: frames as they are given, and what came of them. */
import { connect } from "node:net"
import { Effect } from "effect"

export interface RawSocket {
  /** The status of the answer to its handshake. */
  readonly status: Effect.Effect<number>
  readonly send: (...frames: readonly Buffer[]) => void
  /** Whole texts that came so far. */
  readonly texts: readonly string[]
  /** The first text, past ones included, that matches. */
  readonly until: (wanted: RegExp) => Effect.Effect<string>
  /** Its close code; 1006 where the line was cut without one. */
  readonly closed: Effect.Effect<number>
  /** Reads nothing any more. */
  readonly pause: () => void
}

export interface Handshake {
  readonly path?: string
  readonly protocols?: string
  readonly headers?: readonly string[]
}

export const openRaw = (
  url: string,
  { path = "/graphql", protocols = "graphql-transport-ws", headers = [] }: Handshake = {}
) =>
  Effect.acquireRelease(
    Effect.sync(() => begin(Number(new URL(url).port), path, [`Sec-WebSocket-Protocol: ${protocols}`, ...headers])),
    ({ end }) => Effect.sync(end)
  )

const begin = (port: number, path: string, headers: readonly string[]): RawSocket & { readonly end: () => void } => {
  const texts: string[] = []
  const watchers = new Set<() => void>()
  const status = Promise.withResolvers<number>()
  const closed = Promise.withResolvers<number>()
  let bytes = Buffer.alloc(0)
  let handshaken = false

  const read = (): void => {
    if (!handshaken) {
      const end = bytes.indexOf("\r\n\r\n")
      if (end === -1) return
      status.resolve(Number(bytes.toString("latin1", 9, 12)))
      bytes = bytes.subarray(end + 4)
      handshaken = true
    }
    for (let frame = nextFrame(bytes); frame !== undefined; frame = nextFrame(bytes)) {
      bytes = bytes.subarray(frame.size)
      if (frame.opcode === TEXT) texts.push(frame.payload.toString())
      if (frame.opcode === CLOSE) closed.resolve(frame.payload.readUInt16BE())
    }
    for (const look of watchers) look()
  }

  const socket = connect(port, "127.0.0.1")
  socket.on("error", () => undefined)
  socket.on("close", () => {
    status.resolve(0)
    closed.resolve(1006)
  })
  socket.on("data", (data) => {
    bytes = Buffer.concat([bytes, data])
    read()
  })
  socket.write(
    [
      `GET ${path} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      `Sec-WebSocket-Key: ${Buffer.alloc(16).toString("base64")}`,
      ...headers,
      "\r\n"
    ].join("\r\n")
  )
  return {
    texts,
    status: Effect.promise(() => status.promise),
    closed: Effect.promise(() => closed.promise),
    send: (...frames) => {
      for (const frame of frames) socket.write(frame)
    },
    pause: () => void socket.pause(),
    end: () => void socket.destroy(),
    until: (wanted) =>
      Effect.promise(() => {
        const { promise, resolve } = Promise.withResolvers<string>()
        const look = (): void => {
          const found = texts.find((text) => wanted.test(text))
          if (found === undefined) return
          watchers.delete(look)
          resolve(found)
        }
        watchers.add(look)
        look()
        return promise
      })
  }
}

export const CONTINUATION = 0
export const TEXT = 1
export const BINARY = 2
export const CLOSE = 8
export const PING = 9
export const PONG = 10

/** What a frame may have wrong; the rest is as it should be. */
interface Flaws {
  /** The first byte, in place of FIN and the opcode. */
  readonly first?: number
  /** In place of the payload's own length. */
  readonly claims?: bigint
  readonly unmasked?: true
}

/** A client's frame, masked with zeroes. */
export const frame = (opcode: number, content: string | Buffer, { first, claims, unmasked }: Flaws = {}): Buffer => {
  const payload = Buffer.from(content)
  const length = claims ?? BigInt(payload.length)
  const mask = unmasked === undefined ? 0x80 : 0
  const head = Buffer.alloc(length < 126n ? 2 : length < 65_536n ? 4 : 10)
  head[0] = first ?? 0x80 | opcode
  head[1] = mask | (length < 126n ? Number(length) : length < 65_536n ? 126 : 127)
  if (head.length === 4) head.writeUInt16BE(Number(length), 2)
  if (head.length === 10) head.writeBigUInt64BE(length, 2)
  return Buffer.concat([head, Buffer.alloc(mask === 0 ? 0 : 4), payload])
}

/** A server's frame: never masked, never in fragments here. */
const nextFrame = (bytes: Buffer) => {
  if (bytes.length < 2) return undefined
  const short = bytes.readUInt8(1)
  const headSize = short < 126 ? 2 : short === 126 ? 4 : 10
  if (bytes.length < headSize) return undefined
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  const size = headSize + length
  return bytes.length < size
    ? undefined
    : { opcode: bytes.readUInt8(0) & 0x0f, payload: bytes.subarray(headSize, size), size }
}
