/**
 * How far back the journal can be read: what Postgres has goes once it is older than the replay window (120 s), or
 * more than 100,000 records or 64 MB back.
 *
 * Kept per commit, not per record: a commit is deleted whole or not at all.
 */
import { Config, Duration, Effect, Schema } from "effect"
import type { Segment } from "../thread/ThreadMessages.ts"

export const KEEP_MS = 120_000
export const KEEP_RECORDS = 100_000
export const KEEP_BYTES = 64 * 1024 * 1024

const Window = Schema.DurationFromString.check(
  Schema.makeFilter((window) => Duration.toMillis(window) >= 1_000 && Duration.toMillis(window) <= 3_600_000)
)

/** `REPLAY_WINDOW` in milliseconds: how long a client may be away and still be told only what it missed. */
export const Settings: Config.Config<number> = Config.String("REPLAY_WINDOW").pipe(
  Config.withDefault("2 minutes"),
  Config.mapEffect((text) =>
    Schema.decodeEffect(Window)(text).pipe(
      Effect.mapBoth({ onFailure: (cause) => new Config.ConfigError(cause), onSuccess: Duration.toMillis })
    )
  )
)

/** How many of the oldest segments may go. Nothing goes that has not been released. */
export const expired = (segments: readonly Segment[], released: number, now: number, keepMs: number): number => {
  let records = 0
  let bytes = 0
  let keep = segments.length
  while (keep > 0) {
    const segment = segments[keep - 1]
    if (segment === undefined) break
    records += segment.records
    bytes += segment.bytes
    const wanted = now - segment.at < keepMs && records <= KEEP_RECORDS && bytes <= KEEP_BYTES
    if (!wanted) break
    keep -= 1
  }
  let gone = 0
  while (gone < keep && (segments[gone]?.last ?? Infinity) <= released) gone += 1
  return gone
}
