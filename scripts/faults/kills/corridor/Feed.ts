/**
 * Observes snapshots at a steady rate and keeps an account of them, each written before the house is told.
 *
 * Listings are fed in sets, and a set comes again only when the house has said that what was told of it before is
 * durable: so no snapshot replaces a waiting one, and every price of a settled set must be in the history.
 */
import { appendFileSync } from "node:fs"
import { Clock, Effect, Fiber, Stream } from "effect"
import type { Adapter } from "../../../../src/bookmakers/Adapter.ts"
import { OPEN, SUSPENDED, makeBoardBuilder } from "../../../../src/domain/Board.ts"
import { BookmakerId } from "../../../../src/domain/Bookmaker.ts"
import { parseMarketKey } from "../../../../src/domain/Catalogue.ts"
import { EventId } from "../../../../src/domain/Event.ts"
import type { ListedEvent } from "../../../../src/domain/Event.ts"
import type { Snapshot } from "../../../../src/domain/Snapshot.ts"
import { Matcher } from "../../../../src/matching/Matcher.ts"
import type { ServedPrice } from "../../../../test/support/simulator.ts"
import { drawFrom } from "../../house/Draw.ts"
import type { Draw } from "../../house/Draw.ts"
import { lineOf } from "./Account.ts"
import type { Line } from "./Account.ts"

export interface Feeding {
  /** The file of its account. */
  readonly account: string
  readonly seed: number
  /** Snapshots a second. */
  readonly rate: number
}

const BOOKMAKERS = ["alpha-ng", "beta-ng", "gamma-ng"].map((id) => BookmakerId(id))
const EVENTS = 600
/** Small ones, since a life lasts a second or two and the books answer once a second what has settled. */
const SETS = 12
const TICK_MS = 20

/** Goes on in the background for as long as the house stands. */
export const feed = Effect.fnUntraced(function* ({ account, seed, rate }: Feeding) {
  const matcher = yield* Matcher
  const startedAt = yield* Clock.currentTimeMillis
  const draw = drawFrom(seed ^ startedAt)
  const note = (line: Line): void => appendFileSync(account, lineOf(line))
  const perTick = (rate * TICK_MS) / 1_000
  let batch = 0

  const observe = (event: ListedEvent, bookmakerId: BookmakerId) =>
    Effect.flatMap(Clock.currentTimeMillis, (at) => {
      const prices = pricesFrom(draw)
      note({ batch: `${startedAt}.${batch}`, at, listing: `${event.bookmakerEventId}/${bookmakerId}`, prices })
      return matcher.observe(snapshotOf(event, bookmakerId, at, prices))
    })

  /** Answers a fiber that ends when all of the set is durable. */
  const feedSet = Effect.fnUntraced(function* (set: number) {
    batch += 1
    const name = `${startedAt}.${batch}`
    const began = yield* Clock.currentTimeMillis
    let fed = 0
    for (const event of EVENTS_LISTED) {
      if (Number(event.bookmakerEventId) % SETS !== set) continue
      for (const bookmakerId of BOOKMAKERS) {
        yield* observe(event, bookmakerId)
        fed += 1
      }
      const early = began + (fed / perTick) * TICK_MS - (yield* Clock.currentTimeMillis)
      if (early > 1) yield* Effect.sleep(early)
    }
    return yield* Effect.forkChild(
      Effect.andThen(
        matcher.settled,
        Effect.sync(() => note({ settled: name }))
      )
    )
  })

  const rounds = Effect.gen(function* () {
    const settling: Fiber.Fiber<void>[] = []
    for (let round = 0; ; round++) {
      const before = settling[round % SETS]
      if (before !== undefined) yield* Fiber.join(before)
      settling[round % SETS] = yield* feedSet(round % SETS)
    }
  })
  // What a life that was killed in mid-line has left is ended.
  appendFileSync(account, "\n")
  yield* Effect.forkScoped(rounds)
})

const DAY_MS = 86_400_000
/** Weeks away, so that nothing falls due or kicks off in a run, and the same in every life of a day. */
export const KICKOFF = (Math.floor(Date.now() / DAY_MS) + 30) * DAY_MS

const EVENTS_LISTED = Array.from({ length: EVENTS }, (_, i): ListedEvent => ({
  bookmakerEventId: String(60_000_000 + i),
  eventId: EventId(String(60_000_000 + i)),
  home: `Home ${i}`,
  away: `Away ${i}`,
  kickoff: KICKOFF,
  competition: { nativeId: "1", name: "Premier League", country: "England" }
}))

/** Their lists are the feed's; what is fed all the time never falls due. */
export const adapters: readonly Adapter[] = BOOKMAKERS.map((id) => ({
  bookmaker: { id, name: id, country: "NG", ours: id === BOOKMAKERS[0], mapped: new Set() },
  discover: () => Stream.succeed({ events: EVENTS_LISTED, failures: [] }),
  fetch: () => Effect.die("nothing is fetched from a feed")
}))

const MARKETS = ["1x2_ft", "btts_ft", "over_under_ft@2.5", "double_chance_ft"].flatMap((key) => {
  const market = parseMarketKey(key)
  return market === undefined ? [] : [{ key, market }]
})

/** Few different prices, so that some markets stay as they were; a few are suspended or left out. */
const pricesFrom = ({ share, between }: Draw): readonly ServedPrice[] => {
  const absent = share() < 0.05 ? MARKETS[Math.floor(between(0, MARKETS.length))] : undefined
  return MARKETS.filter((one) => one !== absent).flatMap(({ key, market }) => {
    const moved = share() < 0.5 ? Math.floor(between(1, 40)) * 10 : 0
    const suspended = share() < 0.03
    return market.type.outcomes.map((outcome, i) => ({
      market: key,
      outcome,
      milli: 1_500 + 100 * i + moved,
      suspended
    }))
  })
}

const snapshotOf = (
  listed: ListedEvent,
  bookmakerId: BookmakerId,
  at: number,
  prices: readonly ServedPrice[]
): Snapshot => {
  const builder = makeBoardBuilder()
  for (const { key, market } of MARKETS) {
    for (const { market: of, outcome, milli, suspended } of prices) {
      if (of !== key) continue
      builder.add(market, market.type.outcomes.indexOf(outcome), suspended ? 0 : milli, suspended ? SUSPENDED : OPEN)
    }
  }
  return {
    eventId: EventId(listed.bookmakerEventId),
    bookmakerId,
    phase: "PREMATCH",
    listed,
    requestedAt: at,
    observedAt: at,
    publishedAt: undefined,
    scope: "FULL",
    board: builder.build(),
    rejected: new Set(),
    unkeyedReject: false,
    unmapped: [],
    finerPrices: 0,
    runId: undefined
  }
}
