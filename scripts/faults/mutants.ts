/**
 * R40, tests can fail: the safety code is broken by hand and by lot, and a test has to notice each time.
 *
 * By hand: what each breakage breaks is known, and so is the test that has to fail, which passes on the sound tree.
 * By lot: a hundred places spread over journal, odds and storage, each under all tests of its room, those first that
 * need no database; who survives is named. The same tests pass on the sound tree, so a failure is the mutant's.
 */
import { readFileSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { exactly, none } from "./FaultRun.ts"
import type { FaultRun } from "./FaultRun.ts"
import { candidates, draw } from "./mutants/drawn.ts"
import type { DrawnMutant } from "./mutants/drawn.ts"
import { EXPLAINED } from "./mutants/explained.ts"
import { HAND_LISTED } from "./mutants/handListed.ts"
import type { HandListed } from "./mutants/handListed.ts"
import { applied } from "./mutants/Mutant.ts"
import type { Verdict } from "./mutants/Mutant.ts"
import { openWorkshop } from "./mutants/Workshop.ts"
import type { Workshop } from "./mutants/Workshop.ts"

const ROOT = join(import.meta.dirname, "../..")
const DRAWN = { journal: 33, odds: 34, storage: 33 } as const
/** Two cores; each run is mostly one. */
const LANES = 2

export const mutants: FaultRun = {
  name: "mutants",
  promise: "Each breakage of safety code is caught by the test that guards its promise, and most drawn by lot are",
  run: async (size, seed) => {
    const unfitting = HAND_LISTED.flatMap(misfit)
    const fitting = HAND_LISTED.filter((mutant) => misfit(mutant).length === 0)
    // The short form runs a few that need no database, others with each seed.
    const listed = size === "long" ? fitting : fitting.filter(isQuick).slice(seed % 4, (seed % 4) + 2)
    const drawn =
      size === "long"
        ? Object.entries(DRAWN).flatMap(([room, count]) => draw(candidates(ROOT, `src/${room}`), count, seed))
        : []
    const lanes = Array.from({ length: LANES }, openWorkshop)
    try {
      const byHand = await inLanes(lanes, listed, judge)
      const unfit = drawn.length === 0 ? [] : await unfitRooms(lanes)
      const byLot = await inLanes(lanes, drawn, async (lane, mutant) => ({
        mutant,
        verdict: await underRoom(lane, mutant)
      }))
      const survivedByHand = byHand.filter(({ verdict }) => !isCaught(verdict))
      const survivors = byLot.filter(({ verdict }) => !isCaught(verdict))
      const unexplained = survivors.filter(({ mutant }) => EXPLAINED[mutant.fingerprint] === undefined)
      return {
        checks: [
          {
            ...none("breakages that do not fit exactly once or name no test", unfitting.length),
            seen: unfitting.join("; ") || "0"
          },
          none(
            "guarding tests that fail on the sound tree or do not exist",
            byHand.filter(({ sound }) => !sound).length
          ),
          none("rooms whose tests fail on the sound tree", unfit.length),
          exactly("hand-listed breakages caught by their test", byHand.length - survivedByHand.length, byHand.length),
          none("drawn mutants that survive without a reason", unexplained.length)
        ],
        least: [
          { what: "breakages listed by hand", seen: fitting.length, atLeast: 30 },
          { what: "of these run", seen: byHand.length, atLeast: size === "long" ? 30 : 2 },
          { what: "mutants drawn", seen: byLot.length, atLeast: size === "long" ? 100 : 0 }
        ],
        controls: [{ what: "a breakage that breaks nothing", caught: await harmlessSurvives(lanes) }],
        counts: {
          "caught by hand": byHand.length - survivedByHand.length,
          "caught by lot": byLot.length - survivors.length,
          "of these hung": [...byHand, ...byLot].filter(({ verdict }) => verdict.fate === "hung").length,
          "survivors explained": survivors.length - unexplained.length
        },
        notes: [
          ...unfitting,
          ...byHand.filter(({ sound }) => !sound).map(({ mutant }) => `The guard does not stand: ${guardOf(mutant)}`),
          ...survivedByHand.map(
            ({ mutant, verdict }) => `SURVIVED: ${mutant.breaks}; ${guardOf(mutant)} (${verdict.fate})`
          ),
          ...survivors.map(
            ({ mutant }) => `Survived: ${mutant.fingerprint}. ${EXPLAINED[mutant.fingerprint] ?? "NO REASON"}`
          ),
          "Drawn by a tool of our own: the known one makes every mutant there is and cannot draw by lot."
        ]
      }
    } finally {
      for (const lane of lanes) lane.close()
    }
  }
}

const isCaught = ({ fate }: Verdict): boolean => fate === "killed" || fate === "hung"

const misfit = (mutant: HandListed): readonly string[] => {
  if (mutant.test.name === "") return [`Names no test: ${mutant.breaks}`]
  try {
    applied(readFileSync(join(ROOT, mutant.file), "utf8"), mutant)
    return []
  } catch (error) {
    return [`Does not fit: ${mutant.breaks}: ${error instanceof Error ? error.message : String(error)}`]
  }
}

const isQuick = ({ test }: HandListed): boolean => /^test\/(odds|actor|scraping\/politeness)\//.test(test.file)

const guardOf = ({ test }: HandListed): string => `${test.file} "${test.name}"`

/** On the sound tree the guard passes; on the broken one it is the guard that fails. */
const judge = async (lane: Workshop, mutant: HandListed) => {
  const tests = { files: [mutant.test.file], name: mutant.test.name }
  const sound = (await lane.sound(tests)).fate === "survived"
  return { mutant, sound, verdict: await lane.broken(mutant, tests) }
}

/** Rooms of the draw whose tests do not pass as they are: nothing they catch would count. */
const unfitRooms = async ([lane]: readonly Workshop[]): Promise<readonly string[]> => {
  const unfit: string[] = []
  for (const room of Object.keys(DRAWN)) {
    for (const files of testsOf(room)) {
      const verdict = await lane?.sound({ files, name: undefined })
      if (verdict?.fate !== "survived") unfit.push(room)
    }
  }
  return unfit
}

/** First the tests nearest to the place, then what needs nothing started, then what starts Postgres in the same order. */
const underRoom = async (lane: Workshop, mutant: DrawnMutant): Promise<Verdict> => {
  const [quick = [], slow = []] = testsOf(mutant.file.split("/")[1] ?? "")
  const isNear = (file: string): boolean =>
    file === ownTestOf(mutant.file) || nearestTo(mutant.file).some((name) => file.endsWith(`/${name}.test.ts`))
  const isFar = (file: string): boolean => !isNear(file)
  // What is explained cannot be seen by anything: the quick tests must agree, and the rest would take minutes each.
  const rest = EXPLAINED[mutant.fingerprint] === undefined ? slow.filter(isFar) : []
  const parts = [quick.filter(isNear), quick.filter(isFar), slow.filter(isNear), rest]
  let verdict: Verdict = { fate: "unrunnable", ran: 0, failed: ["its room has no tests"], seconds: 0 }
  for (const files of parts.filter(({ length }) => length > 0)) {
    verdict = await lane.broken(mutant, { files, name: undefined })
    if (verdict.fate !== "survived") break
  }
  return verdict
}

const ownTestOf = (file: string): string => file.replace(/^src/, "test").replace(/\.ts$/, ".test.ts")

/** Which tests, beside the file's own, are most likely to see this place. */
const nearestTo = (file: string): readonly string[] => NEAREST.find(([places]) => places.test(file))?.[1] ?? []

const NEAREST: readonly (readonly [places: RegExp, tests: readonly string[]])[] = [
  [/RetiredMarkets/, ["RecordCodec"]],
  [/\/journal\/file\//, ["JournalFile", "Opening"]],
  [/\/odds\/(Image|Warmup|PublishedBoard)/, ["OddsBooks"]],
  [/\/odds\/Change/, ["Observe"]],
  [/\/server\//, ["EmbeddedPostgres"]],
  [/\/connection\/|\/Database\.ts/, ["Database", "Statement", "Transaction"]],
  [/DrainMark|StoreBatch/, ["Writer"]],
  [/Partitions|Passed|Space/, ["Partitions", "Retention"]],
  [/Runs|Settings/, ["RunsAndSettings"]],
  [/\/reading\/|History\.ts|HistoryReads|StoreFacts/, ["StoredEvents"]],
  [/Restore|\/Writer\.ts|StoredBase/, ["Lost"]],
  [/HistoryWay|CopyBinary/, ["HistoryWay"]],
  [/\/writing\//, ["Told", "Newest"]]
]

/** The tests of a room: those that need nothing started, then those that start Postgres, where there are any. */
const testsOf = (room: string): readonly (readonly string[])[] => {
  const files = readdirSync(join(ROOT, "test", room), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => `test/${room}/${name}`)
  const { quick = [], slow = [] } = Object.groupBy(files, (file) =>
    /support\/postgres|embeddedPostgres/.test(readFileSync(join(ROOT, file), "utf8")) ? "slow" : "quick"
  )
  return [quick, slow].filter((some) => some.length > 0)
}

const harmlessSurvives = async ([lane]: readonly Workshop[]): Promise<boolean> => {
  const harmless = { file: "src/actor/Supervisor.ts", from: "const WINDOW_MS = 60_000", to: "const WINDOW_MS = 60000" }
  const verdict = await lane?.broken(harmless, { files: ["test/actor/Supervisor.test.ts"], name: "and then gives up" })
  return verdict?.fate === "survived"
}

/** Each lane takes the next as it is free; answers in the order asked. */
const inLanes = async <M extends HandListed | DrawnMutant, A>(
  lanes: readonly Workshop[],
  all: readonly M[],
  run: (lane: Workshop, mutant: M) => Promise<A>
): Promise<readonly A[]> => {
  const answers = new Map<number, A>()
  let next = 0
  const take = async (lane: Workshop): Promise<void> => {
    for (let i = next++; i < all.length; i = next++) {
      const mutant = all[i]
      if (mutant !== undefined) answers.set(i, await run(lane, mutant))
    }
  }
  await Promise.all(lanes.map(take))
  return all.flatMap((_, i) => answers.get(i) ?? [])
}
