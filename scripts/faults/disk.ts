/**
 * R7 and R8: the disk of the journal is slow, out of inodes, full, freed, and fails, while prices move: the whole house
 * lives on.
 *
 * Its journal lies on a small disk in memory, so that only the journal is hit. What subscribers were told, what the
 * journal has and what Postgres has are compared number by number, and the prices with what the simulator served.
 */
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { ODDS_FIELDS, listen, post } from "../../test/support/client.ts"
import type { Address, OddsMessage } from "../../test/support/client.ts"
import { certainWithin } from "../../test/support/accounts.ts"
import { follow } from "../../test/support/follower.ts"
import { startHouse } from "../../test/support/house.ts"
import type { Account } from "../../test/support/oracle.ts"
import { readStored } from "../../test/support/stored.ts"
import type { StoredRow } from "../../test/support/stored.ts"
import { both, gapFaults, readGaps } from "./disk/Gaps.ts"
import type { Covered, Kept } from "./disk/Gaps.ts"
import { hooksIn } from "./disk/Hooks.ts"
import { allowing, toldTwice } from "./disk/Recovered.ts"
import { refused } from "./disk/Refused.ts"
import { COMMIT_TAKES_MS, slowed } from "./disk/Slow.ts"
import { canMount, mountSmallDisk } from "./disk/SmallDisk.ts"
import { atMost, none } from "./FaultRun.ts"
import type { Check, FaultRun, Outcome, Size } from "./FaultRun.ts"
import { watchLife } from "./house/Health.ts"
import { checksOf, judgeHouse, leastCertain, tamperings } from "./house/Judge.ts"
import { fetched, hurry, startLoad, walk } from "./house/Load.ts"
import { watchLoop } from "./house/Loop.ts"
import { servedIn } from "./house/Served.ts"
import { withScene } from "./house/Scene.ts"
import type { Scene } from "./house/Scene.ts"
import { untilSo } from "./house/Waiting.ts"

export const disk: FaultRun = {
  name: "disk",
  promise:
    "A full or failing disk of the journal stops nothing and hides nothing: what was not kept is told as such, to the number",
  run: async (size, seed) => {
    const { events } = SIZES[size]
    return withScene({ seed, events, markets: 12 }, (scene) => filled(scene, size))
  }
}

const SIZES = {
  short: {
    events: 40,
    fullMs: 4_000,
    failingMs: 3_000,
    slowMs: 9_000,
    starvedMs: 3_000,
    undurable: 20,
    certain: 100,
    pace: hurry,
    // Beside other tests, and in a hurry, this says only that the loop does not wait for the disk.
    loopMs: COMMIT_TAKES_MS / 2
  },
  long: {
    events: 200,
    fullMs: 300_000,
    failingMs: 60_000,
    slowMs: 60_000,
    starvedMs: 30_000,
    undurable: 1_000,
    certain: 500,
    pace: walk,
    loopMs: 50
  }
} as const
const DISK_MEGABYTES = 64
const LEAST_STARVED = 2

