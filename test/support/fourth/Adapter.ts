/**
 * Fourth, a bookmaker that exists for tests only: its upcoming football and the odds of one event.
 *
 * It is what a new bookmaker costs: this folder, in the anatomy of those under `src/bookmakers`, and a line of a roster.
 */
import { Config, Effect, Result } from "effect"
import type { Adapter, Gate, Target } from "../../../src/bookmakers/Adapter.ts"
import { Http } from "../../../src/bookmakers/Http.ts"
import { mappedKeys } from "../../../src/bookmakers/wire/Mapping.ts"
import { orUnreadable, pageOf, snapshotOf } from "../../../src/bookmakers/wire/Page.ts"
import { paged } from "../../../src/bookmakers/wire/Paging.ts"
import { BookmakerId } from "../../../src/domain/Bookmaker.ts"
import { makeClient } from "./Client.ts"
import { MARKETS } from "./Markets.ts"
import { listedEvent, normalize } from "./Normalize.ts"
import { readDetail, readList } from "./Wire.ts"

export const Settings = Config.URL("FOURTH_BASE_URL")

export const make: Effect.Effect<Adapter, Config.ConfigError, Http> = Effect.gen(function* () {
  const bookmaker = {
    id: BookmakerId("fourth-gh"),
    name: "Fourth",
    country: "GH",
    ours: false,
    mapped: mappedKeys(MARKETS)
  }
  const client = makeClient(yield* Http, bookmaker.id, yield* Settings)

  const page = Effect.gen(function* () {
    const fetched = yield* client.list
    const rows = yield* orUnreadable(fetched, readList(fetched.json))
    return { read: yield* pageOf(fetched, rows.map(Result.flatMap(listedEvent))), more: false }
  })

  return {
    bookmaker,
    discover: (gate: Gate) => paged(() => gate("list", page)),
    fetch: (target: Target, gate: Gate, runId) =>
      gate(
        "event",
        Effect.gen(function* () {
          const fetched = yield* client.event(target.bookmakerEventId)
          const detail = yield* orUnreadable(fetched, readDetail(fetched.json))
          const listed = yield* orUnreadable(fetched, listedEvent(detail.match))
          return yield* snapshotOf(fetched, target, listed, normalize(detail, MARKETS), undefined, runId)
        })
      )
  }
})
