/**
 * The faults with a name of their own: what sites do on an ordinary bad day, for journeys and people.
 */
import { createGzip } from "node:zlib"
import type { BookmakerName } from "../catalogue/Template.ts"
import { JSON_TYPE, parsedJson } from "../Route.ts"
import { rewrites, sends } from "./Fault.ts"
import type { Fault, Faults } from "./Fault.ts"

export const BLOCK_PAGE = `<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><h1>Access denied</h1>
<p>Your request has been blocked. Reference #18.2d9a1602.</p></body></html>`

export const HTML = { "content-type": "text/html;charset=UTF-8" }

export const refusal = (status: number): Fault =>
  sends(() => ({ status, body: '{"status":"FORBIDDEN","message":"Access from your location is not allowed"}' }))

export const page = (status: number, headers: { readonly [name: string]: string } = HTML): Fault =>
  sends(() => ({ status, body: BLOCK_PAGE, headers }))

export const fault = (status: number): Fault =>
  sends(() => ({ status, body: `{"status":"${status}","message":"Something went wrong"}` }))

/** Too many requests; `after` is what it says of when to come again. */
export const slowDown = (status: number, after: string | undefined): Fault =>
  sends(({ retryAfter }) => {
    const said = after ?? retryAfter
    return {
      status,
      body: '{"message":"Too many requests"}',
      headers: said === undefined ? {} : { "retry-after": said }
    }
  })

export const text = (body: string | Buffer, headers: { readonly [name: string]: string } = {}): Fault =>
  sends(() => ({ body, headers }))

export const cutBody: Fault = ({ response, good }) => {
  response.writeHead(200, { "content-type": JSON_TYPE, "content-length": Buffer.byteLength(good) })
  response.write(good.slice(0, Math.floor(good.length / 2)), () => response.destroy())
}

/** A body that never ends. */
export const endless: Fault = ({ response }) => {
  response.writeHead(200, { "content-type": JSON_TYPE })
  const zeros = Buffer.alloc(1_000_000, "0")
  const more = (): void => {
    while (!response.destroyed && response.write(zeros)) {
      /* until the socket is full */
    }
  }
  response.on("drain", more)
  more()
}

/** 200 kB that become 200 MB. */
export const gzipBomb: Fault = ({ response }) => {
  response.writeHead(200, { "content-type": JSON_TYPE, "content-encoding": "gzip" })
  const zeros = Buffer.alloc(1_000_000, "0")
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

/** By default the field with the prices in it. */
export const renamedField = rewrites((good, { bookmaker, field = FIELDS[bookmaker] }) =>
  good.replaceAll(`"${field}":`, `"${field}Value":`)
)

/** Keeps the first so much of every list of events, wherever the site puts it. */
export const thinnedList = (share: number): Fault =>
  rewrites((good) => JSON.stringify(thinned(parsedJson(good), share)))

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

export const NAMED: Faults = {
  refused: refusal(403),
  "429": slowDown(429, undefined),
  "500": fault(500),
  htmlBlock: page(200),
  empty202: sends(() => ({ status: 202, body: "", headers: { "content-type": "text/plain" } })),
  cutBody,
  renamedField,
  "403html": page(403),
  "404": sends(() => ({ status: 404, body: '{"status":"NOT_FOUND","message":"Not found"}' })),
  reset: ({ request }) => request.socket.resetAndDestroy(),
  gzipBomb,
  endless,
  emptyList: thinnedList(0),
  halfList: thinnedList(0.5),
  notJson: text("upstream connect error or disconnect before headers\n", { "content-type": "text/plain" }),
  emptyBody: text("")
}
