/**
 * What the three sites have in common: a request comes in, and one answer goes out.
 *
 * A route names its target before anything is delayed or broken, and makes its answer only when the answer
 * is due, so a slow payload still shows the prices of the moment it was sent.
 */
import { Option, Schema } from "effect"
import type { IncomingHttpHeaders } from "node:http"
import type { Match } from "./world/Calendar.ts"
import type { Offer } from "./world/Offer.ts"

export interface SiteRequest {
  readonly method: string
  /** Below the bookmaker's root. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Text {
  readonly kind: "text"
  readonly status: number
  readonly contentType: string
  readonly body: string
  /** Of a list: whose prices are in the body. */
  readonly shown?: readonly Shown[]
}

/** One match in a list, with its markets of some types. */
export interface Shown {
  /** The bookmaker's id of the event. */
  readonly event: string
  readonly match: Match
  readonly offer: Offer
  /** The bookmaker's ids of those markets. */
  readonly wanted: ReadonlySet<string>
}

/** Every market of one match: journalled, and kept encoded until something in it changes. */
export interface Detail {
  readonly kind: "detail"
  readonly match: Match
  readonly offer: Offer
  /** Kicked off: everything is suspended. */
  readonly closed: boolean
  readonly encode: () => string
}

export interface Route {
  readonly endpoint: "list" | "event"
  /** The bookmaker's id of the event asked for. */
  readonly event: string | undefined
  readonly answer: (time: number) => Text | Detail
  /** How this site says that the event is not there. */
  readonly gone: Text
}

export const JSON_TYPE = "application/json;charset=UTF-8"

/** An answer in JSON that shows these matches' prices. */
export const listing = (value: unknown, shown: readonly Shown[]): Text => ({ ...json(value), shown })

export const json = (value: unknown, status = 200): Text => ({
  kind: "text",
  status,
  contentType: JSON_TYPE,
  body: JSON.stringify(value)
})

/** A whole number from a query, or the default where it is missing or none. */
export const whole = (text: string | null, otherwise: number): number => {
  const value = Number(text ?? "")
  return text !== null && text !== "" && Number.isInteger(value) && value >= 0 ? value : otherwise
}

/** `undefined` where the text is not JSON. */
export const parsedJson = (text: string): unknown => Option.getOrUndefined(decodeJson(text))
const decodeJson = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))

/** A field of what may be an object. */
export const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? new Map<string, unknown>(Object.entries(value)).get(name)
    : undefined
