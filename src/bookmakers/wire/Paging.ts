/**
 * A list that comes in pages: one after the other, each event once, bounded.
 *
 * One page may fail and the rest still be had. The first failing means that the list cannot be had, a second one
 * that the rest cannot; and a page that brings nothing new ends the list, because some repeat themselves for ever.
 */
import { Effect, Option, Result, Stream } from "effect"
import type { DiscoveredPage } from "../Adapter.ts"
import type { FetchError } from "../FetchError.ts"
import { failedPage } from "./Page.ts"

export interface Page {
  readonly read: DiscoveredPage
  readonly more: boolean
}

/** Pages are numbered from 0. */
export const paged = (
  page: (number: number) => Effect.Effect<Page, FetchError>
): Stream.Stream<DiscoveredPage, FetchError> =>
  Stream.suspend(() => {
    const seen = new Set<string>()
    return Stream.paginate(
      { number: 0, missed: false },
      Effect.fnUntraced(function* ({ number, missed }) {
        const attempt = yield* Effect.result(page(number))
        if (Result.isFailure(attempt)) {
          if (number === 0) return yield* attempt.failure
          const failed = [failedPage(`page ${number + 1}`, attempt.failure)]
          return [failed, missed ? Option.none() : Option.some({ number: number + 1, missed: true })]
        }
        const { read, more } = attempt.success
        const events = read.events.filter(
          ({ bookmakerEventId }) => !seen.has(bookmakerEventId) && seen.add(bookmakerEventId)
        )
        // A page may be empty because all on it was left out; only one that repeats what was seen ends the list.
        const repeats = read.events.length > 0 && events.length === 0
        const onward = more && !repeats && number + 1 < MOST
        return [[{ ...read, events }], onward ? Option.some({ number: number + 1, missed }) : Option.none()]
      })
    )
  })

// Ten thousand events: several times the fixtures ever seen.
const MOST = 100
