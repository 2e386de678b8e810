/**
 * A case at one bookmaker's event: a good fetch, the fault, and every column of its row of DESIGN §7.
 */
import { Cause, Clock, Effect } from "effect"
import { TestClock } from "effect/testing"
import { DEFAULT_TIERS, overdueAt } from "../../../../src/domain/Freshness.ts"
import { drive, PATIENT, STALLING } from "../drive.ts"
import type { Case, Row, Site } from "../Expected.ts"
import { Requests, Samples } from "../house.ts"
import type { HouseOptions, Sent } from "../house.ts"
import { lookAt, untouched } from "../judge.ts"
import type { Look } from "../judge.ts"
import { BEGINS, bookmakerOf, run, within } from "../stage.ts"
import type { Stage } from "../stage.ts"
import { attemptFaults, cacheFaults, factsFaults } from "./row.ts"

export interface Judged {
  readonly id: string
  readonly site: Site
  /** Why it is not right; empty = it is. */
  readonly faults: readonly string[]
  /** Requests to the faulted bookmaker. */
  readonly requests: number
}

/** How a fault is brought about and ended. */
export interface Means {
  readonly begin: Effect.Effect<void>
  /** True once it has met a request. */
  readonly met: Effect.Effect<boolean>
  readonly end: Effect.Effect<void>
}

export const ordered = (stage: Stage, kind: string, site: Site): Means => ({
  begin: stage.order({ kind, bookmaker: site, endpoint: "event" }),
  met: Effect.map(stage.met, (requests) => requests > 0),
  end: stage.clear
})

export const judgeEvent = (
  stage: Stage,
  options: Omit<HouseOptions, "disk">,
  each: Case,
  site: Site,
  means: Means
): Effect.Effect<Judged> => {
  const row: Row = { ...each, ...each.differs[site] }
  const disk = { ...stage.disk }
  return judged(
    each.id,
    site,
    within({ ...options, disk }, BEGINS, inHouse(stage, each, row, site, means)).pipe(Effect.ensuring(means.end))
  )
}

/** A defect is a fault like any other: it must not end the run. */
export const judged = <E>(
  id: string,
  site: Site,
  work: Effect.Effect<Pick<Judged, "faults" | "requests">, E>
): Effect.Effect<Judged> =>
  work.pipe(
    Effect.catchCause((cause) => Effect.succeed({ faults: [`a defect: ${Cause.pretty(cause)}`], requests: 0 })),
    Effect.map((seen) => ({ id, site, ...seen }))
  )

const inHouse = Effect.fnUntraced(function* (stage: Stage, each: Case, row: Row, site: Site, means: Means) {
  const { sent } = yield* Requests
  const patience = each.stalls ? STALLING : PATIENT
  const bookmakerId = bookmakerOf(site)
  const ours = (): readonly Sent[] => sent.filter((request) => request.bookmakerId === bookmakerId)
  const fetch = (event = stage.target) => drive(run({ events: [event], bookmakers: [bookmakerId] }), patience)

  yield* drive(run({ events: [stage.target] }), PATIENT)
  const before = yield* lookAt(stage.target)
  yield* means.begin
  yield* TestClock.adjust(1_000)
  const first = ours().length
  const { failures, run: ended } = yield* drive(run({ events: [stage.target] }), patience)
  const after = yield* lookAt(stage.target)
  const tried = ours().slice(first)

  const faults = (yield* means.met) ? [] : ["the fault has met nothing"]
  if (before.listings[site].confirmedAt < BEGINS) faults.push("the good fetch before it failed")
  const mine = failures.filter((failure) => failure.bookmakerId === bookmakerId)
  const error = mine[0]?.class ?? "NONE"
  if (error !== row.error) faults.push(`error ${error}, must be ${row.error}${mine[0] ? ` (${mine[0].message})` : ""}`)
  const kept = (yield* Samples).some((sample) => sample.bookmakerId === bookmakerId && sample.reason === "UNREADABLE")
  if (kept !== (row.error === "UNREADABLE")) faults.push(`${kept ? "a" : "no"} sample of it is kept`)
  for (const { bookmakerId: other, message } of failures)
    if (other !== bookmakerId) faults.push(`another failed: ${message}`)
  for (const count of ended.counts) {
    const fetched = count.bookmakerId !== bookmakerId || row.error === "NONE" ? 1 : 0
    if (count.fetched !== fetched)
      faults.push(`${count.bookmakerId} counts ${count.fetched} fetched, must be ${fetched}`)
  }
  faults.push(...untouched(site, before, after))
  faults.push(...factsFaults(each, site, before, after))
  faults.push(...cacheFaults(each, row, site, before, after))
  faults.push(...attemptFaults(row, tried))
  if (row.cache === "WITHDRAWN_AFTER_3") faults.push(...(yield* goneFaults(stage, site, fetch())))
  faults.push(...(yield* breakerFaults(stage, row, site, fetch)))
  if (typeof row.next === "number" && row.next > 30_000)
    faults.push(...(yield* waitFaults(row.next, tried, ours, fetch())))
  if (row.cache === "KEPT" || row.cache === "PARKED") faults.push(...(yield* ageFaults(stage, row, site, before)))
  return { faults, requests: ours().length - first }
})

