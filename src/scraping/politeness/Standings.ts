/**
 * What is said of a bookmaker as a whole: one standing, told when it changes and never twice.
 *
 * The worst cause wins: a failed actor, then disabled, paused, blocked, broken. Told one at a time, so that the
 * books hear changes in the order in which they happened.
 */
import { Clock, Effect, Semaphore } from "effect"
import type { Bookmaker } from "../../domain/Bookmaker.ts"
import type { Standing } from "../../domain/Freshness.ts"
import type { Settings } from "../../domain/Settings.ts"
import type { Matcher } from "../../matching/Matcher.ts"
import { standingOf } from "./Circuits.ts"
import type { Circuits } from "./Circuits.ts"

export interface StandingSources {
  readonly bookmaker: Bookmaker
  readonly published: Standing
  readonly settings: () => Settings
  readonly circuits: () => Circuits
  /** The last error of its actor, once that has given up. */
  readonly actorError: () => string | undefined
}

/** Returns the effect that tells the matcher how this bookmaker stands now, if that is news. */
export const makeAnnouncer = Effect.fnUntraced(function* (matcher: Matcher["Service"], sources: StandingSources) {
  const turn = yield* Semaphore.make(1)
  let told = sources.published
  return Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const standing = standingNow(sources, now)
    if (sameNews(told, standing)) return
    // One outage has one beginning, also when its probe fails and its end moves.
    const since = told.reason?.code === standing.reason?.code && told.state === standing.state ? told.since : now
    told = { ...standing, since }
    yield* matcher.bookmaker(sources.bookmaker.id, told, now)
  }).pipe(turn.withPermits(1))
})

const standingNow = ({ bookmaker, settings, circuits, actorError }: StandingSources, now: number): Standing => {
  const error = actorError()
  const { disabled, paused } = settings()
  if (error !== undefined) {
    return stale(
      now,
      "ACTOR_FAILED",
      `The scraper of ${bookmaker.name} has given up (${error}); the process needs a restart.`
    )
  }
  if (disabled.includes(bookmaker.id))
    return stale(now, "DISABLED", `${bookmaker.name} is switched off in the settings.`)
  if (paused.includes(bookmaker.id)) return stale(now, "DISABLED", `The schedule of ${bookmaker.name} is paused.`)
  return standingOf(circuits(), bookmaker.name) ?? { state: "CONFIRMED", since: now }
}

const stale = (since: number, code: "ACTOR_FAILED" | "DISABLED", text: string): Standing => ({
  state: "STALE",
  since,
  reason: { code, text }
})

const sameNews = (a: Standing, b: Standing): boolean =>
  a.state === b.state &&
  a.reason?.code === b.reason?.code &&
  a.reason?.until === b.reason?.until &&
  (a.reason?.code !== "DISABLED" || a.reason.text === b.reason?.text)
