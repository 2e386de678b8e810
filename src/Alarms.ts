/**
 * What is wrong now, from what the rooms say of themselves: pure, so that a table can say which state gives what.
 *
 * An alarm has a kind, a subject and a cause; without a cause it is none. The limits are those of what can still be
 * mended in time: a journal at half of its bound leaves hours.
 */
import type { ActorStatus } from "./actor/Supervisor.ts"
import type { JournalStats } from "./journal/Journal.ts"
import type { Opened } from "./observability/Incidents.ts"
import type { BookmakerWork } from "./scraping/Work.ts"
import type { StorageStats } from "./storage/History.ts"
import type { Disk } from "./storage/tables/Space.ts"

export interface Alarm extends Omit<Opened, "cause"> {
  /** The check on the health page under which it shows. */
  readonly check: Check
  /** Undefined: all is well. */
  readonly cause: string | undefined
}

export const CHECKS = ["given up", "postgres", "bookmakers", "journal", "backlog", "parked", "space", "clock"] as const
export type Check = (typeof CHECKS)[number]

export interface Seen {
  readonly now: number
  readonly journal: JournalStats
  /** Since when the oldest record waits for Postgres; undefined = none does. */
  readonly waitingSince: number | undefined
  readonly storage: StorageStats
  readonly work: readonly BookmakerWork[]
  readonly actors: readonly ActorStatus[]
  /** On which the journal lies. */
  readonly disk: Disk | undefined
  /** How far the clock jumped, and when, the last time. */
  readonly step: { readonly at: number; readonly ms: number } | undefined
}

/** A start or a restart of Postgres takes less than this and is no incident. */
const AWAY_FOR_MS = 5_000
/** More than a full batch takes on a busy machine. */
const HELD_FOR_MS = 5_000
const WAITS_FOR_MS = 60_000
const MOST_JOURNAL_BYTES = 4 * 1024 ** 3
const MOST_JOURNAL_RECORDS = 10_000_000
const JOURNAL_LEVELS = [50, 80, 95] as const
const LEAST_FREE = 0.05
const LEAST_DAYS = 7
/** Shown for as long as somebody may wonder about times. */
const STEP_SHOWN_MS = 600_000

export const alarmsOf = (seen: Seen): readonly Alarm[] => [
  ...seen.actors.map(failed),
  ...seen.work.flatMap(breakersOf),
  ...ofStorage(seen),
  ...ofSpace(seen),
  ofClock(seen)
]

const failed = ({ name, state, lastError }: ActorStatus): Alarm => ({
  check: "given up",
  kind: "failed",
  subject: name,
  cause: state === "FAILED" ? `${name} gave up: ${lastError ?? "no reason was given"}` : undefined,
  touched: [name]
})

const breakersOf = ({ bookmakerId, breakers }: BookmakerWork): readonly Alarm[] =>
  breakers.map(({ endpoint, state, until }) => ({
    check: "bookmakers",
    kind: "breaker",
    subject: `${bookmakerId}/${endpoint}`,
    cause:
      state === "CLOSED"
        ? undefined
        : `No request is sent${until === undefined ? "" : ` before ${new Date(until).toISOString()}`}; then one probe.`,
    touched: [bookmakerId]
  }))

const ofStorage = ({ journal, now, storage, storage: { held }, waitingSince }: Seen): readonly Alarm[] => [
  {
    // No reason to turn traffic away: odds are served as before, and say of themselves that they are not durable.
    check: "journal",
    kind: "degraded",
    subject: "journal",
    cause: journal.degraded ? "The journal's disk is unusable: changes are shown as not durable." : undefined,
    touched: ["journal", "history"]
  },
  {
    check: "postgres",
    kind: "away",
    subject: "postgres",
    cause:
      storage.reachable || now - storage.since < AWAY_FOR_MS
        ? undefined
        : `Postgres cannot be reached: ${storage.lastError ?? "no answer yet"}`,
    touched: ["history"]
  },
  {
    check: "backlog",
    kind: "held",
    subject: "writer",
    cause:
      held === undefined || now - held.since < HELD_FOR_MS
        ? undefined
        : `Nothing gets into history since ${new Date(held.since).toISOString()}: ${held.why ?? "Postgres is asked and does not answer."}`,
    touched: ["history"]
  },
  {
    check: "parked",
    kind: "parked",
    subject: "history",
    cause:
      storage.deadLetters === 0
        ? undefined
        : `${storage.deadLetters} rows that Postgres refuses are parked: see deadLetters, mend the cause, then replayDeadLetters.`,
    touched: ["history"]
  },
  {
    check: "backlog",
    kind: "backlog",
    subject: "journal",
    cause:
      waitingSince === undefined || now - waitingSince < WAITS_FOR_MS
        ? undefined
        : `${journal.last - journal.released} records wait for Postgres, the oldest since ${new Date(waitingSince).toISOString()}.`,
    touched: ["history"]
  }
]

const ofSpace = ({ disk, journal, storage }: Seen): readonly Alarm[] => {
  const filled = Math.max(journal.bytes / MOST_JOURNAL_BYTES, journal.records / MOST_JOURNAL_RECORDS) * 100
  const { daysUntilFull, space } = storage
  return [
    // One for each level, so that a journal that fills up further is news again.
    ...JOURNAL_LEVELS.map((level): Alarm => ({
      check: "space",
      kind: "space",
      subject: `journal ${level} %`,
      cause:
        filled < level
          ? undefined
          : `The journal is at ${Math.floor(filled)} % of 4 GB or 10 million records: bring Postgres back before it is full.`,
      touched: ["journal"]
    })),
    {
      check: "space",
      kind: "space",
      subject: "disk",
      cause:
        disk === undefined || disk.free >= LEAST_FREE * disk.size
          ? undefined
          : `The disk of DATA_DIR has ${Math.floor(disk.free / 1024 ** 2)} MB left: free some, or changes will not be durable.`,
      touched: ["journal", "history"]
    },
    {
      check: "space",
      kind: "space",
      subject: "history",
      cause:
        daysUntilFull === undefined || daysUntilFull >= LEAST_DAYS
          ? undefined
          : `History fills its disk in ${daysUntilFull} days: shorten retention, or give it a larger one.`,
      touched: ["history"]
    },
    {
      check: "space",
      kind: "partition",
      subject: "history",
      cause:
        space.strayDays === 0
          ? undefined
          : "History lies in a default partition: the clock was wrong, or a day's partition was not made in time.",
      touched: ["history"]
    }
  ]
}

const ofClock = ({ now, step }: Seen): Alarm => ({
  check: "clock",
  kind: "clock",
  subject: "clock",
  cause:
    step === undefined || now - step.at >= STEP_SHOWN_MS || now < step.at
      ? undefined
      : `The clock jumped by ${Math.round(step.ms / 1000)} s at ${new Date(step.at).toISOString()}: times around then are off.`,
  touched: ["freshness"]
})
