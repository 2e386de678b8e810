/**
 * What each fault looks like on the wire.
 *
 * Those that damage a good answer are given its text; the others stand for themselves. `undefined`: the
 * connection is dropped instead.
 */
import type { ServerResponse } from "node:http"
import { createGzip } from "node:zlib"
import type { FaultKind, Met } from "./Faults.ts"
import { JSON_TYPE, parsedJson } from "./Route.ts"
import type { BookmakerName } from "./catalogue/Template.ts"

export interface Damaged {
  readonly status: number
  readonly contentType: string
  readonly body: string
  readonly headers: { readonly [name: string]: string }
}

/** Faults that end a response in a way of their own. */
export const isStreamed = (kind: FaultKind): boolean => kind === "cutBody" || kind === "gzipBomb" || kind === "endless"

const BLOCK_PAGE = `<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><h1>Access denied</h1>
<p>Your request has been blocked. Reference #18.2d9a1602.</p></body></html>`

export const damaged = (met: Met, bookmaker: BookmakerName, good: string): Damaged => {
  const answer = (status: number, body: string, contentType = JSON_TYPE, headers = {}): Damaged => ({
    status,
    contentType,
    body,
    headers
  })
  switch (met.kind) {
    case "refused":
      return answer(403, '{"status":"FORBIDDEN","message":"Access from your location is not allowed"}')
    case "403html":
      return answer(403, BLOCK_PAGE, "text/html;charset=UTF-8")
    case "htmlBlock":
      return answer(200, BLOCK_PAGE, "text/html;charset=UTF-8")
    case "429":
      return answer(
        429,
        '{"message":"Too many requests"}',
        JSON_TYPE,
        met.retryAfter === undefined ? {} : { "retry-after": met.retryAfter }
      )
    case "500":
      return answer(500, '{"status":"INTERNAL_SERVER_ERROR"}')
    case "empty202":
      return answer(202, "", "text/plain")
    case "404":
      return answer(404, '{"status":"NOT_FOUND","message":"Not found"}')
    case "emptyBody":
      return answer(200, "")
    case "notJson":
      return answer(200, "upstream connect error or disconnect before headers\n", "text/plain")
    case "renamedField":
      return answer(200, renamed(good, met.field ?? FIELDS[bookmaker]))
    case "emptyList":
      return answer(200, JSON.stringify(thinned(parsedJson(good), 0)))
    case "halfList":
      return answer(200, JSON.stringify(thinned(parsedJson(good), 0.5)))
    default:
      return answer(200, good)
  }
}

/** Begins a body and never ends it well. */
export const stream = (kind: FaultKind, response: ServerResponse, good: string): void => {
  if (kind === "cutBody") {
    response.writeHead(200, { "content-type": JSON_TYPE, "content-length": Buffer.byteLength(good) })
    response.write(good.slice(0, Math.floor(good.length / 2)), () => response.destroy())
    return
  }
  const zeros = Buffer.alloc(1_000_000, "0")
  if (kind === "endless") {
    response.writeHead(200, { "content-type": JSON_TYPE })
    const more = (): void => {
      while (!response.destroyed && response.write(zeros)) {
        /* until the socket is full */
      }
    }
    response.on("drain", more)
    return more()
  }
  response.writeHead(200, { "content-type": JSON_TYPE, "content-encoding": "gzip" })
  const packer = createGzip()
  packer.pipe(response)
  let left = 200
  const more = (): void => {
    while (left > 0 && !response.destroyed) {
      left--
      if (!packer.write(zeros)) return
    }
    packer.end()
  }
  packer.on("drain", more)
  response.on("close", () => packer.destroy())
  more()
}

const FIELDS: { readonly [Name in BookmakerName]: string } = { betpawa: "odds", sportybet: "odds", bet9ja: "O" }

const renamed = (text: string, field: string): string => text.replaceAll(`"${field}":`, `"${field}Value":`)

/** Keeps the first so much of every list of events, wherever the site puts it. */
const thinned = (value: unknown, share: number): unknown => {
  if (Array.isArray(value)) return value.map((entry: unknown) => thinned(entry, share))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]: [string, unknown]) => {
      const isEvents =
        key === "events" || key === "E" || (key === "responses" && Array.isArray(entry) && entry.some(hasId))
      if (!isEvents) return [key, thinned(entry, share)]
      if (Array.isArray(entry)) return [key, entry.slice(0, Math.floor(entry.length * share))]
      const entries = typeof entry === "object" && entry !== null ? Object.entries(entry) : []
      return [key, Object.fromEntries(entries.slice(0, Math.floor(entries.length * share)))]
    })
  )
}

const hasId = (entry: unknown): boolean => typeof entry === "object" && entry !== null && "id" in entry