/** Nothing is sent before the wait is over, and something as soon as it is. */
const waitFaults = Effect.fnUntraced(function* <E, R>(
  waitMs: number,
  tried: readonly Sent[],
  ours: () => readonly Sent[],
  fetch: Effect.Effect<unknown, E, R>
) {
  const over = (tried[0]?.endedAt ?? 0) + waitMs
  const before = ours().length
  for (const at of [over - 1_000, over + 3_000]) {
    yield* TestClock.adjust(Math.max(0, at - (yield* Clock.currentTimeMillis)))
    yield* fetch
  }
  const sent = ours().slice(before)
  const early = sent.filter(({ at }) => at < over)
  return [
    ...(early.length === 0 ? [] : [`${early.length} requests before ${waitMs} ms`]),
    ...(sent.some(({ at }) => at <= over + 4_000) ? [] : [`no request after ${waitMs} ms`])
  ]
})

const goneFaults = Effect.fnUntraced(function* <E, R>(stage: Stage, site: Site, fetch: Effect.Effect<unknown, E, R>) {
  const states: string[] = []
  for (let time = 2; time <= 3; time++) {
    yield* fetch
    states.push((yield* lookAt(stage.target)).listings[site].state)
  }
  return states.join() === "CONFIRMED,WITHDRAWN"
    ? []
    : [`it is ${states.join(", then ")} after the second and third time`]
})

const NEVER_WITHIN = 6
const EVENTUALLY_WITHIN = 30

const breakerFaults = Effect.fnUntraced(function* <E, R>(
  stage: Stage,
  { breaker, error }: Row,
  site: Site,
  fetch: (event: Stage["target"]) => Effect.Effect<unknown, E, R>
) {
  const isOpen = Effect.map(lookAt(stage.target), (look) => look.listings[site].open.length > 0)
  if (error === "NONE") return (yield* isOpen) ? ["its circuit is open"] : []
  const others = stage.others[site]
  const most = breaker === "NEVER" ? NEVER_WITHIN : breaker === "EVENTUALLY" ? EVENTUALLY_WITHIN : breaker + 1
  for (let failed = 1; failed <= most; failed++) {
    if (yield* isOpen) {
      const right = breaker === "EVENTUALLY" || failed === breaker
      return right ? [] : [`its circuit opens after ${failed}, must be ${breaker}`]
    }
    if (failed < most) yield* fetch(others[(failed - 1) % others.length] ?? stage.target)
  }
  return breaker === "NEVER" ? [] : [`its circuit is closed after ${most}, must open after ${breaker}`]
})

/** What is kept does not look fresh for ever: it turns stale, and says why. */
const ageFaults = Effect.fnUntraced(function* (stage: Stage, row: Row, site: Site, before: Look) {
  const { confirmedAt } = before.listings[site]
  const due = overdueAt(DEFAULT_TIERS, before.facts?.kickoff ?? 0, confirmedAt) + 2_000
  yield* TestClock.adjust(Math.max(0, due - (yield* Clock.currentTimeMillis)))
  const { reason, state } = (yield* lookAt(stage.target)).listings[site]
  const must = row.cache === "PARKED" ? "OVERDUE" : row.error
  return state === "STALE" && reason === must ? [] : [`once overdue it is ${state} ${reason}, must be STALE ${must}`]
})
