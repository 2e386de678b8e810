/**
 * One connection to the server, from its opening to its end: the client above it makes another when it has ended.
 *
 * A link of its own per connection, and not the library's reconnecting client, because operations are then numbered
 * from 1 on every connection: browsers that ask alike share the server's frames to the last byte. A number is never
 * used twice on one link, since what was sent for the first could still arrive for the second.
 */
import { createClient } from "graphql-ws/client"

/** How a link is made; a test hands in another way. */
export type OpenLink = (events: LinkEvents) => Link

export interface Link {
  /** Answers how to stop it. Nothing is called any more once the link has ended. */
  readonly subscribe: (request: Request, sink: Sink) => () => void
  readonly ping: () => void
  /** Ends it now, without waiting for an answer; `ended` is called. */
  readonly cut: () => void
}

export interface LinkEvents {
  /** The server has let us in; what it told about itself. */
  readonly opened: (greeting: Greeting) => void
  /** Something was heard: a message of any kind. */
  readonly heard: () => void
  /** Called once, whatever became of it. */
  readonly ended: (end: LinkEnd) => void
}

/** `connection_ack`. */
export interface Greeting {
  readonly version: string
  /** `simulator` or `live`: what the odds are of. */
  readonly world: string
  readonly role: string
  readonly serverTime: string
}

export interface LinkEnd {
  /** The close code; 1006 where there was none. */
  readonly code: number
  readonly reason: string
}

export interface Request {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
}

export interface Sink {
  readonly next: (data: unknown) => void
  /** The server refused it or gave it up; the link goes on. */
  readonly failed: (error: RequestError) => void
  readonly completed: () => void
}

export interface RequestError {
  readonly message: string
  readonly code: string
  readonly retryable: boolean
}

export interface LinkOptions {
  /** `ws://127.0.0.1:4000/graphql` */
  readonly url: string
  readonly token?: string | undefined
  /** Where the platform has no `WebSocket`. */
  readonly webSocketImpl?: unknown
}

export const webSocketLink =
  ({ url, token, webSocketImpl }: LinkOptions): OpenLink =>
  (events) => {
    let socket: unknown
    let operations = 0
    let over = false
    const end = (closed: unknown): void => {
      if (over) return
      over = true
      events.ended(endOf(closed))
    }
    const client = createClient({
      url,
      lazy: false,
      retryAttempts: 0,
      generateID: () => String(++operations),
      onNonLazyError: end,
      ...(webSocketImpl !== undefined && { webSocketImpl }),
      ...(token !== undefined && { connectionParams: { token } }),
      on: {
        connected: (connected, greeting) => {
          socket = connected
          events.opened(greetingOf(greeting))
        },
        message: events.heard,
        closed: (closed) => {
          end(closed)
          // A goodbye of 1000 would make the library come back by itself.
          client.dispose()?.then(undefined, () => undefined)
        }
      }
    })
    return {
      subscribe: ({ query, variables }, sink) => {
        // The library tells of an end also to those who asked for it.
        let stopped = false
        const stop = client.subscribe(
          { query, variables },
          {
            next: ({ data, errors }) => {
              if (over || stopped) return
              if (errors === undefined) sink.next(data)
              else sink.failed(errorOf(errors))
            },
            error: (error) => {
              if (!over && !stopped && Array.isArray(error)) sink.failed(errorOf(error))
            },
            complete: () => {
              if (!over && !stopped) sink.completed()
            }
          }
        )
        return () => {
          stopped = true
          stop()
        }
      },
      ping: () => {
        if (canSend(socket)) socket.send(PING)
      },
      cut: () => {
        client.terminate()
        end(CUT)
      }
    }
  }

const PING = JSON.stringify({ type: "ping" })
const CUT: LinkEnd = { code: 4499, reason: "Cut by the client" }

const greetingOf = (ack: unknown): Greeting => ({
  version: textIn(ack, "version"),
  world: textIn(ack, "world"),
  role: textIn(ack, "role"),
  serverTime: textIn(ack, "serverTime")
})

const endOf = (closed: unknown): LinkEnd =>
  isRecord(closed) && typeof closed["code"] === "number"
    ? { code: closed["code"], reason: textIn(closed, "reason") }
    : { code: 1006, reason: "No connection" }

const errorOf = ([error]: readonly unknown[]): RequestError => {
  const extensions = isRecord(error) ? error["extensions"] : undefined
  return {
    message: textIn(error, "message"),
    code: textIn(extensions, "code"),
    retryable: isRecord(extensions) && extensions["retryable"] === true
  }
}

const textIn = (record: unknown, name: string): string => {
  const value = isRecord(record) ? record[name] : undefined
  return typeof value === "string" ? value : ""
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

const canSend = (socket: unknown): socket is { readonly send: (text: string) => void } =>
  isRecord(socket) && typeof socket["send"] === "function" && socket["readyState"] === 1
