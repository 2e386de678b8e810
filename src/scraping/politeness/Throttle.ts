/**
 * Permits: how much of something may be under way at once, with a pause after each use.
 *
 * The pace is read anew at every turn, so a setting works at once and is never exceeded. After a refusal the limit
 * halves and comes back by a tenth every ten seconds. Not Effect's Semaphore: a caller must be able to ask when a
 * permit will be free without queuing, and to take its place in several lines in one step.
 */
import { Deferred, Effect } from "effect"
import type { Pace } from "../../domain/Settings.ts"
import { LONGEST_WAIT_MS } from "./Retry.ts"
import { makeSteady } from "./Steady.ts"
import type { Steady } from "./Steady.ts"

/** A place in line that becomes a permit. */
export interface Permit {
  /** Ends when it is one, or when a pause has begun that nobody should wait for. */
  readonly granted: Effect.Effect<void>
  readonly isGranted: () => boolean
  /** Gives the permit, or the place in line, back; a second time does nothing. `used` starts the pause. */
  readonly release: (use: "used" | "unused") => Effect.Effect<void>
}

export interface Throttle {
  /** What all its instants are in. */
  readonly time: Steady
  /** Takes a place in line, now. */
  readonly reserve: () => Permit
  /** Milliseconds until a place taken now would be granted, as far as it is certain; Infinity while it hangs on work under way. */
  readonly dueIn: () => number
  /** Ends at the next change of what is free. */
  readonly changed: () => Effect.Effect<void>
  /** A request that began at `requestedAt` was refused: nothing more before `until`, and half of the pace from then on. */
  readonly refused: (requestedAt: number, until: number) => Effect.Effect<void>
  /** Looks again after the pace was changed from outside. */
  readonly look: Effect.Effect<void>
  readonly active: () => number
  /** The limit in force after any slowing down. */
  readonly limit: () => number
  /** True while paused, or slower than its pace allows. */
  readonly slowed: () => boolean
  readonly pausedUntil: () => number
}

export const makeThrottle = Effect.fnUntraced(function* (pace: () => Pace) {
  const time = yield* makeSteady
  const { now } = time
  const scope = yield* Effect.scope

  const line: Place[] = []
  /** When the permits in their pause come free, ascending enough for a look ahead. */
  const resting: number[] = []
  let active = 0
  let slowing = FULL_PACE
  let change = Deferred.makeUnsafe<void>()

  const limit = (): number => limitAt(slowing, pace(), now())

  const grant = (): void => {
    while (line.length > 0 && now() >= slowing.until && active + resting.length < limit()) {
      const place = line.shift()
      if (place === undefined) break
      active++
      place.state = "GRANTED"
      Deferred.doneUnsafe(place.grant, Effect.void)
    }
    const last = change
    change = Deferred.makeUnsafe<void>()
    Deferred.doneUnsafe(last, Effect.void)
  }

  /** Lets everyone in line through without a permit: the gate then tells them how long the pause is. */
  const turnAway = (): void => {
    for (const place of line.splice(0)) {
      place.state = "RETURNED"
      Deferred.doneUnsafe(place.grant, Effect.void)
    }
    grant()
  }

  const later = (delay: number, then: () => void): Effect.Effect<void> =>
    Effect.sleep(delay).pipe(Effect.andThen(Effect.sync(then)), Effect.forkIn(scope), Effect.asVoid)

  // Looks again when it wakes: a timer may ring a moment before its time, and nobody else would call the line up.
  const resume: Effect.Effect<void> = Effect.suspend(() => {
    const wait = slowing.until - now()
    return wait <= 0 ? Effect.sync(grant) : Effect.andThen(Effect.sleep(Math.ceil(wait)), resume)
  })

  const rest = (delay: number): Effect.Effect<void> => {
    const until = now() + delay
    resting.push(until)
    return later(delay, () => {
      resting.splice(resting.indexOf(until), 1)
      grant()
    })
  }

  const release = (place: Place, use: "used" | "unused"): Effect.Effect<void> =>
    Effect.suspend(() => {
      const was = place.state
      place.state = "RETURNED"
      if (was === "WAITING") line.splice(line.indexOf(place), 1)
      if (was !== "GRANTED") return Effect.void
      active--
      const delay = use === "used" ? delayAt(slowing, pace(), now()) : 0
      if (delay > 0) return rest(delay)
      return Effect.sync(grant)
    })

  const throttle: Throttle = {
    time,
    reserve: () => {
      const place: Place = { state: "WAITING", grant: Deferred.makeUnsafe<void>() }
      line.push(place)
      grant()
      return {
        granted: Deferred.await(place.grant),
        isGranted: () => place.state === "GRANTED",
        release: (use) => release(place, use)
      }
    },
    dueIn: () => {
      const free = limit() - active - resting.length - line.length
      const pause = Math.max(0, slowing.until - now())
      if (free > 0) return pause
      const ends = [...resting].sort((a, b) => a - b)[-free]
      return ends === undefined ? Infinity : Math.max(pause, ends - now())
    },
    changed: () => Deferred.await(change),
    refused: (requestedAt, until) =>
      Effect.suspend(() => {
        slowing = slowed(slowing, requestedAt, now(), until, active / pace().concurrency)
        if (slowing.until - now() > LONGEST_WAIT_MS) turnAway()
        return Effect.asVoid(Effect.forkIn(resume, scope))
      }),
    look: Effect.sync(grant),
    active: () => active,
    limit,
    slowed: () => now() < slowing.until || factorAt(slowing, now()) < 1,
    pausedUntil: () => slowing.until
  }
  return throttle
})

