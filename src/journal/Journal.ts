/**
 * The journal: the port between knowing and telling. A record that was numbered and committed here
 * is durable; only then may a subscriber see it.
 *
 * One journal belongs to one process: opening it takes an exclusive lock, which is the ownership of
 * scraping, appending and draining.
 */
import { Context, Data } from "effect"
import type { Effect } from "effect"
import type { NumberedRecord, Position, Record } from "../domain/Record.ts"

/** The newest compact state of a listing, event or bookmaker, kept beside its records so that warm-up needs no database. */
export interface Image {
  /** A path: `68995116` is an event, `68995116/bet9ja-ng` its listing there. */
  readonly key: string
  readonly bytes: Uint8Array
}

export interface Entry {
  readonly record: Record
  /** Stored in the same commit; `bytes` of length 0 deletes the key and every key below it (`key/…`). */
  readonly image: Image | undefined
}

export interface Committed {
  /** Numbers of the first and last entry of the append. */
  readonly first: number
  readonly last: number
  /** False when they were numbered in degraded mode and are not on disk. */
  readonly durable: boolean
}

export interface Appended {
  readonly first: number
  readonly last: number
  /** Ends when the commit that holds these entries has returned. Commits end in seq order. */
  readonly committed: Effect.Effect<Committed>
}

export interface JournalStats {
  /** Records and bytes accepted and not yet committed. */
  readonly inFlight: number
  readonly inFlightBytes: number
  readonly records: number
  readonly bytes: number
  readonly floor: number
  readonly last: number
  readonly released: number
  readonly degraded: boolean
  readonly degradedSince: number | undefined
  readonly commits: number
}

/** Why a journal does not know what Postgres knows: nothing was there before it, or what was there was of no use. */
export type Unbased = "NEW" | "SET_ASIDE"

/** The journal cannot be opened or read; `message` is one sentence that says what to do. */
export class JournalFault extends Data.TaggedError("JournalFault")<{ readonly message: string }> {}

export class Journal extends Context.Service<
  Journal,
  {
    readonly epoch: number
    readonly world: string
    /** The file that was found unusable at this start, and why; what it held is in no other place. */
    readonly setAside: { readonly name: string; readonly why: string } | undefined
    /** Undefined once it has been told what Postgres knew, in this start or one before. */
    readonly unbased: Unbased | undefined
    /** What Postgres knew has been appended and committed. A disk that refuses this note leaves it to the next start. */
    readonly based: Effect.Effect<void>
    /**
     * Numbers the entries in call order and queues them as one unit; waits while 1,000 records or 8 MB are in flight.
     * Numbers only rise. After a kill they go on behind a reserved block, so a number is never taken for the one after another.
     */
    readonly append: (entries: readonly Entry[]) => Effect.Effect<Appended>
    /** Committed records after `seq` in order, at most `limit`; fails when `seq` is below the floor or was never stored here. */
    readonly read: (after: number, limit: number) => Effect.Effect<readonly NumberedRecord[], JournalFault>
    /** Every image, in key order, for warm-up; taken once, before the first append. */
    readonly images: Effect.Effect<readonly Image[], JournalFault>
    /** The seq below which nothing can be read any more; replay is possible for `after >= floor`. */
    readonly floor: Effect.Effect<number>
    /** The last committed number. */
    readonly last: Effect.Effect<number>
    /**
     * Postgres has everything up to here; those records stay until the resume floor (120 s, 100,000 records, 64 MB) passes
     * them. The first call tells where Postgres stood at this start.
     */
    readonly release: (upTo: number) => Effect.Effect<void>
    /**
     * True once Postgres has turned out to have numbers that this file has lost (a damaged tail, a backup that was
     * restored): what is known is older than what is stored and has to be told again, whole.
     */
    readonly isBehind: Effect.Effect<boolean>
    /** The newest GAP this process has written, with its number: subscribers have to hear of it like of any other record. */
    readonly lastGap: Effect.Effect<NumberedRecord | undefined>
    /** Ends at the next commit after it was asked for: what the drainer waits on. */
    readonly grown: Effect.Effect<Position>
    readonly stats: Effect.Effect<JournalStats>
  }
>()("oddswire/journal/Journal") {}
