/**
 * The index of groups by what they filter on, so that a record is shown to the few that may want it.
 *
 * A group is filed under its events, else its competitions, countries or bookmakers, else under "everything"; the
 * interest itself decides. So ten thousand filters by event cost one record a single look-up.
 */
import type { BookmakerId } from "../domain/Bookmaker.ts"
import type { CompetitionId } from "../domain/Competition.ts"
import type { EventFacts, EventId } from "../domain/Event.ts"
import type { Record } from "../domain/Record.ts"
import type { Interest } from "./Interest.ts"

export interface Topic<G extends { readonly interest: Interest }> {
  readonly add: (group: G) => void
  readonly remove: (group: G) => void
  /** Calls back once for each group that may want the record. */
  readonly route: (record: Record, visit: (group: G) => void) => void
  readonly all: ReadonlySet<G>
}

export const makeTopic = <G extends { readonly interest: Interest }>(): Topic<G> => {
  const all = new Set<G>()
  const byEvent = new Map<EventId, Set<G>>()
  const byCompetition = new Map<CompetitionId, Set<G>>()
  const byCountry = new Map<string, Set<G>>()
  const byBookmaker = new Map<BookmakerId, Set<G>>()
  const everything = new Set<G>()

  const file = (group: G, change: <K>(shelf: Map<K, Set<G>>, key: K) => void): boolean => {
    const { events, competitions, countries, bookmakers } = group.interest
    if (events !== undefined) for (const id of events) change(byEvent, id)
    else if (competitions !== undefined) for (const id of competitions) change(byCompetition, id)
    else if (countries !== undefined) for (const code of countries) change(byCountry, code)
    // Whoever wants no bookmaker at all still hears of events.
    else if (bookmakers !== undefined && bookmakers.size > 0) for (const id of bookmakers) change(byBookmaker, id)
    else return false
    return true
  }

  const visitEvent = (facts: EventFacts, seen: Set<G>, visit: (group: G) => void): void => {
    visitOnce(byEvent.get(facts.id), seen, visit)
    visitOnce(byCompetition.get(facts.competition.id), seen, visit)
    visitOnce(byCountry.get(facts.competition.countryCode), seen, visit)
  }

  return {
    all,
    add: (group) => {
      all.add(group)
      if (!file(group, (shelf, key) => put(shelf, key, group))) everything.add(group)
    },
    remove: (group) => {
      all.delete(group)
      if (!file(group, (shelf, key) => drop(shelf, key, group))) everything.delete(group)
    },
    route: (record, visit) => {
      if (record.kind === "BOOKMAKER" || record.kind === "GAP") return all.forEach(visit)
      const seen = new Set<G>()
      for (const facts of factsOf(record)) visitEvent(facts, seen, visit)
      if (record.kind === "EVENT") for (const groups of byBookmaker.values()) visitOnce(groups, seen, visit)
      else visitOnce(byBookmaker.get(record.bookmakerId), seen, visit)
      everything.forEach(visit)
    }
  }
}

const factsOf = (record: Exclude<Record, { readonly kind: "BOOKMAKER" | "GAP" }>): readonly EventFacts[] => {
  switch (record.kind) {
    case "EVENT":
      return [record.before, record.after].flatMap((facts) => facts ?? [])
    case "CONFIRMED":
      return record.listings.map(({ event }) => event)
    default:
      return [record.event]
  }
}

const visitOnce = <G>(groups: ReadonlySet<G> | undefined, seen: Set<G>, visit: (group: G) => void): void => {
  if (groups === undefined) return
  for (const group of groups) {
    if (seen.has(group)) continue
    seen.add(group)
    visit(group)
  }
}

const put = <K, G>(shelf: Map<K, Set<G>>, key: K, group: G): void => {
  const groups = shelf.get(key)
  if (groups === undefined) shelf.set(key, new Set([group]))
  else groups.add(group)
}

const drop = <K, G>(shelf: Map<K, Set<G>>, key: K, group: G): void => {
  const groups = shelf.get(key)
  groups?.delete(group)
  if (groups?.size === 0) shelf.delete(key)
}