const filled = async (scene: Scene, size: Size): Promise<Outcome> => {
  const { api, folder, options, simulator, url } = scene
  const { certain, failingMs, fullMs, loopMs, pace, slowMs, starvedMs, undurable } = SIZES[size]
  const journal = join(options.dataDir, "journal")
  mkdirSync(options.dataDir, { recursive: true })
  const hooks = hooksIn(folder)
  const mounts = canMount()
  const small = mounts ? mountSmallDisk(journal, DISK_MEGABYTES) : hooks.refusing
  const altered = { ...options, environment: { ...options.environment, ...hooks.environment } }
  try {
    const house = await startHouse(altered)
    scene.ends(house)
    await pace(api)
    const followers = [follow(api), follow(api, { bookmakers: ["bet9ja-ng"] })]
    const messages: Covered[] = []
    const reasons: string[] = []
    const witness = listen<{ oddsUpdated: OddsMessage }>(api, QUERY, {}, ({ oddsUpdated }) => {
      note(messages, oddsUpdated)
      if (oddsUpdated.kind === "SNAPSHOT" && oddsUpdated.page === 0) reasons.push(oddsUpdated.reason ?? "")
    })
    // Closed with the house.
    witness.completed.catch(() => undefined)
    const load = startLoad(api, simulator, 0.5)
    const life = watchLife(url)
    await untilSo("there are changes", () => messages.length >= 50)
    await untilSo("a run has ended", () => load.ended.length > 0)
    const loop = watchLoop(url)
    const slow = await slowed(url, hooks, messages, slowMs)

    const starvedFrom = messages.length
    small.mounted?.starve()
    await pause(starvedMs)
    await untilSo("there are changes without inodes", () => messages.length >= starvedFrom + LEAST_STARVED)
    small.mounted?.feed()
    const starved = messages.slice(starvedFrom)

    const fullFrom = Date.now()
    let before: Kept = { missing: [], told: [] }
    const free = (): void => {
      // Gaps that small commits have closed are read now: once the disk is free the journal may forget them.
      before = readGaps(journal, join(folder, "journal-copy"))
      small.free()
    }
    const afterFull = await lost(api, small.fill, free, fullMs)
    await pause(REBASED_WITHIN_MS)
    const fails = (): void => hooks.failing(true)
    const afterFailing = await lost(api, fails, () => hooks.failing(false), failingMs)
    const late = await loop.stop()
    await load.stop()
    await pause(REBASED_WITHIN_MS)
    await fetched(api)
    const fullTo = Date.now()
    const kept = both(before, readGaps(journal, join(folder, "journal-copy")))

    // A full disk may take one small commit more: then there are more gaps than outages.
    const gap = kept.told.at(-1) ?? { from: 0, to: -1 }
    const outage = { from: fullFrom, to: fullTo, gaps: kept.told }
    const read = <A>(reads: Parameters<typeof readStored<A>>[1]) => readStored(options.dataDir, reads)
    let served: readonly Account[] = []
    const accounts = async (rows: readonly StoredRow[]): Promise<readonly Account[]> =>
      certainWithin(load.ended, (served = await servedIn(scene)(rows)))
    const witnessed = { api, followers, accounts, kills: [fullFrom], read }
    const judgement = allowing(await judgeHouse(witnessed), served, followers, outage)
    const twice = await read(toldTwice)
    await life.stop()
    for (const each of followers) await each.close()
    witness.close()
    const seqs = judgement.rows.map(({ seq }) => seq)
    const faults = gapFaults(kept, messages, seqs)
    const returns = followers.flatMap((follower) => follower.snapshots)
    const numbers = kept.told.reduce((sum, { from, to }) => sum + to - from + 1, 0)
    const gapSnapshots = reasons.filter((reason) => reason === "GAP").length
    const untold = messages.filter(({ durable }) => !durable)
    const exitCode = (await house.stop()) ?? -1
    const refusals: Check[] = []
    if (small.mounted !== undefined) {
      small.mounted.starve()
      refusals.push(await refused(scene, journal, "a disk without inodes"))
      small.mounted.readOnly()
      refusals.push(await refused(scene, journal, "a read-only disk"))
    }
    return {
      checks: [
        ...checksOf(judgement),
        none(
          faults[0] === undefined ? "numbers not kept, against gaps and messages" : `gaps and messages (${faults[0]})`,
          faults.length
        ),
        none("rows that repeat the one before with its time of change", twice),
        atMost("snapshots for a gap, of one subscriber", gapSnapshots, kept.told.length),
        none("snapshots for another reason", reasons.length - gapSnapshots - 1 + returns.length),
        none("answers of /healthz that asked for a restart", life.saidDead()),
        none("restarts of its parts", /crashed/.test(house.output()) ? 1 : 0),
        none("exit code", exitCode),
        ...refusals,
        none(`told as not durable while each commit took ${COMMIT_TAKES_MS / 1_000} s`, slow.undurable),
        atMost("longest without a message meanwhile", slow.silence / 1_000, 3 * (COMMIT_TAKES_MS / 1_000), "s"),
        atMost("slowest answer of /healthz meanwhile", slow.slowestAnswer, COMMIT_TAKES_MS / 2, "ms"),
        atMost("event loop, p99 of the worst ten seconds of all that", Math.max(0, ...late), loopMs, "ms"),
        none("told as not durable while there were no inodes", starved.filter(({ durable }) => !durable).length),
        atMost("from the freed disk to a durable journal", afterFull / 1_000, 5, "s"),
        atMost("from the mended disk to a durable journal", afterFailing / 1_000, 5, "s")
      ],
      least: [
        { what: "snapshots for a gap, of one subscriber", seen: gapSnapshots, atLeast: 2 },
        { what: "messages while there were no inodes", seen: starved.length, atLeast: LEAST_STARVED },
        { what: "numbers in the gap", seen: numbers, atLeast: undurable },
        { what: "messages told as not durable", seen: untold.length, atLeast: Math.min(undurable, 20) },
        { what: "offers seen", seen: judgement.seen, atLeast: 500 },
        leastCertain(judgement, certain),
        { what: "messages while the disk was slow", seen: slow.messages, atLeast: 2 },
        { what: "ten seconds of the event loop", seen: late.length, atLeast: 1 }
      ],
      controls: [
        ...tamperings(judgement, witnessed),
        {
          what: "a gap that ends one number early",
          caught:
            gapFaults({ ...kept, told: kept.told.with(-1, { from: gap.from, to: gap.to - 1 }) }, messages, seqs)
              .length > 0
        },
        { what: "a gap that nobody tells", caught: gapFaults({ ...kept, told: [] }, messages, seqs).length > 0 },
        {
          what: "messages of the gap told as durable",
          caught:
            gapFaults(
              kept,
              messages.map((message) => ({ ...message, durable: true })),
              seqs
            ).length > 0
        }
      ],
      counts: {
        gaps: kept.told.map(({ from, to }) => `${from} to ${to}`).join(", "),
        "messages not durable": untold.length,
        "p99 of the event loop by ten seconds, ms": late.map((ms) => ms.toFixed(1)).join(", "),
        "seconds full": fullMs / 1_000,
        "seconds failing": failingMs / 1_000,
        "seconds to recover": `${afterFull / 1_000}, ${afterFailing / 1_000}`
      },
      notes: [
        mounts
          ? "Only the journal's disk is full: a small one in memory, mounted as its folder, filled to the last byte from outside."
          : "Nothing may be mounted here: the journal's commits are made to fail as on a full disk, and no disk was without inodes or read-only.",
        "A change shown while the disk was full has no row of its own: servings are followed one by one up to it, what was shown of it afterwards has to be the fold of the history there or what was told again, and in the end the last rows have to be what was served last.",
        "A row may repeat the one before it only across a gap, and never with its time of change.",
        "A slow disk is a house whose journal waits in its thread before each commit, a failing one gives it EIO for its fsync; a disk cannot be turned read-only under open files, so that is tried at a start."
      ]
    }
  } finally {
    small.free()
    small.unmount()
  }
}

/** Takes the disk away for so long; answers how long the journal then took to be on it again, ms. */
const lost = async (api: Address, take: () => void, give: () => void, forMs: number): Promise<number> => {
  take()
  await untilSo("the journal is degraded", () => isDegraded(api))
  await pause(forMs)
  const given = Date.now()
  give()
  await untilSo("the journal is on its disk again", async () => !(await isDegraded(api)))
  return Date.now() - given
}

const REBASED_WITHIN_MS = 4_000
const QUERY = `subscription { oddsUpdated { ${ODDS_FIELDS} } }`

/** A snapshot tells a state and no changes, and its pages say nothing of numbers. */
const note = (messages: Covered[], { cursor, durable, kind, previousCursor }: OddsMessage): void => {
  if (kind !== "DELTA" || previousCursor === null) return
  messages.push({ from: seqOf(previousCursor) + 1, to: seqOf(cursor), durable })
}

const seqOf = (cursor: string): number => parseInt(cursor.slice(9, 20), 36)

const isDegraded = async (api: Address): Promise<boolean> =>
  (
    await post<{ readonly system: { readonly journal: { readonly degraded: boolean } } }>(
      api,
      "{ system { journal { degraded } } }"
    )
  ).system.journal.degraded
