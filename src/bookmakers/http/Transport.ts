/**
 * The socket side of a GET: follows redirects, reads the capped body, inflates it under a cap of its own.
 *
 * Inflation is done here and not by undici's interceptor because zlib's `maxOutputLength` stops a bomb without
 * keeping what came before, and runs off the event loop.
 */
import zlib from "node:zlib"
import type { Agent, Dispatcher } from "undici"
import { Effect, Exit } from "effect"
import { Broken, TimedOut, TooLarge, Unreachable, Unreadable } from "../FetchError.ts"
import type { FetchError } from "../FetchError.ts"
import type { Asked } from "../Http.ts"
import { describe } from "./Answer.ts"

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** Inflated. */
  readonly body: Buffer
}

const MAX_REDIRECTS = 3
const MAX_INFLATED = 33_554_432

/** Interrupting it aborts the request and frees the socket. */
export const exchange = Effect.fnUntraced(function* (agent: Agent, asked: Asked) {
  let url = asked.url
  let status = 0
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const reply = yield* exchangeOnce(agent, asked, url)
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

const exchangeOnce = (agent: Agent, asked: Asked, url: URL): Effect.Effect<Reply, FetchError> =>
  Effect.suspend(() => {
    const controller = new AbortController()
    return attempt(agent, asked, url, controller.signal).pipe(
      Effect.onExit((exit) => (Exit.isSuccess(exit) ? Effect.void : Effect.sync(() => controller.abort())))
    )
  })

const attempt = Effect.fnUntraced(function* (agent: Agent, asked: Asked, url: URL, signal: AbortSignal) {
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
  const wire = yield* Effect.tryPromise({ try: () => head.body.bytes(), catch: (cause) => faultOf(asked, cause) })
  const body = yield* inflate(asked, head, Buffer.from(wire.buffer, wire.byteOffset, wire.byteLength))
  return { status: head.statusCode, headers: head.headers, body }
})

const ACCEPTED = { "accept-encoding": "gzip, deflate, br" }

const redirectOf = ({ status, headers }: Reply, from: URL): URL | undefined => {
  const { location } = headers
  return status >= 300 && status < 400 && typeof location === "string"
    ? (URL.parse(location, from) ?? undefined)
    : undefined
}

const inflate = (asked: Asked, head: Dispatcher.ResponseData, wire: Buffer): Effect.Effect<Buffer, FetchError> => {
  const named = head.headers["content-encoding"]
  const encoding = String(named ?? "identity")
    .trim()
    .toLowerCase()
  if (encoding === "identity" || encoding === "" || wire.length === 0) return Effect.succeed(wire)
  const decompress = INFLATERS.get(encoding)
  if (decompress === undefined)
    return Effect.fail(unreadable(asked, "content-encoding", `"${encoding.slice(0, 40)}" was not asked for`))
  return Effect.callback((resume) => {
    decompress(wire, { maxOutputLength: MAX_INFLATED, chunkSize: sizeOnce(encoding, wire) }, (cause, body) => {
      resume(cause === null ? Effect.succeed(body) : Effect.fail(inflateFault(asked, encoding, cause)))
    })
  })
}

type Inflater = (
  wire: Buffer,
  options: { readonly maxOutputLength: number; readonly chunkSize: number },
  done: (cause: NodeJS.ErrnoException | null, body: Buffer) => void
) => void

/**
 * Room for the whole body, so that it takes one trip to the inflating thread and no copying: the default room of
 * 16 kB made it twenty trips, which cost more than inflating. What gzip says of its size is a hint, and bounded.
 */
const sizeOnce = (encoding: string, wire: Buffer): number => {
  const told = encoding.endsWith("gzip") && wire.length > 18 ? wire.readUInt32LE(wire.length - 4) : wire.length * 10
  return Math.min(Math.max(told + 64, LEAST_ROOM), MOST_ROOM)
}

const LEAST_ROOM = 16_384
const MOST_ROOM = 2_097_152

const INFLATERS: ReadonlyMap<string, Inflater> = new Map([
  ["gzip", zlib.gunzip],
  ["x-gzip", zlib.gunzip],
  ["deflate", zlib.inflate],
  ["br", zlib.brotliDecompress]
])

const inflateFault = (asked: Asked, encoding: string, cause: NodeJS.ErrnoException): FetchError => {
  if (cause.code === "ERR_BUFFER_TOO_LARGE") return tooLarge(asked, "over 32 MB once inflated")
  if (cause.code === "Z_BUF_ERROR") return unreachable(asked, `the ${encoding} body ends early`)
  return unreadable(asked, "content-encoding", `the body is not ${encoding} (${cause.code ?? cause.message})`)
}

/** Names a socket's fault by undici's code; a code nobody expects is a connection that did not work. */
const faultOf = (asked: Asked, cause: unknown): FetchError => {
  const code = codeOf(cause)
  if (code === "UND_ERR_RES_EXCEEDED_MAX_SIZE") return tooLarge(asked, "over 8 MB on the wire")
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

const fields = (asked: Asked, what: string, next: string) => ({
  bookmakerId: asked.bookmakerId,
  endpoint: asked.endpoint,
  message: `${describe(asked)}: ${what}; ${next}`
})

const unreachable = (asked: Asked, what: string): FetchError =>
  new Unreachable(fields(asked, `connection failed (${what})`, "tried again after a pause"))

const timedOut = (asked: Asked, what: string): FetchError =>
  new TimedOut(fields(asked, what, "tried again after a pause"))

const tooLarge = (asked: Asked, what: string): FetchError =>
  new TooLarge(fields(asked, `the answer is ${what}`, "aborted, and tried again in 5 minutes"))

const unreadable = (asked: Asked, path: string, what: string): FetchError =>
  new Unreadable({ ...fields(asked, what, "odds already known stay and age"), path, sample: "" })

const refuse = (asked: Asked, status: number, what: string): Effect.Effect<never, FetchError> =>
  Effect.fail(new Broken({ ...fields(asked, `HTTP ${status} ${what}`, "tried again after a pause"), status }))
