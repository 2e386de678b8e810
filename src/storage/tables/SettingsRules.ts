/** What a setting may be: each rule names the field, the value and what is allowed. Pure. */
import { Option, Schema } from "effect"
import { BookmakerId } from "../../domain/Bookmaker.ts"
import { DEFAULT_SETTINGS } from "../../domain/Settings.ts"
import type { Settings, SettingsFault } from "../../domain/Settings.ts"

export type Change = Partial<Omit<Settings, "version">>

export const faultsOf = (change: Change): readonly SettingsFault[] => [
  ...between(change.scrapeIntervalMs, "scrapeIntervalMs", 10_000, 86_400_000),
  ...between(change.batchSize, "batchSize", 1, 1_000),
  ...between(change.eventsAtOnce, "eventsAtOnce", 1, 200),
  ...between(change.retentionDays, "retentionDays", 1, 3_650),
  ...between(change.skewBoundMs, "skewBoundMs", 1_000, 600_000),
  ...Object.entries(change.pace ?? {}).flatMap(([bookmaker, pace]) => [
    ...between(pace.concurrency, `pace.${bookmaker}.concurrency`, 1, 200),
    ...between(pace.delayMs, `pace.${bookmaker}.delayMs`, 0, 60_000)
  ]),
  ...tierFaults(change.tiers)
]

const between = (value: number | undefined, path: string, least: number, most: number): readonly SettingsFault[] =>
  value === undefined || (Number.isInteger(value) && value >= least && value <= most)
    ? []
    : [fault(path, value, `must be a whole number from ${least} to ${most}`)]

const tierFaults = (tiers: Change["tiers"]): readonly SettingsFault[] => {
  if (tiers === undefined) return []
  if (tiers.length === 0) return [fault("tiers", "an empty list", "must have at least the tier without a bound")]
  const ascending = tiers.every((tier, i) => i === 0 || tier.within > (tiers[i - 1]?.within ?? Infinity))
  return [
    ...(ascending && tiers.at(-1)?.within === Infinity
      ? []
      : [
          fault(
            "tiers",
            tiers.map((tier) => tier.within).join(),
            "must ascend by time to kickoff, and the last must have no bound"
          )
        ]),
    ...tiers.flatMap((tier, i) => [
      ...(tier.within === Infinity ? [] : between(tier.within, `tiers.${i}.within`, 60_000, 365 * 86_400_000)),
      ...between(tier.every, `tiers.${i}.every`, 5_000, 86_400_000)
    ])
  ]
}

const fault = (path: string, value: unknown, rule: string): SettingsFault => ({
  code: "BAD_INPUT",
  message: `Setting ${path}: ${String(value)} is not allowed; it ${rule}.`,
  path: path.split("."),
  value: String(value)
})

/** As JSON, which has no Infinity: the last tier's bound is null. */
export type Written = Omit<Settings, "tiers"> & {
  readonly tiers: readonly { readonly within: number | null; readonly every: number }[]
}

export const toWritten = (settings: Settings): Written => ({
  ...settings,
  tiers: settings.tiers.map(({ within, every }) => ({ within: Number.isFinite(within) ? within : null, every }))
})

export interface ReadSettings {
  readonly settings: Settings
  /** What is kept and cannot be in force, a fault each; its default is. */
  readonly faults: readonly SettingsFault[]
}

/** A field that was not there yet when the settings were written has its default, and so has one that nobody can read. */
export const fromWritten = (written: unknown): ReadSettings => {
  const kept = Option.getOrElse(decodeObject(written), (): typeof Kept.Type => ({}))
  const unreadable = Object.entries(kept).flatMap(([name, value]) =>
    Option.isNone(decodePart({ [name]: value })) ? [name] : []
  )
  const readable = Object.fromEntries(Object.entries(kept).filter(([name]) => !unreadable.includes(name)))
  const { tiers, ...rest } = Option.getOrElse(decodePart(readable), (): typeof Part.Type => ({}))
  const given: Change = {
    ...rest,
    ...(tiers && { tiers: tiers.map(({ within, every }) => ({ within: within ?? Infinity, every })) })
  }
  const refused = faultsOf(given)
  const wrong = new Set(refused.map(({ path }) => path[0]))
  const allowed = Object.fromEntries(Object.entries(given).filter(([name]) => !wrong.has(name)))
  return {
    settings: { ...DEFAULT_SETTINGS, ...allowed },
    faults: [...unreadable.map((name) => fault(name, JSON.stringify(kept[name]), "cannot be read")), ...refused]
  }
}

const Part = Schema.Struct({
  version: Schema.optionalKey(Schema.Int),
  scrapeIntervalMs: Schema.optionalKey(Schema.Number),
  disabled: Schema.optionalKey(Schema.Array(Schema.String.pipe(Schema.fromBrand("BookmakerId", BookmakerId)))),
  paused: Schema.optionalKey(Schema.Array(Schema.String.pipe(Schema.fromBrand("BookmakerId", BookmakerId)))),
  pace: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.Struct({ concurrency: Schema.Number, delayMs: Schema.Number }))
  ),
  batchSize: Schema.optionalKey(Schema.Number),
  eventsAtOnce: Schema.optionalKey(Schema.Number),
  tiers: Schema.optionalKey(
    Schema.Array(Schema.Struct({ within: Schema.NullOr(Schema.Number), every: Schema.Number }))
  ),
  retentionDays: Schema.optionalKey(Schema.Number),
  skewBoundMs: Schema.optionalKey(Schema.Number)
})
const decodePart = Schema.decodeUnknownOption(Part)
const Kept = Schema.Record(Schema.String, Schema.Unknown)
const decodeObject = Schema.decodeUnknownOption(Kept)
