/**
 * A `next` message of graphql-transport-ws as a ready WebSocket frame, shared by all who get it.
 *
 * Member order in JSON is free, so the operation's id is put last: two subscribers' frames differ in these
 * bytes only, and are one where their ids are equal. Writing it needs a connection without permessage-deflate.
 */

/** The id of an operation as its client numbered it. */
export interface OperationId {
  readonly text: string
  /** As JSON, quotes included. */
  readonly json: Buffer
}

export interface Frame {
  /** The frame for this operation; its bytes may be shared and are not to be changed. */
  readonly forId: (id: OperationId) => Buffer
}

export const operationId = (text: string): OperationId => ({ text, json: Buffer.from(JSON.stringify(text)) })

export const makeFrame = (payload: string): Frame => {
  let lastId: OperationId | undefined
  let last: Buffer = NOTHING
  return {
    forId: (id) => {
      if (lastId?.text === id.text) return last
      // Ids of one length have one header: all but the id is copied, not encoded again.
      const frame = lastId?.json.length === id.json.length ? copyOf(last) : encode(payload, id.json.length)
      id.json.copy(frame, frame.length - id.json.length - 1)
      lastId = id
      last = frame
      return frame
    }
  }
}

const NOTHING = Buffer.alloc(0)
const FINAL_TEXT = 0x81
const CLOSING_BRACE = 0x7d

const copyOf = (frame: Buffer): Buffer => {
  const copy = Buffer.allocUnsafe(frame.length)
  frame.copy(copy)
  return copy
}

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