interface Place {
  state: "WAITING" | "GRANTED" | "RETURNED"
  readonly grant: Deferred.Deferred<void>
}

/** How far a refusal has slowed a bookmaker down. */
interface Slowing {
  /** Of the pace, right after the last halving. */
  readonly factor: number
  readonly halvedAt: number
  /** No request before. */
  readonly until: number
}

const FULL_PACE: Slowing = { factor: 1, halvedAt: -Infinity, until: -Infinity }
const RECOVERY_EVERY_MS = 10_000
const RECOVERY_STEP = 0.1
const SLOWEST = 1 / 64
/** The pause that stands for "one at a time" where no pause is set, so that half of that is defined. */
const LEAST_PAUSE_MS = 250

/**
 * Only a request begun after the last halving halves again: of fifty refused at once, one counts. What is halved is the
 * share of the pace that was in use, because half of a limit that nobody reached would slow nothing down.
 */
const slowed = (before: Slowing, requestedAt: number, now: number, until: number, inUse: number): Slowing => {
  const pause = Math.max(before.until, until)
  if (requestedAt <= before.halvedAt) return { ...before, until: pause }
  const share = inUse === 0 ? factorAt(before, now) : Math.min(inUse, factorAt(before, now))
  return { factor: Math.max(SLOWEST, share / 2), halvedAt: now, until: pause }
}

const factorAt = (slowing: Slowing, now: number): number => {
  const quiet = now - Math.max(slowing.halvedAt, slowing.until)
  return quiet === Infinity
    ? 1
    : Math.min(1, slowing.factor + RECOVERY_STEP * Math.floor(Math.max(0, quiet) / RECOVERY_EVERY_MS))
}

const limitAt = (slowing: Slowing, { concurrency }: Pace, now: number): number =>
  Math.max(1, Math.floor(concurrency * factorAt(slowing, now)))

/** One at a time cannot be halved; its pause is stretched instead. */
const delayAt = (slowing: Slowing, { concurrency, delayMs }: Pace, now: number): number => {
  const share = concurrency * factorAt(slowing, now)
  return share >= 1 ? delayMs : Math.max(delayMs, LEAST_PAUSE_MS) / share
}
