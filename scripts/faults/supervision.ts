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
import { drawFrom } from "./house/Draw.ts"
import { exitCodeOf, startMortalHouse } from "./supervision/real.ts"
import type { MortalHouse, Usage } from "./supervision/real.ts"
import { storm } from "./supervision/storm.ts"
import { drawVictims } from "./supervision/Victims.ts"

const SIZES = {
  short: { virtual: 600, real: 9, events: 20, mostMs: 200 },
  long: { virtual: 10_000, real: 200, events: 60, mostMs: 3_400 }
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
        atMost("timers more than before the kills, both at rest", real.more.timers, MOST_MORE),
        atMost("open files more than before the kills, both at rest", real.more.files, MOST_MORE),
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
        { what: "actors killed there", seen: real.killed, atLeast: 9 }
      ],
      controls: [
        { what: "a supervisor that restarts a second actor with each", caught: control.othersRestarted > 0 },
        { what: "lives that leave a timer each", caught: real.leaked.timers > MOST_MORE },
        { what: "lives that leave an open file each", caught: real.leaked.files > MOST_MORE }
      ],
      counts: {
        "virtual kills": virtual.kills,
        "virtual houses": virtual.houses,
        "gave up": [...virtual.gaveUp].map(([name, times]) => `${name} ${times}`).join(", "),
        "real kills": real.kills,
        "records told on the virtual clock": virtual.records
      },
      notes: [
        "The journal and its drainer are killed in real houses only: their waits are on a disk and a database.",
        "Who dies in a real house and after which pause is drawn from the seed; timers and files are counted while nothing is fetched.",
        "In real houses an actor is killed by a line that is rewritten as the supervisor is loaded; the source has no switch."
      ]
    }
  }
}

const AFTER_SCRAPER_FAILED = "bet9ja-ng STALE ACTOR_FAILED, betpawa-ng CONFIRMED, sportybet-ng CONFIRMED"
const FAILS = "scraper:bet9ja-ng"

/** Fewer than the lives of the shortest run: one left by each is more. */
const MOST_MORE = 5

const realKills = async (size: Size, seed: number) => {
  const { events, mostMs, real } = SIZES[size]
  const mortal = await startMortalHouse(seed, events)
  try {
    const names = [...(await mortal.actors()).keys()]
    const before = await mortal.atRest(mortal.usage)
    const random = drawFrom(seed)
    const victims = drawVictims(names, random)
    let othersRestarted = 0
    for (let left = real; left > 0; left--) {
      await pause(random.between(0, mostMs))
      othersRestarted += await mortal.kill(await victims.next(left))
    }
    const { after, disagreements } = await mortal.atRest(async () => ({
      disagreements: await mortal.disagreements(),
      after: await mortal.usage()
    }))
    await mortal.leak()
    await Promise.all(names.map(mortal.kill))
    const leaking = await mortal.atRest(mortal.usage)
    await mortal.finish(FAILS)
    const bookmakers = await settledBookmakers(mortal)
    await mortal.finish("odds")
    return {
      kills: real,
      killed: victims.count(),
      othersRestarted,
      disagreements,
      more: difference(before, after),
      leaked: difference(after, leaking),
      bookmakers,
      exitCode: await exitCodeOf(mortal)
    }
  } finally {
    await mortal.remove()
  }
}

const difference = (before: Usage, after: Usage): Usage => ({
  timers: after.timers - before.timers,
  files: after.files - before.files
})

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
