/**
 * A `next` message of graphql-transport-ws as a ready WebSocket frame, shared by all who get it.
 *
 * Member order in JSON is free, so the operation's id is put last: frames of one length differ in these bytes only.
 * They are therefore one buffer, in which each id is written in turn: the kernel copies what it takes, and a buffer
 * for each of thousands of subscribers would fall out of every cache. Needs a connection without permessage-deflate.
 */

/** The id of an operation as its client numbered it. */
export interface OperationId {
  readonly text: string
  /** As JSON, quotes included. */
  readonly json: Buffer
}

export const operationId = (text: string): OperationId => ({ text, json: Buffer.from(JSON.stringify(text)) })

export interface Frame {
  /** The frame for this operation, lent until the next call. */
  readonly forId: (id: OperationId) => Buffer
  /** Leaves what was lent last to its holder for good: the socket still has to send it. */
  readonly leave: () => void
}

export const makeFrame = (payload: string): Frame => {
  /** By the length of the id: clients that count have ids of several lengths. */
  const sizes = new Map<number, Sized>()
  let last: Sized | undefined

  const sizedFor = (length: number): Sized => {
    let sized = sizes.get(length)
    if (sized === undefined)
      sizes.set(length, (sized = { length, bytes: encode(payload, length), text: undefined, left: false }))
    return sized
  }

  return {
    forId: ({ text, json }) => {
      const sized = last?.length === json.length ? last : (last = sizedFor(json.length))
      if (sized.text === text) return sized.bytes
      if (sized.left) sized.bytes = Buffer.from(sized.bytes)
      sized.left = false
      sized.text = text
      sized.bytes.set(json, sized.bytes.length - json.length - 1)
      return sized.bytes
    },
    leave: () => {
      if (last !== undefined) last.left = true
    }
  }
}

/** The frame for ids of one length. */
interface Sized {
  readonly length: number
  bytes: Buffer
  /** The id that is written in it. */
  text: string | undefined
  /** True when its bytes are not to be changed any more. */
  left: boolean
}

const FINAL_TEXT = 0x81
const CLOSING_BRACE = 0x7d

const encode = (payload: string, idLength: number): Buffer => {
  const start = `{"type":"next","payload":${payload},"id":`
  const length = Buffer.byteLength(start) + idLength + 1
  const header = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafe(header + length)
  frame[0] = FINAL_TEXT
  frame[1] = header === 2 ? length : header === 4 ? 126 : 127
  if (header === 4) frame.writeUInt16BE(length, 2)
  if (header === 10) frame.writeBigUInt64BE(BigInt(length), 2)
  frame.write(start, header)
  frame[frame.length - 1] = CLOSING_BRACE
  return frame
}
