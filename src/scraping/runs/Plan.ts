/**
 * The plan of one run: what it still has to fetch, most urgent first.
 *
 * It grows while lists are read. Each listing is planned once; an event that is new waits until every bookmaker of
 * the run lists it or has been read to the end, so that its prices are captured together.
 */
import { Deferred, Effect } from "effect"
import type { BookmakerId } from "../../domain/Bookmaker.ts"
import type { EventId } from "../../domain/Event.ts"
import type { RunRequest, RunTrigger } from "../../domain/Run.ts"
import type { Placed } from "../../matching/Matcher.ts"
import { compareUrgency } from "../schedule/Cadence.ts"
import type { PlanEntry, PlanTarget } from "../schedule/Cadence.ts"
import type { PageRequest } from "../schedule/Pages.ts"

/** What a run is started with. */
export interface Order {
  readonly trigger: RunTrigger
  readonly request: RunRequest
  /** Bookmakers whose lists are read first. */
  readonly discover: readonly BookmakerId[]
  /** Pages of lists that tell main markets beside what is fetched whole. */
  readonly pages?: readonly PageRequest[]
  readonly rules: PlanRules
  /** True while the run leaves out nothing of what its request names. */
  readonly whole: () => boolean
}

export interface PlanRules {
  readonly bookmakers: readonly BookmakerId[]
  readonly wants: (event: Placed) => boolean
  /** The part of an entry that this run is to fetch; undefined = nothing of it. */
  readonly select: (entry: PlanEntry, now: number) => PlanEntry | undefined
}

export interface Plan {
  /** Adds what is new in these events; answers the listings added. `reading`: bookmakers whose lists are still being read. */
  readonly adopt: (events: readonly Placed[], reading: ReadonlySet<BookmakerId>, now: number) => readonly PlanTarget[]
  /** Takes the most urgent entries off the plan, `count` at most. */
  readonly take: (count: number, now: number) => readonly PlanEntry[]
  /** True while this run still means to fetch the listing, or is fetching it. */
  readonly claims: (bookmakerId: BookmakerId, eventId: EventId) => boolean
  /** How many listings of this bookmaker it still means to fetch. */
  readonly open: (bookmakerId: BookmakerId) => number
  readonly settle: (bookmakerId: BookmakerId, eventId: EventId) => void
  /** No list will add to it any more. */
  readonly complete: () => void
  /** Waits until something can be taken; false when nothing ever will. */
  readonly more: Effect.Effect<boolean>
  readonly events: () => number
}

export const makePlan = (rules: PlanRules): Plan => {
  const pending = new Map<EventId, PlanEntry>()
  const planned = new Map<string, "OPEN" | "SETTLED">()
  const open = new Map<BookmakerId, number>()
  const events = new Set<EventId>()
  let completed = false
  let grown = Deferred.makeUnsafe<void>()

  const signal = (): void => {
    const last = grown
    grown = Deferred.makeUnsafe<void>()
    Deferred.doneUnsafe(last, Effect.void)
  }

  const more: Effect.Effect<boolean> = Effect.suspend(() => {
    if (pending.size > 0) return Effect.succeed(true)
    return completed ? Effect.succeed(false) : Effect.andThen(Deferred.await(grown), more)
  })

  return {
    adopt: (placed, reading, now) => {
      const added: PlanTarget[] = []
      for (const event of placed) {
        if (event.facts.kickoff <= now || !rules.wants(event)) continue
        if (!rules.bookmakers.every((id) => event.listedAt.has(id) || !reading.has(id))) continue
        const entry = entryOf(event, rules.bookmakers)
        const fresh = entry.targets.filter(({ bookmakerId }) => !planned.has(keyOf(bookmakerId, entry.eventId)))
        const selected = fresh.length === 0 ? undefined : rules.select({ ...entry, targets: fresh }, now)
        if (selected === undefined) continue
        const waiting = pending.get(entry.eventId)?.targets ?? []
        pending.set(entry.eventId, { ...selected, targets: [...waiting, ...selected.targets] })
        events.add(entry.eventId)
        for (const target of selected.targets) {
          planned.set(keyOf(target.bookmakerId, entry.eventId), "OPEN")
          open.set(target.bookmakerId, (open.get(target.bookmakerId) ?? 0) + 1)
          added.push(target)
        }
      }
      if (added.length > 0) signal()
      return added
    },
    take: (count, now) => {
      const batch = [...pending.values()].sort(compareUrgency(now)).slice(0, count)
      for (const { eventId } of batch) pending.delete(eventId)
      return batch
    },
    claims: (bookmakerId, eventId) => planned.get(keyOf(bookmakerId, eventId)) === "OPEN",
    open: (bookmakerId) => open.get(bookmakerId) ?? 0,
    settle: (bookmakerId, eventId) => {
      const key = keyOf(bookmakerId, eventId)
      if (planned.get(key) === "OPEN") open.set(bookmakerId, (open.get(bookmakerId) ?? 1) - 1)
      planned.set(key, "SETTLED")
    },
    complete: () => {
      completed = true
      signal()
    },
    more,
    events: () => events.size
  }
}

/** The event as a plan entry, with those of these bookmakers that list it. */
export const entryOf = ({ facts, listedAt }: Placed, bookmakers: readonly BookmakerId[]): PlanEntry => ({
  eventId: facts.id,
  kickoff: facts.kickoff,
  listings: listedAt.size,
  targets: bookmakers.flatMap((bookmakerId) => {
    const bookmakerEventId = listedAt.get(bookmakerId)
    return bookmakerEventId === undefined ? [] : [{ bookmakerId, bookmakerEventId }]
  })
})

const keyOf = (bookmakerId: BookmakerId, eventId: EventId): string => `${eventId}/${bookmakerId}`
