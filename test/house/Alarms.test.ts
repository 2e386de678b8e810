/** Which state gives which alarm: one row each, and none of them anything else. */
import { assert, describe, it } from "vitest"
import { alarmsOf } from "../../src/Alarms.ts"
import type { Seen } from "../../src/Alarms.ts"
import { BookmakerId } from "../../src/domain/Bookmaker.ts"

const NOW = Date.UTC(2026, 10, 20, 12)
const GB = 1024 ** 3
const CLOSED = {
  endpoint: "list",
  state: "CLOSED",
  since: undefined,
  until: undefined,
  reason: undefined,
  openings: 0
} as const

const WELL = {
  now: NOW,
  waitingSince: undefined,
  step: undefined,
  actors: [],
  disk: { free: 50 * GB, size: 100 * GB },
  work: [
    {
      bookmakerId: BookmakerId("bet9ja-ng"),
      active: 0,
      limit: 15,
      slowed: false,
      pausedUntil: undefined,
      retriesLeft: 1,
      breakers: [CLOSED],
      drift: [],
      lastSuccessAt: NOW
    }
  ],
  journal: {
    inFlight: 0,
    inFlightBytes: 0,
    records: 0,
    bytes: 0,
    floor: 0,
    last: 100,
    released: 90,
    degraded: false,
    degradedSince: undefined,
    commits: 1
  },
  storage: {
    reachable: true,
    since: NOW - 60_000,
    lastError: undefined,
    drained: { epoch: 1, seq: 90 },
    rowsWritten: 0,
    held: undefined,
    deadLetters: 0,
    partitions: 7,
    bytes: 0,
    space: { tables: [], growthPerDay: undefined, historyBytes: 0, strayDays: 0 },
    daysUntilFull: undefined,
    disk: undefined
  }
} satisfies Seen

const TABLE: readonly (readonly [what: string, seen: Seen, alarms: readonly string[]])[] = [
  ["all is well", WELL, []],
  ["the journal is degraded", { ...WELL, journal: { ...WELL.journal, degraded: true } }, ["journal degraded journal"]],
  ["Postgres is away for 4 s", { ...WELL, storage: { ...WELL.storage, reachable: false, since: NOW - 4_000 } }, []],
  [
    "Postgres is away for 5 s",
    { ...WELL, storage: { ...WELL.storage, reachable: false, since: NOW - 5_000 } },
    ["postgres away postgres"]
  ],
  ["the writer was refused for 4 s", { ...WELL, storage: { ...WELL.storage, held: refusedFor(4_000) } }, []],
  [
    "the writer was refused for 5 s by a Postgres that answers others",
    { ...WELL, storage: { ...WELL.storage, held: refusedFor(5_000) } },
    ["backlog held writer"]
  ],
  [
    "a write has no answer for 5 s",
    { ...WELL, storage: { ...WELL.storage, held: { since: NOW - 5_000, why: undefined } } },
    ["backlog held writer"]
  ],
  ["a row is parked", { ...WELL, storage: { ...WELL.storage, deadLetters: 1 } }, ["parked parked history"]],
  ["the backlog is 59 s old", { ...WELL, waitingSince: NOW - 59_000 }, []],
  ["the backlog is 60 s old", { ...WELL, waitingSince: NOW - 60_000 }, ["backlog backlog journal"]],
  ["the journal is at 49 %", { ...WELL, journal: { ...WELL.journal, bytes: 1.96 * GB } }, []],
  ["the journal is at 50 %", { ...WELL, journal: { ...WELL.journal, bytes: 2 * GB } }, ["space space journal 50 %"]],
  [
    "the journal holds 8 million records",
    { ...WELL, journal: { ...WELL.journal, records: 8_000_000 } },
    ["space space journal 50 %", "space space journal 80 %"]
  ],
  [
    "the journal is at 95 %",
    { ...WELL, journal: { ...WELL.journal, bytes: 3.8 * GB } },
    ["space space journal 50 %", "space space journal 80 %", "space space journal 95 %"]
  ],
  ["the disk has a twentieth left", { ...WELL, disk: { free: 5 * GB, size: 100 * GB } }, []],
  ["the disk has less than that left", { ...WELL, disk: { free: 4.9 * GB, size: 100 * GB } }, ["space space disk"]],
  ["nobody can tell about the disk", { ...WELL, disk: undefined }, []],
  ["history fills its disk in 7 days", { ...WELL, storage: { ...WELL.storage, daysUntilFull: 7 } }, []],
  [
    "history fills its disk in 6 days",
    { ...WELL, storage: { ...WELL.storage, daysUntilFull: 6 } },
    ["space space history"]
  ],
  [
    "a default partition is used",
    { ...WELL, storage: { ...WELL.storage, space: { ...WELL.storage.space, strayDays: 1 } } },
    ["space partition history"]
  ],
  ["the clock jumped", { ...WELL, step: { at: NOW - 1_000, ms: -3_600_000 } }, ["clock clock clock"]],
  ["the clock jumped ten minutes ago", { ...WELL, step: { at: NOW - 600_000, ms: 60_000 } }, []],
  ...(["OPEN", "HALF_OPEN"] as const).map(
    (state) =>
      [
        `a breaker is ${state}`,
        {
          ...WELL,
          work: WELL.work.map((work) => ({ ...work, breakers: [{ ...CLOSED, state, until: NOW + 15_000 }] }))
        },
        ["bookmakers breaker bet9ja-ng/list"]
      ] as const
  ),
  ...(["RUNNING", "RESTARTING", "STOPPED", "FAILED"] as const).map(
    (state) =>
      [
        `an actor is ${state}`,
        {
          ...WELL,
          actors: [{ name: "writer", state, since: NOW, restarts: 5, lastError: "paper jam", depth: () => 0 }]
        },
        state === "FAILED" ? ["given up failed writer"] : []
      ] as const
  )
]

function refusedFor(ms: number) {
  return { since: NOW - ms, why: "Postgres: strange (ZX123)" }
}

describe("an alarm", () => {
  it.each(TABLE)("when %s", (_, seen, alarms) => {
    assert.deepStrictEqual(
      alarmsOf(seen).flatMap(({ cause, check, kind, subject }) =>
        cause === undefined ? [] : [`${check} ${kind} ${subject}`]
      ),
      alarms
    )
  })

  it("names what waits, how much and since when", () => {
    const [backlog] = alarmsOf({ ...WELL, waitingSince: NOW - 90_000 }).flatMap(({ cause }) => cause ?? [])
    assert.strictEqual(backlog, "10 records wait for Postgres, the oldest since 2026-11-20T11:58:30.000Z.")
  })
})
