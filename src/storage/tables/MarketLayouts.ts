/**
 * The ids under which Postgres keeps layouts, so that a price array can be read years later.
 *
 * Written outside the batch that needs them: a batch that is rolled back must not take them along, since
 * they are remembered here.
 */
import { Effect } from "effect"
import type { StorageUnavailable } from "../../domain/StorageUnavailable.ts"
import type { Layout } from "../../domain/Layout.ts"
import type { Database } from "../Database.ts"

export interface MarketLayouts {
  /** Makes sure that all of these have ids, but for those that Postgres refuses. */
  readonly know: (layouts: Iterable<Layout>) => Effect.Effect<void, StorageUnavailable>
  /** −1 for one that has none: Postgres refuses a row with it. */
  readonly idOf: (layout: Layout) => number
}

export const makeMarketLayouts = (database: Database["Service"]): MarketLayouts => {
  const ids = new Map<string, number>()
  // Another database may answer at the same address after an outage, and have other ids.
  let generation = database.generation()
  const key = (market: string, outcomes: readonly string[]) => [market, ...outcomes].join("\t")
  return {
    know: Effect.fnUntraced(function* (layouts) {
      if (database.generation() !== generation) {
        generation = database.generation()
        ids.clear()
      }
      for (const { type, outcomes } of new Set(layouts)) {
        const text = key(type.key, outcomes)
        if (ids.has(text)) continue
        const [row] = yield* database
          .query(
            (sql) => sql<{ id: number }[]>`
          with made as (
            insert into market_layout (market, outcome_keys) values (${type.key}, ${[...outcomes]})
            on conflict do nothing returning id
          )
          select id from made union all
          select id from market_layout where market = ${type.key} and outcome_keys = ${[...outcomes]}`
          )
          .pipe(Effect.catchTag("RowRefused", () => Effect.succeed([])))
        if (row !== undefined) ids.set(text, row.id)
      }
    }),
    idOf: ({ type, outcomes }) => ids.get(key(type.key, outcomes)) ?? -1
  }
}
