/**
 * R19: every actor is killed at random, thousands of times on a virtual clock and then in real houses.
 *
 * Restarts, giving up and what giving up does to others are held against DESIGN §9, and what readers see afterwards
 * against the fold of what was kept.
 */
import { setTimeout as pause } from "node:timers/promises"
import { EXIT_JOURNAL_FAILED, EXIT_ODDS_FAILED } from "../../src/actor/Fatal.ts"
import { atMost, exactly, none } from "./FaultRun.ts"
import type { FaultRun, Size } from "./FaultRun.ts"
import { exitCodeOf, startMortalHouse } from "./supervision/real.ts"
import type { MortalHouse } from "./supervision/real.ts"
import { storm } from "./supervision/storm.ts"

const SIZES = {
  short: { virtual: 600, real: 9, events: 20, mostMs: 0 },
  long: { virtual: 10_000, real: 200, events: 60, mostMs: 1_700 }
} as const

export const supervision: FaultRun = {
  name: "supervision",
  promise:
    "An actor that dies is restarted alone, gives up at the sixth death in a minute, and takes along only what must end with it",
  run: async (size, seed) => {
    const virtual = await storm(SIZES[size].virtual, seed)
    const control = await storm(30, seed, "broadcaster")
    const [real, journal] = await Promise.all([realKills(size, seed), journalsEnd(seed)])
    return {
      checks: [
        none("other actors restarted, virtual clock", virtual.othersRestarted),
        none("actors that gave up too early or too late", virtual.wrongEscalations),
        {
          ...none("what giving up did wrong, or books that differ from their history", virtual.faults.length),
          ...said(virtual.faults)
        },
        none("lives begun and not closed", virtual.leakedLives),
        none("other actors restarted, real houses", real.othersRestarted),
        {
          ...none("differences between board, database and history after the kills", real.disagreements.length),
          ...said(real.disagreements)
        },
        atMost("timers more than before the kills", real.moreTimers, 5),
        atMost("open files more than before the kills", real.moreFiles, 10),
        {
          what: "bookmakers after one's scraper gave up",
          seen: real.bookmakers,
          must: AFTER_SCRAPER_FAILED,
          holds: real.bookmakers === AFTER_SCRAPER_FAILED
        },
        exactly("exit code after odds gave up", real.exitCode ?? -1, EXIT_ODDS_FAILED),
        exactly("exit code after the journal gave up", journal ?? -1, EXIT_JOURNAL_FAILED)
      ],
      least: [
        { what: "kills on the virtual clock", seen: virtual.kills, atLeast: SIZES[size].virtual },
        { what: "actors killed there", seen: virtual.killed.size, atLeast: 7 },
        { what: "markets compared with the fold there", seen: virtual.comparedMarkets, atLeast: 30 },
        { what: "actors that gave up there", seen: total(virtual.gaveUp), atLeast: 2 },
        { what: "kills in real houses", seen: real.kills, atLeast: SIZES[size].real },
        { what: "actors killed there", seen: real.names, atLeast: 9 }
      ],
      controls: [{ what: "a supervisor that restarts a second actor with each", caught: control.othersRestarted > 0 }],
      counts: {
        "virtual kills": virtual.kills,
        "virtual houses": virtual.houses,
        "gave up": [...virtual.gaveUp].map(([name, times]) => `${name} ${times}`).join(", "),
        "real kills": real.kills,
        "records told on the virtual clock": virtual.records
      },
      notes: [
        "The journal and its drainer are killed in real houses only: their waits are on a disk and a database.",
        "In real houses an actor is killed by a line that is rewritten as the supervisor is loaded; the source has no switch."
      ]
    }
  }
}

const AFTER_SCRAPER_FAILED = "bet9ja-ng STALE ACTOR_FAILED, betpawa-ng CONFIRMED, sportybet-ng CONFIRMED"
const FAILS = "scraper:bet9ja-ng"

const realKills = async (size: Size, seed: number) => {
  const { events, mostMs, real } = SIZES[size]
  const mortal = await startMortalHouse(seed, events)
  try {
    const names = [...(await mortal.actors()).keys()]
    const before = await mortal.usage()
    let othersRestarted = 0
    for (let i = 0; i < real; i++) {
      // In turn, and slowly enough that none of them dies six times in a minute.
      othersRestarted += await mortal.kill(names[i % names.length] ?? "")
      await pause(mostMs)
    }
    const disagreements = await mortal.disagreements()
    const after = await mortal.usage()
    await mortal.finish(FAILS)
    const bookmakers = await settledBookmakers(mortal)
    await mortal.finish("odds")
    return {
      kills: real,
      names: names.length,
      othersRestarted,
      disagreements,
      moreTimers: after.timers - before.timers,
      moreFiles: after.files - before.files,
      bookmakers,
      exitCode: await exitCodeOf(mortal)
    }
  } finally {
    await mortal.remove()
  }
}

/** Its standing is told within a second. */
const settledBookmakers = async ({ bookmakers }: MortalHouse): Promise<string> => {
  for (let i = 0; ; i++) {
    const text = [...(await bookmakers())]
      .map(([id, state]) => `${id} ${state}`)
      .sort()
      .join(", ")
    if (text === AFTER_SCRAPER_FAILED || i === 30) return text
    await pause(100)
  }
}

const journalsEnd = async (seed: number): Promise<number | null> => {
  const mortal = await startMortalHouse(seed, 5)
  try {
    await mortal.finish("journal")
    return await exitCodeOf(mortal)
  } finally {
    await mortal.remove()
  }
}

const total = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((sum, count) => sum + count, 0)

const said = (faults: readonly string[]): { readonly seen: string } => ({
  seen: faults.length === 0 ? "0" : `${faults.length}: ${faults.slice(0, 3).join("; ")}`
})
