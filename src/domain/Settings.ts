/**
 * Settings that work without a restart (DESIGN §7): validated here, kept and audited by `storage`.
 *
 * Readers take the current value from `LiveSettings`; a change is seen by the next reader.
 */
import { Context } from "effect"
import type { Effect, SubscriptionRef } from "effect"
import type { BookmakerId } from "./Bookmaker.ts"
import { DEFAULT_TIERS } from "./Freshness.ts"
import type { CadenceTier } from "./Freshness.ts"
import type { StorageUnavailable } from "./StorageUnavailable.ts"

/** What one bookmaker may be asked for. */
export interface Pace {
  /** Requests under way at once, 1–200. */
  readonly concurrency: number
  /** Pause after each request before its permit is free again, 0–60 000 ms. */
  readonly delayMs: number
}

export interface Settings {
  /** Rises by one with each change. */
  readonly version: number
  /** Between two scheduled runs, 10 s – 24 h. */
  readonly scrapeIntervalMs: number
  readonly disabled: readonly BookmakerId[]
  /** Bookmakers whose schedule is paused; manual runs still reach them. */
  readonly paused: readonly BookmakerId[]
  /** By bookmaker; one that is absent has `DEFAULT_PACE`. */
  readonly pace: Readonly<{ [bookmakerId: string]: Pace }>
  /** Events committed to before the plan is looked at again, 1–1 000. */
  readonly batchSize: number
  /** Events under way at once, 1–200; 20 because 10 would hold the slowest bookmaker below its own limit. */
  readonly eventsAtOnce: number
  readonly tiers: readonly CadenceTier[]
  /** Days of history kept, 1–3 650. */
  readonly retentionDays: number
  /** Prices compared must be captured within this, 1 000–600 000 ms. */
  readonly skewBoundMs: number
}

export const DEFAULT_PACE: Pace = { concurrency: 50, delayMs: 0 }

export const DEFAULT_SETTINGS: Settings = {
  version: 1,
  scrapeIntervalMs: 300_000,
  disabled: [],
  paused: [],
  pace: { "bet9ja-ng": { concurrency: 15, delayMs: 25 } },
  batchSize: 50,
  eventsAtOnce: 20,
  tiers: DEFAULT_TIERS,
  retentionDays: 15,
  skewBoundMs: 30_000
}

export const paceOf = (settings: Settings, bookmakerId: BookmakerId): Pace => settings.pace[bookmakerId] ?? DEFAULT_PACE

/** The first instant of history that is kept: retention drops whole days, of UTC. */
export const keptSince = (retentionDays: number, now: number): number =>
  (Math.floor(now / DAY_MS) - retentionDays) * DAY_MS

const DAY_MS = 86_400_000

/** A faulty or outdated change: which field, which value, what is allowed. */
export interface SettingsFault {
  readonly code: "BAD_INPUT" | "CONFLICT"
  readonly message: string
  readonly path: readonly string[]
  readonly value: string
}

export class LiveSettings extends Context.Service<
  LiveSettings,
  {
    readonly current: SubscriptionRef.SubscriptionRef<Settings>
    /** Applies a change and keeps it with who, when, old and new; answers the faults instead when it may not be applied. */
    readonly update: (
      change: Partial<Omit<Settings, "version">>,
      who: string,
      expectedVersion: number | undefined
    ) => Effect.Effect<readonly SettingsFault[], StorageUnavailable>
  }
>()("oddswire/domain/LiveSettings") {}
