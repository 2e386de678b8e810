/**
 * The settings in force: read from Postgres at the first contact, changed there with an audit row before anyone sees it.
 *
 * Until that contact the defaults hold: politeness has a default, and a database that is away must not stop scraping.
 */
import { Effect, Layer, Schedule, SubscriptionRef } from "effect"
import { DEFAULT_SETTINGS, LiveSettings } from "../domain/Settings.ts"
import type { Settings, SettingsFault } from "../domain/Settings.ts"
import { StorageUnavailable } from "../domain/StorageUnavailable.ts"
import { Database } from "./Database.ts"
import { faultsOf, fromWritten, toWritten } from "./tables/SettingsRules.ts"
import type { Change } from "./tables/SettingsRules.ts"
import { statement } from "./connection/Statement.ts"
import type { Sql } from "./connection/Statement.ts"

export const layer: Layer.Layer<LiveSettings, never, Database> = Layer.effect(
  LiveSettings,
  Effect.gen(function* () {
    const database = yield* Database
    const current = yield* SubscriptionRef.make(DEFAULT_SETTINGS)

    const load = Effect.gen(function* () {
      const kept = yield* database.transaction((sql) => read(sql))
      yield* SubscriptionRef.set(current, kept)
    })
    yield* Effect.forkScoped(
      Effect.ignore(
        Effect.andThen(
          database.opened,
          Effect.retry(load, Schedule.min([Schedule.exponential("500 millis"), Schedule.spaced("30 seconds")]))
        )
      )
    )

    return {
      current,
      update: (change, who, expectedVersion) =>
        Effect.gen(function* () {
          const faults = faultsOf(change)
          if (faults.length > 0) return faults
          const outcome = yield* database.transaction((sql) => write(sql, change, who, expectedVersion))
          if (outcome.settings !== undefined) yield* SubscriptionRef.set(current, outcome.settings)
          return outcome.faults
        }).pipe(
          Effect.catchTag("RowRefused", ({ message }) =>
            Effect.fail(new StorageUnavailable({ message: `Postgres: ${message}` }))
          )
        )
    }
  })
)

/** Locks the row, so that two changes follow each other. */
const read = Effect.fnUntraced(function* (sql: Sql) {
  yield* statement(
    () => sql`
    insert into setting (version, value) values (${DEFAULT_SETTINGS.version}, ${JSON.stringify(toWritten(DEFAULT_SETTINGS))}::text::jsonb)
    on conflict do nothing`
  )
  const [row] = yield* statement(() => sql<{ value: unknown }[]>`select value from setting for update`)
  const { faults, settings } = fromWritten(row?.value ?? {})
  if (faults.length > 0) {
    yield* Effect.logError(
      "Settings kept in Postgres cannot be in force; their defaults are, until they are set again"
    ).pipe(Effect.annotateLogs({ faults: faults.map(({ message }) => message).join(" ") }))
  }
  return settings
})

interface Outcome {
  readonly settings: Settings | undefined
  readonly faults: readonly SettingsFault[]
}

const write = Effect.fnUntraced(function* (sql: Sql, change: Change, who: string, expectedVersion: number | undefined) {
  const old = yield* read(sql)
  if (expectedVersion !== undefined && expectedVersion !== old.version) return conflict(old.version, expectedVersion)
  const settings: Settings = { ...old, ...change, version: old.version + 1 }
  const [before, after] = [JSON.stringify(toWritten(old)), JSON.stringify(toWritten(settings))]
  if (JSON.stringify(toWritten({ ...settings, version: old.version })) === before) return unchanged(old)
  yield* statement(() => sql`update setting set version = ${settings.version}, value = ${after}::text::jsonb`)
  yield* statement(
    () => sql`
    insert into setting_change (version, who, old_value, new_value)
    values (${settings.version}, ${who}, ${before}::text::jsonb, ${after}::text::jsonb)`
  )
  const outcome: Outcome = { settings, faults: [] }
  return outcome
})

const unchanged = (settings: Settings): Outcome => ({ settings, faults: [] })

const conflict = (version: number, expected: number): Outcome => ({
  settings: undefined,
  faults: [
    {
      code: "CONFLICT",
      message: `Settings: version ${expected} is no longer the newest, ${version} is; read them again and repeat the change.`,
      path: ["expectedVersion"],
      value: String(expected)
    }
  ]
})
