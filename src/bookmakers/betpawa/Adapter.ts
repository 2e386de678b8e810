/**
 * BetPawa, our own price list: its upcoming football and the odds of one event.
 */
import { Config, Effect, Result } from "effect"
import { BookmakerId } from "../../domain/Bookmaker.ts"
import type { Adapter, Gate, Target } from "../Adapter.ts"
import { Http } from "../Http.ts"
import { MAIN_TYPES, pageByKickoff, partsOf } from "../wire/MainMarkets.ts"
import { mappedKeys, restrictedTo } from "../wire/Mapping.ts"
import { orUnreadable, pageOf, snapshotOf } from "../wire/Page.ts"
import type { Told } from "../wire/Page.ts"
import { paged } from "../wire/Paging.ts"
import type { Read } from "../wire/Reading.ts"
import { EVENTS_ONLY, makeClient, PAGE } from "./Client.ts"
import { MARKETS } from "./Markets.ts"
import { listedEvent, normalize } from "./Normalize.ts"
import { readDetail, readList, readOdds } from "./Wire.ts"
import type { WireDetail } from "./Wire.ts"

/** The real host, for whoever asks for it; nothing is sent there by default. */
export const LIVE_BASE_URL = "https://www.betpawa.ng"

/** The root under which the v4 paths lie: a wrong one answers HTTP 404 to everything. */
export const BASE_URL = "BETPAWA_BASE_URL"

export const Settings = Config.URL(BASE_URL)

export const make: Effect.Effect<Adapter, Config.ConfigError, Http> = Effect.gen(function* () {
  const bookmaker = {
    id: BookmakerId("betpawa-ng"),
    name: "BetPawa",
    country: "NG",
    ours: true,
    mapped: mappedKeys(MARKETS)
  }
  const client = makeClient(yield* Http, bookmaker.id, yield* Settings)

  const page = Effect.fnUntraced(function* (skip: number) {
    const fetched = yield* client.list(skip, EVENTS_ONLY)
    const rows = yield* orUnreadable(fetched, readList(fetched.json))
    const read = yield* pageOf(fetched, rows.map(Result.flatMap(listedEvent)))
    return { read, more: rows.length >= PAGE }
  })

  return {
    bookmaker,
    discover: (gate: Gate) => paged((number) => gate("list", page(number * PAGE))),
    fetch: (target: Target, gate: Gate, runId) =>
      gate(
        "event",
        Effect.gen(function* () {
          const fetched = yield* client.event(target.bookmakerEventId)
          const detail = yield* orUnreadable(fetched, readDetail(fetched.json))
          const listed = yield* orUnreadable(fetched, listedEvent(detail.event))
          return yield* snapshotOf(fetched, target, listed, normalize(detail, MARKETS), undefined, runId)
        })
      ),
    mainMarkets: {
      types: MAIN_KEYS,
      pageOf: pageByKickoff(PAGE),
      fetch: (number, targets, gate, runId) =>
        gate(
          "list",
          Effect.gen(function* () {
            const fetched = yield* client.list(Number(number) * PAGE, [...MAIN.keys()])
            const rows = yield* orUnreadable(fetched, readOdds(fetched.json))
            return yield* partsOf(fetched, rows.map(Result.flatMap(told)), targets, MAIN_KEYS, runId)
          })
        )
    }
  }
})

const MAIN = restrictedTo(MARKETS, MAIN_TYPES)
const MAIN_KEYS = mappedKeys(MAIN)

const told = (detail: WireDetail): Read<Told> =>
  Result.map(listedEvent(detail.event), (listed) => ({
    listed,
    drafted: normalize(detail, MAIN),
    publishedAt: undefined
  }))
