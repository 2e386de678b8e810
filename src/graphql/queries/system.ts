/**
 * `system`: the runtime's own state. All of it comes from memory, so it answers also while Postgres does not.
 *
 * The subscription `systemUpdated` sends the same value, from the same function.
 */
import { Effect, SubscriptionRef } from "effect"
import { Supervisor } from "../../actor/Supervisor.ts"
import type { Bookmaker } from "../../domain/Bookmaker.ts"
import { overdueAt } from "../../domain/Freshness.ts"
import { Journal } from "../../journal/Journal.ts"
import { Incidents } from "../../observability/Incidents.ts"
import { PublishedBoard } from "../../odds/PublishedBoard.ts"
import type { PublishedEvent } from "../../odds/PublishedBoard.ts"
import { Scraping } from "../../scraping/Scraping.ts"
import type { ServiceLevel } from "../../scraping/schedule/ServiceLevel.ts"
import { History } from "../../storage/History.ts"
import packageJson from "../../../package.json" with { type: "json" }
import { Connections } from "../Connections.ts"
import { formatCursor } from "../arguments/Cursor.ts"
import type { View } from "../reading/Parents.ts"
import type { GraphQLContext } from "../Runtime.ts"

export const version = packageJson.version

export const system = Effect.fnUntraced(function* (_: unknown, { view, startedAt }: GraphQLContext) {
  const journal = yield* Journal
  const board = yield* PublishedBoard
  const scraping = yield* Scraping
  return {
    world: journal.world,
    version,
    startedAt,
    serverTime: view.at,
    nextRunAt: yield* scraping.nextRunAt,
    actors: yield* actors,
    cache: { ...board.size(), cursor: formatCursor(board.mark(), "") },
    journal: yield* journalStatus,
    storage: yield* storageStatus,
    connections: connectionStats((yield* Connections).counts()),
    bookmakers: yield* scraping.work,
    freshness: withService(
      view.bookmakers.flatMap((bookmaker) => freshnessOf(bookmaker, board.events(), view)),
      yield* scraping.serviceLevels
    ),
    incidents: (yield* SubscriptionRef.get((yield* Incidents).log)).slice(0, 100)
  }
})

const actors = Effect.gen(function* () {
  const all = yield* SubscriptionRef.get((yield* Supervisor).actors)
  return [...all.values()].map((actor) => ({ ...actor, depth: actor.depth() }))
})

const journalStatus = Effect.gen(function* () {
  const journal = yield* Journal
  const stats = yield* journal.stats
  return {
    ...stats,
    epoch: String(journal.epoch),
    last: String(stats.last),
    floor: String(stats.floor),
    released: String(stats.released)
  }
})

const storageStatus = Effect.gen(function* () {
  const { last, records, released } = yield* (yield* Journal).stats
  const stats = yield* (yield* History).stats
  const { growthPerDay, tables } = stats.space
  return {
    ...stats,
    drained: String(stats.drained.seq),
    // Numbers have holes where a process was killed; there are never more waiting than there are.
    backlog: Math.min(records, Math.max(0, last - released)),
    tables,
    growthPerDay,
    freeBytes: stats.disk?.free
  }
})

const connectionStats = ({ sockets, subscriptions }: ReturnType<Connections["Service"]["counts"]>) => ({
  sockets,
  subscriptions: [...subscriptions]
    .map(([topic, count]) => ({ topic, count }))
    .sort((a, b) => (a.topic < b.topic ? -1 : 1))
})

/** Adds how punctual the scraper was with the same listings. */
const withService = (levels: ReturnType<typeof freshnessOf>, service: readonly ServiceLevel[]) =>
  levels.map((level) => {
    const { bookmakerId, withinMs } = level
    const found = service.find((each) => each.bookmakerId === bookmakerId && each.within === (withinMs ?? Infinity))
    return {
      ...level,
      onTime: found?.onTime ?? 0,
      onTimeLastHour: found?.lastHour ?? null,
      onTimeLastDay: found?.lastDay ?? null
    }
  })

/** Per tier: how many of the bookmaker's listings are on sale, and how many were confirmed in time. */
const freshnessOf = ({ id }: Bookmaker, events: readonly PublishedEvent[], { at, tiers }: View) => {
  const levels = tiers.map(({ within }) => ({
    bookmakerId: id,
    withinMs: Number.isFinite(within) ? within : null,
    listings: 0,
    fresh: 0
  }))
  for (const { facts, books } of events) {
    const book = books.get(id)
    if (book?.confirmedAt === undefined || facts.kickoff <= at || book.listing.state === "WITHDRAWN") continue
    const level = levels[tiers.findIndex(({ within }) => facts.kickoff - at < within)]
    if (level === undefined) continue
    level.listings++
    if (at <= overdueAt(tiers, facts.kickoff, book.confirmedAt)) level.fresh++
  }
  return levels
}
