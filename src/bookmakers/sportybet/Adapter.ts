/**
 * SportyBet: its upcoming football and the odds of one event.
 */
import { Config, Effect, Result } from "effect"
import { BookmakerId } from "../../domain/Bookmaker.ts"
import type { Adapter, Gate, Target } from "../Adapter.ts"
import { Gone } from "../FetchError.ts"
import { Http } from "../Http.ts"
import type { Fetched } from "../Http.ts"
import { describe } from "../http/Answer.ts"
import { MAIN_TYPES, pageByKickoff, partsOf } from "../wire/MainMarkets.ts"
import { mappedKeys, restrictedTo } from "../wire/Mapping.ts"
import { noMatch, orUnreadable, pageOf, snapshotOf } from "../wire/Page.ts"
import type { Told } from "../wire/Page.ts"
import { paged } from "../wire/Paging.ts"
import type { Read } from "../wire/Reading.ts"
import { EVENTS_ONLY, makeClient, PAGE } from "./Client.ts"
import { MARKETS } from "./Markets.ts"
import { listedEvent, normalize, publishedAt } from "./Normalize.ts"
import { readDetail, readEnvelope, readList, readOdds } from "./Wire.ts"
import type { WireDetail } from "./Wire.ts"

/** The real host, for whoever asks for it; nothing is sent there by default. */
export const LIVE_BASE_URL = "https://www.sportybet.com"

/** The root under which `/api/ng` lies: a wrong one answers HTTP 404 to everything. */
export const BASE_URL = "SPORTYBET_BASE_URL"

export const Settings = Config.URL(BASE_URL)

export const make: Effect.Effect<Adapter, Config.ConfigError, Http> = Effect.gen(function* () {
  const bookmaker = {
    id: BookmakerId("sportybet-ng"),
    name: "SportyBet",
    country: "NG",
    ours: false,
    mapped: mappedKeys(MARKETS)
  }
  const client = makeClient(yield* Http, bookmaker.id, yield* Settings)

  const page = Effect.fnUntraced(function* (number: number) {
    const fetched = yield* client.list(number, EVENTS_ONLY)
    const list = yield* orUnreadable(fetched, readList(yield* dataOf(fetched)))
    const read = yield* pageOf(fetched, list.rows.map(Result.flatMap(listedEvent)))
    // Without a total only an empty page tells the end: a list cut at its first page would look whole.
    return { read, more: list.rows.length > 0 && number * PAGE < (list.totalNum ?? Infinity) }
  })

  return {
    bookmaker,
    discover: (gate: Gate) => paged((number) => gate("list", page(number + 1))),
    fetch: (target: Target, gate: Gate, runId) =>
      gate(
        "event",
        Effect.gen(function* () {
          const fetched = yield* client.event(target.bookmakerEventId)
          const detail = yield* orUnreadable(fetched, readDetail(yield* dataOf(fetched)))
          const listed = yield* orUnreadable(fetched, listedEvent(detail.event))
          if (listed === undefined) return yield* orUnreadable(fetched, noMatch)
          return yield* snapshotOf(fetched, target, listed, normalize(detail, MARKETS), publishedAt(detail), runId)
        })
      ),
    mainMarkets: {
      types: MAIN_KEYS,
      pageOf: pageByKickoff(PAGE),
      fetch: (number, targets, gate, runId) =>
        gate(
          "list",
          Effect.gen(function* () {
            const fetched = yield* client.list(Number(number) + 1, [...MAIN.keys()])
            const rows = yield* orUnreadable(fetched, readOdds(yield* dataOf(fetched)))
            return yield* partsOf(fetched, rows.map(Result.flatMap(told)), targets, MAIN_KEYS, runId)
          })
        )
    }
  }
})

const MAIN = restrictedTo(MARKETS, MAIN_TYPES)
const MAIN_KEYS = mappedKeys(MAIN)

const told = (detail: WireDetail): Read<Told | undefined> =>
  Result.map(listedEvent(detail.event), (listed) =>
    listed === undefined ? undefined : { listed, drafted: normalize(detail, MAIN), publishedAt: publishedAt(detail) }
  )

const dataOf = Effect.fnUntraced(function* (fetched: Fetched) {
  const envelope = yield* orUnreadable(fetched, readEnvelope(fetched.json))
  return envelope.known ? envelope.data : yield* gone(fetched)
})

const gone = ({ asked }: Fetched): Gone =>
  new Gone({
    bookmakerId: asked.bookmakerId,
    endpoint: asked.endpoint,
    message: `${describe(asked)}: SportyBet knows no such thing (bizCode 19000); withdrawn when it has been gone three times in a row`
  })
