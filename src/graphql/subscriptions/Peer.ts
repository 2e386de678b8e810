/**
 * One websocket client: its socket as graphql-ws and the broadcaster see it, its pulse, and its message rate.
 *
 * The pulse is beaten from outside once a second; a client that answered no ping for one period is half-open
 * and is dropped without a goodbye.
 */
import type { Socket } from "node:net"
import type { WebSocket as Transport } from "graphql-ws"
import type { RawData, WebSocket } from "ws"
import type { Caller } from "../../access/Access.ts"
import { makeBucket } from "../../access/Rate.ts"
import type { Hub } from "../../broadcast/Hub.ts"
import type { Outbox } from "../../broadcast/Outbox.ts"
import type { Cut } from "../../broadcast/Readers.ts"
import type { Wire } from "../../broadcast/Wire.ts"
import { inTurn } from "./Turns.ts"

export interface Peer {
  readonly outbox: Outbox
  /** Undefined until connection_init was accepted. */
  caller: Caller | undefined
  /** Running operations by id. */
  readonly operations: Map<string, Operation>
  /** `handle` runs what a message leads to, which may take as long as a subscription lives, and says when it is over. */
  readonly socketFor: (handle: (handled: () => Promise<void>, over: () => void) => void) => Transport
  /** Called once a second; what it held if it answered no ping and was dropped now. */
  readonly beat: () => Cut | undefined
  readonly close: (code: number, reason: string) => void
  readonly destroy: () => void
}

export interface Operation {
  /** Aborts what still runs of it, and counts it no more. */
  readonly finish: () => void
}

interface Surroundings {
  readonly hub: Hub["Service"]
  /** Elapsed time, whole milliseconds. */
  readonly now: () => number
}

export const makePeer = (socket: WebSocket, tcp: Socket, { hub, now }: Surroundings): Peer => {
  const outbox = hub.connect(wireOf(socket, tcp))
  const rate = makeBucket(MESSAGES, now)
  // Those who came in one second are not pinged in another one all at once.
  let beats = now() % PING_EVERY_BEATS
  let awaitingPong = false

  const close = (code: number, reason: string): void => socket.close(code, reason)
  const allowed = (): boolean => {
    if (rate()) return true
    close(4291, "Too many messages: 20 a second, burst of 50")
    return false
  }

  socket.on("error", () => undefined) // ws closes with the fitting code by itself
  socket.on("ping", allowed)
  socket.on("pong", () => {
    awaitingPong = false
    allowed()
  })

  return {
    outbox,
    caller: undefined,
    operations: new Map(),
    close,
    destroy: () => socket.terminate(),
    socketFor: (handle) => ({
      protocol: socket.protocol,
      close,
      send: (text) => sent(socket, text),
      onMessage: (answer) => {
        const take = inTurn((text, over) => {
          if (socket.readyState === socket.OPEN) handle(() => answer(text), over)
        })
        socket.on("message", (data: RawData, isBinary: boolean) => {
          if (!allowed()) return
          if (isBinary) return close(4400, "Binary messages are not spoken here")
          take(textOf(data))
        })
      }
    }),
    beat: () => {
      if (++beats % PING_EVERY_BEATS !== 0 || socket.readyState !== socket.OPEN) return undefined
      if (!awaitingPong) {
        awaitingPong = true
        socket.ping()
        return undefined
      }
      const held = outbox.held(now())
      socket.terminate()
      return held
    }
  }
}

const PING_EVERY_BEATS = 12

const NOTHING = Buffer.alloc(0)

const textOf = (data: RawData): string =>
  Array.isArray(data)
    ? Buffer.concat(data).toString()
    : data instanceof ArrayBuffer
      ? Buffer.from(data).toString()
      : data.toString()

/** Straight to the TCP socket: `ws` writes at once and in order as long as nothing is deflated. */
const wireOf = (socket: WebSocket, tcp: Socket): Wire => ({
  write: (bytes) => {
    if (socket.readyState === socket.OPEN) tcp.write(bytes)
  },
  queued: () => tcp.writableLength,
  // A callback at every write would cost a tick of its own for each of thousands of sockets. Once it is closing nobody
  // waits any more, and a write after its end would cut off the goodbye.
  whenTaken: (taken) => {
    if (socket.readyState === socket.OPEN) tcp.write(NOTHING, taken)
  },
  close: (code, reason) => socket.close(code, reason),
  destroy: () => socket.terminate()
})

/** Ends when the socket has taken it, so that an ordinary subscription goes as fast as its reader. */
const sent = (socket: WebSocket, text: string): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (socket.readyState === socket.OPEN) socket.send(text, () => resolve())
  else resolve()
  return promise
}

const MESSAGES = { perSecond: 20, burst: 50 } as const
