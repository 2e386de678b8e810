/** WebSocket frames as a client of few needs reads and writes them: text, unfragmented, pings answered. */
import type { Socket } from "node:net"

/** What to do with each chunk of a socket whose upgrade was just asked for. */
export const readFrames = (socket: Socket, hear: (text: Buffer) => void): ((chunk: Buffer) => void) => {
  let parts: Buffer[] = []
  let held = 0
  let needed = 0
  let greeted = false
  return (chunk) => {
    parts.push(chunk)
    held += chunk.length
    // A long frame is joined once, when all of it is there.
    if (held < needed) return
    const bytes = parts.length === 1 ? chunk : Buffer.concat(parts)
    let at = 0
    if (!greeted) {
      const end = bytes.indexOf("\r\n\r\n")
      if (end === -1) return
      greeted = true
      at = end + 4
    }
    for (;;) {
      const frame = frameAt(bytes, at)
      needed = frame === undefined ? 0 : frame.end - at
      if (frame === undefined || frame.end > bytes.length) break
      const body = bytes.subarray(frame.start, frame.end)
      if (frame.opcode === PING) socket.write(masked(body.toString(), PONG))
      else if (frame.opcode === TEXT) hear(body)
      at = frame.end
    }
    parts = at === bytes.length ? [] : [bytes.subarray(at)]
    held = bytes.length - at
  }
}

export const masked = (text: string, opcode = TEXT): Buffer => {
  const body = Buffer.from(text)
  const head = Buffer.alloc(body.length < 126 ? 6 : 8)
  head[0] = 0x80 | opcode
  head[1] = 0x80 | (body.length < 126 ? body.length : 126)
  if (body.length >= 126) head.writeUInt16BE(body.length, 2)
  return Buffer.concat([head, body])
}

const TEXT = 1
const PING = 9
const PONG = 10

/** Undefined until its whole head is there. */
const frameAt = (bytes: Buffer, at: number) => {
  const short = (bytes[at + 1] ?? 0) & 127
  const start = at + (short < 126 ? 2 : short === 126 ? 4 : 10)
  if (bytes.length < start) return undefined
  const length =
    short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
  return { opcode: (bytes[at] ?? 0) & 15, start, end: start + length }
}
