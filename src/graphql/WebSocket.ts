/**
 * GraphQL over WebSocket (graphql-transport-ws), on the same port and path as HTTP.
 *
 * graphql-ws keeps the protocol; sockets, limits and close codes are ours, because its own glue for `ws` takes
 * 100 MB messages from any origin. permessage-deflate stays off: shared frames go straight to the TCP socket.
 */
import type { IncomingMessage, Server as NodeServer } from "node:http"
import type { Duplex } from "node:stream"
import { Clock, Effect, FiberSet, Latch, Schedule } from "effect"
import { handleProtocols, makeServer } from "graphql-ws"
import { WebSocketServer } from "ws"
import type { WebSocket } from "ws"
import { Access } from "../access/Access.ts"
import { elapsedBy } from "../actor/Elapsed.ts"
import { Hub } from "../broadcast/Hub.ts"
import type { Cut } from "../broadcast/Readers.ts"
import { makeStrangers } from "./admission/Strangers.ts"
import { Connections } from "./Connections.ts"
import { makePeer } from "./subscriptions/Peer.ts"
import type { Peer } from "./subscriptions/Peer.ts"
import { protocol } from "./subscriptions/Protocol.ts"

export interface Attachment {
  readonly server: NodeServer
  readonly path: string
  /** Of this program, told to every client that connects. */
  readonly version: string
}

/**
 * Serves until its scope closes, or until the farewell that it answers has ended: then nobody new is let in, and every
 * client was told to come back.
 */
export const attachWebSocket = Effect.fnUntraced(function* ({ server, path, version }: Attachment) {
  const access = yield* Access
  const hub = yield* Hub
  const connections = yield* Connections
  const now = elapsedBy(yield* Clock.Clock)
  const run = yield* FiberSet.makeRuntime()
  const peers = new Set<Peer>()
  const strangers = makeStrangers()
  const empty = yield* Latch.make()
  let isLeaving = false
  const graphql = makeServer(yield* protocol(version, peers))
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    handleProtocols,
    maxPayload: MOST_BYTES,
    maxFragments: MOST_FRAGMENTS,
    maxBufferedChunks: MOST_CHUNKS
  })
  sockets.on("connection", (socket, request) => welcome(socket, request))

  const welcome = (socket: WebSocket, request: IncomingMessage): void => {
    const address = request.socket.remoteAddress ?? ""
    if (peers.size >= MOST_CONNECTIONS) return refuseSocket(socket, "Too many connections: come back later")
    if (access.tokensRequired && !strangers.hasRoomFor(address))
      return refuseSocket(socket, "Too many connections without a token: come back later")
    const peer = makePeer(socket, request.socket, { hub, now })
    strangers.came(peer, address)
    peers.add(peer)
    empty.closeUnsafe()
    connections.opened()
    const closed = graphql.opened(
      peer.socketFor((handled, over) => {
        run(
          Effect.tryPromise(handled).pipe(
            Effect.catch((error) => crashed(peer, error.cause)),
            Effect.ensuring(Effect.sync(over))
          )
        )
      }),
      peer
    )
    socket.once("close", (code, reason) => {
      peers.delete(peer)
      strangers.gone(peer)
      if (peers.size === 0) empty.openUnsafe()
      connections.closed()
      hub.disconnect(peer.outbox)
      // Before the library closes their iterators, because that waits for what still runs.
      for (const { finish } of peer.operations.values()) finish()
      run(Effect.tryPromise(() => closed(code, String(reason))).pipe(Effect.ignore))
    })
  }

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const refuse = (status: string): void =>
      void socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    if (isLeaving) return refuse("503 Service Unavailable")
    if (pathOf(request) !== path) return refuse("404 Not Found")
    if (!access.mayCome(request.headers.host, request.headers.origin)) return refuse("403 Forbidden")
    sockets.handleUpgrade(request, socket, head, (accepted) => sockets.emit("connection", accepted, request))
  }

  const farewell = Effect.fnUntraced(function* (atOnce: number) {
    isLeaving = true
    yield* dismiss([...peers], atOnce)
    // A reader that has stopped never answers a goodbye.
    if (peers.size > 0) yield* Effect.timeoutOption(empty.await, "1 second")
    for (const peer of peers) peer.destroy()
  })
  // Whoever ends in order has said farewell before, one after another; who does not has no time for it.
  yield* Effect.acquireRelease(
    Effect.sync(() => server.on("upgrade", upgrade)),
    () =>
      Effect.andThen(
        farewell(Infinity),
        Effect.sync(() => server.off("upgrade", upgrade))
      )
  )
  yield* Effect.forkScoped(
    Effect.repeat(
      Effect.suspend(() =>
        Effect.forEach(
          [...peers].flatMap((peer) => peer.beat() ?? []),
          logSilent
        )
      ),
      Schedule.spaced(BEAT)
    )
  )
  return { farewell: Effect.suspend(() => farewell(Math.max(FEWEST_AT_ONCE, Math.ceil(peers.size / MOST_TURNS)))) }
})

const dismiss = Effect.fnUntraced(function* (peers: readonly Peer[], atOnce: number) {
  for (let next = 0; next < peers.length; next += atOnce) {
    if (next > 0) yield* Effect.sleep(TURN)
    for (const peer of peers.slice(next, next + atOnce)) peer.close(1012, "Service restart: resume with `after`")
  }
})

/**
 * Those who were cut off together come back together, so fifty go at once and a thousand a second; more only where that
 * would take longer than two seconds.
 */
const FEWEST_AT_ONCE = 50
const TURN = "50 millis"
const MOST_TURNS = 40

const MOST_BYTES = 64 * 1024
const MOST_FRAGMENTS = 64
const MOST_CHUNKS = 1_024
const MOST_CONNECTIONS = 5_000
const BEAT = "1 second"

const refuseSocket = (socket: WebSocket, reason: string): void => {
  // What it sends before it has read this may be anything.
  socket.on("error", () => undefined)
  socket.close(4503, reason)
}

const pathOf = ({ url }: IncomingMessage): string => (url ?? "").split("?", 1)[0] ?? ""

const logSilent = ({ heldUpMs, queuedBytes }: Cut): Effect.Effect<void> =>
  Effect.logInfo("A client that answered no ping was dropped; it resumes by its cursor").pipe(
    Effect.annotateLogs({ heldUpMs, queuedBytes })
  )

const crashed = Effect.fnUntraced(function* (peer: Peer, cause: unknown) {
  peer.close(4500, "Unexpected error")
  yield* Effect.logError("A websocket message met an unexpected error").pipe(
    Effect.annotateLogs({ error: String(cause) })
  )
})
