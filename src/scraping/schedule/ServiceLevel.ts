/**
 * The freshness service level: which share of a bookmaker's listings was as fresh as its tier asks for, over the last
 * hour and the last day.
 *
 * Listings are looked at every ten seconds whether anything was fetched or not, so one that nobody refreshes counts
 * against it for as long as it is late. What was looked at is kept by the minute; a restart begins anew.
 */
import { Clock, Effect, Metric } from "effect"
import type { BookmakerId } from "../../domain/Bookmaker.ts"
import type { CadenceTier } from "../../domain/Freshness.ts"
import type { Works } from "../runs/EventFetch.ts"
import { lateAt } from "./Cadence.ts"

/** One bookmaker's listings in one tier. */
export interface ServiceLevel {
  readonly bookmakerId: BookmakerId
  /** The tier's bound, ms to kickoff. */
  readonly within: number
  /** Listings now, and how many of them are confirmed within their cadence. */
  readonly listings: number
  readonly onTime: number
  /** Shares from 0 to 1; undefined where nothing was looked at. */
  readonly lastHour: number | undefined
  readonly lastDay: number | undefined
}

export interface ServiceLevels {
  /** Looks until interrupted. */
  readonly loop: Effect.Effect<never>
  /** As looked at last. */
  readonly levels: () => readonly ServiceLevel[]
}

const LOOK_EVERY_MS = 10_000
const MINUTE_MS = 60_000
const HOUR = 60
const DAY = 1_440

export const makeServiceLevels = (works: Works): ServiceLevels => {
  const tallies = new Map<string, Tally>()
  let shown: readonly ServiceLevel[] = []

  const look = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const { tiers, disabled } = works.settings()
    const minute = Math.floor(now / MINUTE_MS)
    const counts = new Map<string, Count>()
    for (const bookmakerId of works.scrapers.keys())
      if (!disabled.includes(bookmakerId))
        for (const { within } of tiers)
          counts.set(`${bookmakerId}/${within}`, { bookmakerId, within, listings: 0, onTime: 0 })
    for (const { facts, listedAt } of yield* works.matcher.known) {
      if (facts.kickoff <= now) continue
      const within = withinOf(tiers, facts.kickoff - now)
      for (const bookmakerId of listedAt.keys()) {
        const count = counts.get(`${bookmakerId}/${within}`)
        if (count === undefined) continue
        count.listings++
        const confirmedAt = works.matcher.confirmedAt(bookmakerId, facts.id)
        if (confirmedAt !== undefined && lateAt(tiers, facts.kickoff, confirmedAt) >= now) count.onTime++
      }
    }
    shown = Array.from(counts, ([key, count]) => {
      let tally = tallies.get(key)
      if (tally === undefined) tallies.set(key, (tally = makeTally()))
      tally.add(minute, count)
      return { ...count, lastHour: tally.share(minute, HOUR), lastDay: tally.share(minute, DAY) }
    })
    for (const { bookmakerId, within, lastHour } of shown)
      if (lastHour !== undefined)
        yield* Metric.update(
          Metric.withAttributes(onTimeShare, { bookmaker: bookmakerId, tier: tierName(within) }),
          lastHour
        )
  })

  return { loop: look.pipe(Effect.delay(LOOK_EVERY_MS), Effect.forever), levels: () => shown }
}

const onTimeShare = Metric.gauge("scraping_on_time_share", {
  description: "Share of listings confirmed within their cadence over the last hour, by bookmaker and tier"
})

interface Count {
  readonly bookmakerId: BookmakerId
  readonly within: number
  listings: number
  onTime: number
}

interface Tally {
  readonly add: (minute: number, count: Pick<Count, "listings" | "onTime">) => void
  readonly share: (minute: number, minutes: number) => number | undefined
}

/** A ring of a day's minutes; each cell knows which minute it is of, so a pause leaves nothing old behind. */
const makeTally = (): Tally => {
  const minutes = new Float64Array(DAY)
  const listings = new Float64Array(DAY)
  const onTime = new Float64Array(DAY)
  return {
    add: (minute, count) => {
      const at = minute % DAY
      if (minutes[at] !== minute) {
        minutes[at] = minute
        listings[at] = 0
        onTime[at] = 0
      }
      listings[at] = (listings[at] ?? 0) + count.listings
      onTime[at] = (onTime[at] ?? 0) + count.onTime
    },
    share: (minute, span) => {
      let [all, good] = [0, 0]
      for (let at = 0; at < DAY; at++) {
        const of = minutes[at] ?? 0
        if (of <= minute - span || of > minute) continue
        all += listings[at] ?? 0
        good += onTime[at] ?? 0
      }
      return all === 0 ? undefined : good / all
    }
  }
}

const withinOf = (tiers: readonly CadenceTier[], untilKickoff: number): number =>
  tiers.find(({ within }) => untilKickoff < within)?.within ?? Infinity

const tierName = (within: number): string => (within === Infinity ? "later" : `${within / MINUTE_MS}m`)
