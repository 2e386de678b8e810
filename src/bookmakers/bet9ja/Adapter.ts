/**
 * Bet9ja: its upcoming football and the odds of one event.
 *
 * There is no list of all events: groups are asked for one by one, and one that fails is told beside the others.
 */
import { Config, Effect, Result, Stream } from "effect"
import { BookmakerId } from "../../domain/Bookmaker.ts"
import type { Adapter, Gate, Target } from "../Adapter.ts"
import { Gone } from "../FetchError.ts"
import { Http } from "../Http.ts"
import type { Fetched } from "../Http.ts"
import { describe, unreadable } from "../http/Answer.ts"
import { partsOf } from "../wire/MainMarkets.ts"
import { mappedKeys, restrictedTo } from "../wire/Mapping.ts"
import { failedPage, noMatch, orUnreadable, pageOf, snapshotOf } from "../wire/Page.ts"
import type { Told } from "../wire/Page.ts"
import type { Read } from "../wire/Reading.ts"
import { makeClient } from "./Client.ts"
import { MARKETS } from "./Markets.ts"
import { listedEvent, normalize } from "./Normalize.ts"
import { readDetail, readEnvelope, readGroup, readGroupItself, readGroups, readOdds } from "./Wire.ts"
import type { WireDetail, WireGroup } from "./Wire.ts"

/** The real host, for whoever asks for it; nothing is sent there by default. */
export const LIVE_BASE_URL = "https://sports.bet9ja.com"

/** The root under which `/desktop/feapi` lies: a wrong one answers HTTP 404 to everything. */
export const BASE_URL = "BET9JA_BASE_URL"

export const Settings = Config.URL(BASE_URL)

export const make: Effect.Effect<Adapter, Config.ConfigError, Http> = Effect.gen(function* () {
  const bookmaker = {
    id: BookmakerId("bet9ja-ng"),
    name: "Bet9ja",
    country: "NG",
    ours: false,
    mapped: mappedKeys(MARKETS)
  }
  const client = makeClient(yield* Http, bookmaker.id, yield* Settings)

  const groups = Effect.gen(function* () {
    const fetched = yield* client.sports
    const { groups: found, nameless } = yield* orUnreadable(fetched, readGroups(yield* dataOf(fetched)))
    if (nameless === 0) return [found, []] as const
    const error = unreadable(fetched.asked, fetched.text, "$.D.PAL.1.SG", "groups without an id")
    return [found, [failedPage(`${nameless} groups`, error)]] as const
  })

  const events = Effect.fnUntraced(function* (group: WireGroup) {
    const fetched = yield* client.group(group.id)
    const envelope = yield* orUnreadable(fetched, readEnvelope(fetched.json))
    // A group that has just run out of events is no longer known.
    const rows = envelope.known ? yield* orUnreadable(fetched, readGroup(envelope.data)) : []
    return yield* pageOf(fetched, rows.map(Result.flatMap((row) => listedEvent(row, group))))
  })

  return {
    bookmaker,
    discover: (gate: Gate) =>
      Stream.unwrap(
        gate("list", groups).pipe(
          Effect.map(([found, failed]) =>
            Stream.fromIterable(found).pipe(
              Stream.mapEffect(
                (group) =>
                  gate("list", events(group)).pipe(
                    Effect.catch((error) =>
                      Effect.succeed(failedPage(`group ${group.id} (${group.country}, ${group.name})`, error))
                    )
                  ),
                { concurrency: GROUPS_AT_ONCE, unordered: true }
              ),
              Stream.concat(Stream.fromIterable(failed))
            )
          )
        )
      ),
    fetch: (target: Target, gate: Gate, runId) =>
      gate(
        "event",
        Effect.gen(function* () {
          const fetched = yield* client.event(target.bookmakerEventId)
          const detail = yield* orUnreadable(fetched, readDetail(yield* dataOf(fetched)))
          const listed = yield* orUnreadable(fetched, listedEvent(detail.event, undefined))
          if (listed === undefined) return yield* orUnreadable(fetched, noMatch)
          return yield* snapshotOf(fetched, target, listed, normalize(detail, MARKETS), undefined, runId)
        })
      ),
    mainMarkets: {
      types: MAIN_KEYS,
      pageOf: (_, competitionId) => competitionId,
      fetch: (group, targets, gate, runId) =>
        gate(
          "list",
          Effect.gen(function* () {
            const fetched = yield* client.group(group)
            const envelope = yield* orUnreadable(fetched, readEnvelope(fetched.json))
            if (!envelope.known) return { snapshots: [], failures: [] }
            const rows = yield* orUnreadable(fetched, readOdds(envelope.data))
            const told = toldBy(readGroupItself(group, envelope.data))
            return yield* partsOf(fetched, rows.map(Result.flatMap(told)), targets, MAIN_KEYS, runId)
          })
        )
    }
  }
})

/** Of what a group shows; totals are left out with all that has lines. */
const MAIN = restrictedTo(MARKETS, ["1x2_ft", "double_chance_ft"])
const MAIN_KEYS = mappedKeys(MAIN)

const toldBy =
  (group: WireGroup) =>
  (detail: WireDetail): Read<Told | undefined> =>
    Result.map(listedEvent(detail.event, group), (listed) =>
      listed === undefined ? undefined : { listed, drafted: normalize(detail, MAIN), publishedAt: undefined }
    )

// How many stand at the gate; how many go through is the gate's to say.
const GROUPS_AT_ONCE = 50

const dataOf = Effect.fnUntraced(function* (fetched: Fetched) {
  const envelope = yield* orUnreadable(fetched, readEnvelope(fetched.json))
  return envelope.known ? envelope.data : yield* gone(fetched)
})

const gone = ({ asked }: Fetched): Gone =>
  new Gone({
    bookmakerId: asked.bookmakerId,
    endpoint: asked.endpoint,
    message: `${describe(asked)}: Bet9ja knows no such thing; withdrawn when it has been gone three times in a row`
  })
