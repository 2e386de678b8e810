/**
 * A new run with the failed items of an old one: what failed, and what to ask for again.
 *
 * An old run may be one of this process or one that only the store remembers.
 */
import { Effect } from "effect"
import type { RunFailure, RunStore } from "../../domain/Run.ts"
import type { Works } from "./EventFetch.ts"
import type { Order } from "./Plan.ts"
import type { HeldRun } from "./RunLog.ts"

/** The failed items of a run only; a failed list is read again, and what it newly names is fetched. */
export const retryOrder = (works: Works, failures: readonly RunFailure[]): Order => {
  const items = new Set(failures.map(({ bookmakerId, eventId }) => `${eventId}/${bookmakerId}`))
  const lists = new Set(failures.filter(({ eventId }) => eventId === undefined).map(({ bookmakerId }) => bookmakerId))
  const { disabled } = works.settings()
  const bookmakers = [...new Set(failures.map(({ bookmakerId }) => bookmakerId))].filter((id) => !disabled.includes(id))
  const events = [...new Set(failures.flatMap(({ eventId }) => (eventId === undefined ? [] : [eventId])))]
  return {
    trigger: "RETRY",
    request: { bookmakers, competitions: undefined, events: lists.size > 0 ? undefined : events },
    discover: bookmakers.filter((id) => lists.has(id)),
    whole: () => false,
    rules: {
      bookmakers,
      wants: () => true,
      select: (entry) => {
        const targets = entry.targets.filter(
          ({ bookmakerId }) =>
            items.has(`${entry.eventId}/${bookmakerId}`) ||
            (lists.has(bookmakerId) && works.ledger.of(bookmakerId, entry.eventId).askedAt === undefined)
        )
        return targets.length === 0 ? undefined : { ...entry, targets }
      }
    }
  }
}

const FAILURES_READ = 5_000

export const failuresOf = (
  held: HeldRun | undefined,
  id: string,
  store: RunStore["Service"]
): Effect.Effect<readonly RunFailure[] | undefined> =>
  held !== undefined
    ? Effect.succeed(held.progress.failures())
    : store.get(id).pipe(
        Effect.flatMap((run) =>
          run === undefined
            ? Effect.succeed(undefined)
            : Effect.map(store.failures(id, FAILURES_READ, undefined), ({ nodes }) => nodes)
        ),
        Effect.catch(() => Effect.succeed(undefined))
      )
