/**
 * What the house has to make of a case: the row of DESIGN §7 as data.
 *
 * Where the design is silent the row says `why`: what a trading desk would expect.
 */
import type { ReasonCode } from "../../../src/domain/Freshness.ts"

export type Site = "betpawa" | "sportybet" | "bet9ja"
export const SITES: readonly Site[] = ["betpawa", "sportybet", "bet9ja"]

export interface Row {
  /** The class of the failure the run lists; NONE = the payload is taken. */
  readonly error: ReasonCode | "NONE"
  readonly cache: Cache
  readonly next: Next
  /** After how many failed events its circuit opens; NEVER within six; EVENTUALLY within thirty. */
  readonly breaker: number | "NEVER" | "EVENTUALLY"
}

/**
 * KEPT: nothing of the listing moves, it is not confirmed, and it turns stale with the reason once it is overdue.
 * PARKED: the same, but the payload was answered and only its event could not be placed, so no failure is listed.
 * CONFIRMED: seen again, unchanged. WITHDRAWN_AFTER_3: kept twice, gone the third time.
 * FEW_UNREADABLE: less than a fifth of its outcomes turn UNREADABLE. Otherwise what has become of outcomes,
 * `market outcome state [price]`, all others confirmed as they were.
 */
export type Cache = "KEPT" | "PARKED" | "CONFIRMED" | "WITHDRAWN_AFTER_3" | "FEW_UNREADABLE" | readonly string[]

/** BACKOFF: again within 0.5–30 s. ONCE: not again by itself. A number: milliseconds in which nothing is sent. */
export type Next = "BACKOFF" | "ONCE" | "ANY" | number

export interface Case extends Row {
  readonly id: string
  readonly what: string
  /** Where not all three: a fault of the line is everybody's, and is put to one. */
  readonly sites: readonly Site[]
  /** Rows of sites that write things in another way. */
  readonly differs: { readonly [Name in Site]?: Partial<Row> }
  /** Nothing comes, so time has to pass. */
  readonly stalls: boolean
  /** Entries without a name in the catalogue that have to be counted besides those of a good payload. */
  readonly unmapped: boolean
  /** Where the event's kickoff moves by it; anywhere else its facts stay. */
  readonly moves: readonly Site[]
  readonly why: string | undefined
}

/** A fault of a list: what successive readings of it are told with, and whether it adds events. */
export interface ListCase {
  readonly id: string
  readonly what: string
  /** The class of the failure of each reading; the fault ends before the last one where `recovers`. */
  readonly readings: readonly (ReasonCode | "NONE")[]
  readonly recovers: boolean
  readonly differs: { readonly [Name in Site]?: readonly (ReasonCode | "NONE")[] }
  /** Where every event comes with a twin that is another event. */
  readonly adds: readonly Site[]
  readonly why: string | undefined
}

export const READ: Row = { error: "NONE", cache: "CONFIRMED", next: "ANY", breaker: "NEVER" }
export const UNREACHABLE: Row = { error: "UNREACHABLE", cache: "KEPT", next: "BACKOFF", breaker: 5 }
export const TIMED_OUT: Row = { error: "TIMED_OUT", cache: "KEPT", next: "BACKOFF", breaker: 5 }
export const BROKEN: Row = { error: "BROKEN", cache: "KEPT", next: "BACKOFF", breaker: 5 }
export const BLOCKED: Row = { error: "BLOCKED", cache: "KEPT", next: 300_000, breaker: 1 }
export const GONE: Row = { error: "GONE", cache: "WITHDRAWN_AFTER_3", next: "ONCE", breaker: "NEVER" }
export const TOO_LARGE: Row = { error: "TOO_LARGE", cache: "KEPT", next: "ONCE", breaker: 5 }
export const UNREADABLE: Row = { error: "UNREADABLE", cache: "KEPT", next: "ONCE", breaker: 3 }
export const throttled = (waitMs: number): Row => ({
  error: "THROTTLED",
  cache: "KEPT",
  next: waitMs,
  breaker: "NEVER"
})
/** A good payload in which some outcomes are otherwise. */
export const only = (...outcomes: readonly string[]): Row => ({ ...READ, cache: outcomes })
export const PARKED: Row = { ...READ, cache: "PARKED" }

type Rest = Partial<Pick<Case, "sites" | "differs" | "stalls" | "unmapped" | "moves" | "why">>

export const expect = (id: string, what: string, row: Row, rest: Rest = {}): Case => ({
  id,
  what,
  ...row,
  sites: SITES,
  differs: {},
  stalls: false,
  unmapped: false,
  moves: [],
  why: undefined,
  ...rest
})

/** Cases put to one bookmaker each, in turn: what they damage is the same for all three. */
export const shared = (cases: readonly Case[]): readonly Case[] =>
  cases.map((each, at) => ({ ...each, sites: [SITES[at % SITES.length] ?? "betpawa"] }))

export const expectList = (
  id: string,
  what: string,
  readings: ListCase["readings"],
  rest: Partial<Pick<ListCase, "recovers" | "differs" | "adds" | "why">> = {}
): ListCase => ({ id, what, readings, recovers: false, differs: {}, adds: [], why: undefined, ...rest })
