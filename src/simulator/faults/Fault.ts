/**
 * What a fault is: it is handed a request with the good answer to it, and answers in its own way.
 *
 * A fault that only wants another status, body or header goes through `sends`; one that damages HTTP itself writes to
 * the socket, past Node's own idea of a response.
 */
import type { IncomingMessage, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import type { BookmakerName } from "../catalogue/Template.ts"
import { JSON_TYPE, parsedJson } from "../Route.ts"

export interface Answering {
  readonly bookmaker: BookmakerName
  readonly endpoint: "list" | "event"
  /** How many requests its command has met, this one included. */
  readonly ordinal: number
  readonly retryAfter: string | undefined
  readonly field: string | undefined
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The body that would have been sent. */
  readonly good: string
  /** By the simulator's clock. */
  readonly now: number
}

export type Fault = (answering: Answering) => void

/** Faults by the name under which they are ordered. */
export type Faults = { readonly [kind: string]: Fault }

export interface Reply {
  readonly status?: number
  readonly body?: string | Uint8Array
  /** Besides the length; names in lower case. A content type of "" sends none. */
  readonly headers?: { readonly [name: string]: string }
}

/** A whole answer; what the reply leaves out is as it should be. */
export const sends =
  (replyTo: (answering: Answering) => Reply): Fault =>
  (answering) => {
    const { response, good } = answering
    const { status = 200, body = good, headers = {} } = replyTo(answering)
    const { "content-type": type = JSON_TYPE, ...others } = headers
    response
      .writeHead(status, {
        ...(type === "" ? {} : { "content-type": type }),
        "content-length": Buffer.byteLength(body),
        ...others
      })
      .end(body)
  }

/** The good body, its JSON changed in place. */
export const changes = (change: (root: unknown, answering: Answering) => void): Fault =>
  sends((answering) => {
    const root = parsedJson(answering.good)
    change(root, answering)
    return { body: JSON.stringify(root) }
  })

/** The good body, changed as text. */
export const rewrites = (rewrite: (good: string, answering: Answering) => string): Fault =>
  sends((answering) => ({ body: rewrite(answering.good, answering) }))

/** Bytes of the fault's own making instead of a response; nobody else writes to this socket. */
export const raw =
  (write: (socket: Socket, answering: Answering) => void): Fault =>
  (answering) => {
    const { socket } = answering.request
    socket.setNoDelay(true)
    // The client gives up in its own way, which is no news here.
    socket.on("error", () => undefined)
    write(socket, answering)
  }

/** Does something every so often until it says that it is done or the client has gone. */
export const every = (ms: number, socket: Socket, act: () => "more" | "done"): void => {
  const timer = setInterval(() => {
    if (socket.destroyed || act() === "done") clearInterval(timer)
  }, ms)
  socket.on("close", () => clearInterval(timer))
}
