/**
 * What can come back instead of odds: one tagged error per reaction (DESIGN §7), for all bookmakers.
 *
 * `scraping` performs the reactions (retry, breaker, pause); adapters only name what they saw.
 */
import { Data } from "effect"
import type { BookmakerId } from "../domain/Bookmaker.ts"
import type { ReasonCode } from "../domain/Freshness.ts"

/** Breakers and throttles are kept per bookmaker × endpoint. */
export type Endpoint = "list" | "event"

interface Fields {
  readonly bookmakerId: BookmakerId
  readonly endpoint: Endpoint
  /** Who, what, with which value, what next. */
  readonly message: string
}

/** Connect, TLS, DNS, reset or cut body. */
export class Unreachable extends Data.TaggedError("Unreachable")<Fields> {}
/** No headers in 5 s or no whole body in 10 s. */
export class TimedOut extends Data.TaggedError("TimedOut")<Fields> {}
/** 429, or 503 with Retry-After; `until` lies 1 s – 15 min ahead. */
export class Throttled extends Data.TaggedError("Throttled")<
  Fields & { readonly until: number; readonly status: 429 | 503 }
> {}
/** Any other 5xx, and statuses nobody expects. */
export class Broken extends Data.TaggedError("Broken")<Fields & { readonly status: number }> {}
/** 401, 403, or a page or an empty 202 where JSON was due: a refusal, to be obeyed. */
export class Blocked extends Data.TaggedError("Blocked")<Fields> {}
/** 404 or 410 of one event, or the bookmaker's own way to say so. */
export class Gone extends Data.TaggedError("Gone")<Fields> {}
/** Over 8 MB on the wire or 32 MB inflated; aborted there. */
export class TooLarge extends Data.TaggedError("TooLarge")<Fields> {}
/** Not JSON, or an envelope that no longer matches; `path` is where, `sample` at most 64 kB of the body. */
export class Unreadable extends Data.TaggedError("Unreadable")<
  Fields & { readonly path: string; readonly sample: string }
> {}
/** No request was sent, and none will be before `until`: the gate obeys an earlier answer. Adapters never make one. */
export class Held extends Data.TaggedError("Held")<
  Fields & { readonly code: ReasonCode; readonly until: number | undefined }
> {}

export type FetchError = Unreachable | TimedOut | Throttled | Broken | Blocked | Gone | TooLarge | Unreadable | Held
