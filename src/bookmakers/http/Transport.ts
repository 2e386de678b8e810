/** The socket side of a GET: follows redirects, reads the capped body, and has it unpacked. */
import type { Agent, Dispatcher } from "undici"
import { Effect, Exit } from "effect"
import type { Scope } from "effect"
import { Broken } from "../FetchError.ts"
import type { FetchError } from "../FetchError.ts"
import type { Asked } from "../Http.ts"
import { fields, timedOut, tooLarge, unreachable } from "./Faults.ts"
import { inflate } from "./Inflate.ts"
import { LARGE_WIRE } from "./Room.ts"
import type { Place } from "./Room.ts"

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** Inflated. */
  readonly body: Buffer
}

const MAX_REDIRECTS = 3

/** Interrupting it aborts the request and frees the socket. */
export const exchange = Effect.fnUntraced(function* (agent: Agent, asked: Asked, place: Place) {
  let url = asked.url
  let status = 0
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const reply = yield* exchangeOnce(agent, asked, url, place)
    const target = redirectOf(reply, url)
    if (target === undefined) return reply
    if (target.origin !== asked.url.origin) {
      return yield* refuse(
        asked,
        reply.status,
        `sends us on to ${target.origin}, which is not followed; check the base URL`
      )
    }
    url = target
    status = reply.status
  }
  return yield* refuse(asked, status, `sends us on more than ${MAX_REDIRECTS} times; check the base URL`)
})

const exchangeOnce = (
  agent: Agent,
  asked: Asked,
  url: URL,
  place: Place
): Effect.Effect<Reply, FetchError, Scope.Scope> =>
  Effect.suspend(() => {
    const controller = new AbortController()
    return attempt(agent, asked, url, place, controller.signal).pipe(
      Effect.onExit((exit) => (Exit.isSuccess(exit) ? Effect.void : Effect.sync(() => controller.abort())))
    )
  })

const attempt = Effect.fnUntraced(function* (agent: Agent, asked: Asked, url: URL, place: Place, signal: AbortSignal) {
  const head = yield* Effect.tryPromise({
    try: () =>
      agent.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: "GET",
        headers: { ...asked.headers, ...ACCEPTED },
        signal
      }),
    catch: (cause) => faultOf(asked, cause)
  }).pipe(
    Effect.timeoutOrElse({ duration: "5 seconds", orElse: () => Effect.fail(timedOut(asked, "no headers within 5 s")) })
  )
  // A size that is told need not be waited for; undici counts only what has come.
  if (Number(head.headers["content-length"]) > MAX_WIRE) return yield* Effect.fail(overWire(asked))
  const wire = yield* bodyOf(asked, head, place)
  const body = yield* inflate(asked, head, wire, place)
  return { status: head.statusCode, headers: head.headers, body }
})

/** Bytes of a body as it travels. */
export const MAX_WIRE = 8_388_608

const overWire = (asked: Asked): FetchError => tooLarge(asked, "over 8 MB on the wire")

const ACCEPTED = { "accept-encoding": "gzip, deflate, br" }

const redirectOf = ({ status, headers }: Reply, from: URL): URL | undefined => {
  const { location } = headers
  return status >= 300 && status < 400 && typeof location === "string"
    ? (URL.parse(location, from) ?? undefined)
    : undefined
}

/** Read in pieces, so that a large one waits for its place with the rest of it still at the sender's. */
const bodyOf = Effect.fnUntraced(function* (asked: Asked, { body }: Dispatcher.ResponseData, place: Place) {
  const pieces = body[Symbol.asyncIterator]()
  const read: Buffer[] = []
  let size = 0
  while (true) {
    const piece: IteratorResult<Buffer, void> = yield* Effect.tryPromise({
      try: () => pieces.next(),
      catch: (cause) => faultOf(asked, cause)
    })
    if (piece.done === true) return Buffer.concat(read, size)
    read.push(piece.value)
    size += piece.value.length
    if (size > LARGE_WIRE) yield* place.large
  }
})

/** Names a socket's fault by undici's code; a code nobody expects is a connection that did not work. */
const faultOf = (asked: Asked, cause: unknown): FetchError => {
  const code = codeOf(cause)
  if (code === "UND_ERR_RES_EXCEEDED_MAX_SIZE") return overWire(asked)
  if (code === "UND_ERR_HEADERS_OVERFLOW" || code === "HPE_HEADER_OVERFLOW")
    return tooLarge(asked, "over 16 kB of headers")
  if (code === "UND_ERR_HEADERS_TIMEOUT" || code === "UND_ERR_BODY_TIMEOUT")
    return timedOut(asked, "the answer stopped coming")
  return unreachable(asked, code)
}

const codeOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return "unknown fault"
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : ""
  if (code !== "") return code
  return cause.cause === undefined ? cause.message.slice(0, 120) : codeOf(cause.cause)
}

const refuse = (asked: Asked, status: number, what: string): Effect.Effect<never, FetchError> =>
  Effect.fail(new Broken({ ...fields(asked, `HTTP ${status} ${what}`, "tried again after a pause"), status }))
