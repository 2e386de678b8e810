/**
 * How the bookmakers of one event come together: it stands in line at each that has no permit to spare.
 *
 * What it has been given it holds for a quarter of a second at most while it waits for another, so two events that
 * wait for each other's bookmakers always come apart, and hardly a permit idles.
 */
import { Effect } from "effect"
import type { BookmakerId } from "../../domain/Bookmaker.ts"
import type { Permit, Throttle } from "../politeness/Throttle.ts"
import type { PlanEntry } from "../schedule/Cadence.ts"
import type { Works } from "./EventFetch.ts"

/** Places in line that an event has, by bookmaker. */
export type Places = Map<BookmakerId, Permit>

/** How long an event waits, its permits reserved, for the last of them. */
const TOGETHER_WITHIN_MS = 250

/**
 * Waits until those bookmakers that are worth waiting for can all be asked at once, and answers them. It stands in line
 * like everybody else, so that no run is passed over by another; it gives a place back rather than keep it idle for long.
 */
export const meet = Effect.fnUntraced(function* (works: Works, entry: PlanEntry, places: Places) {
  while (true) {
    const joint = entry.targets.filter(({ bookmakerId }) => {
      const scraper = works.scrapers.get(bookmakerId)
      return (
        scraper !== undefined &&
        !scraper.isUnderWay(entry.eventId) &&
        scraper.gate.held("event") === undefined &&
        !scraper.gate.throttle.slowed()
      )
    })
    const late = joint.find(({ bookmakerId }) => {
      const throttle = works.scrapers.get(bookmakerId)?.gate.throttle
      return throttle !== undefined && !places.has(bookmakerId) && throttle.dueIn() > TOGETHER_WITHIN_MS
    })
    const throttle = late === undefined ? undefined : works.scrapers.get(late.bookmakerId)?.gate.throttle
    if (late === undefined || throttle === undefined) return joint
    yield* standInLine(late.bookmakerId, throttle, places)
  }
})

/** Ends with the place granted, or with none: its bookmaker was slowed down, or others would have idled meanwhile. */
const standInLine = Effect.fnUntraced(function* (bookmakerId: BookmakerId, throttle: Throttle, places: Places) {
  const isFirst = places.size === 0
  const place = throttle.reserve()
  places.set(bookmakerId, place)
  const called = untilCalled(throttle, place)
  yield* isFirst ? called : Effect.timeoutOption(called, TOGETHER_WITHIN_MS)
  if (place.isGranted()) return
  if (!throttle.slowed()) return yield* giveBack(places)
  places.delete(bookmakerId)
  yield* place.release("unused")
})

export const giveBack = (places: Places): Effect.Effect<void> =>
  Effect.suspend(() => {
    const all = [...places.values()]
    places.clear()
    return Effect.forEach(all, (place) => place.release("unused"), { discard: true })
  })

const untilCalled = (throttle: Throttle, permit: Permit): Effect.Effect<void> =>
  Effect.suspend(() =>
    permit.isGranted() || throttle.slowed()
      ? Effect.void
      : Effect.andThen(Effect.raceFirst(permit.granted, throttle.changed()), untilCalled(throttle, permit))
  )
