/**
 * One house after another on the same folder and port, each killed at a moment that the seed has drawn: some while
 * they start, most under load; some alone, some together with their database.
 */
import { setTimeout as pause } from "node:timers/promises"
import { post } from "../../../test/support/client.ts"
import type { Address } from "../../../test/support/client.ts"
import type { Follower } from "../../../test/support/follower.ts"
import { spawnHouse, startHouse } from "../../../test/support/house.ts"
import type { House } from "../../../test/support/house.ts"
import { postmasterOf } from "../../../test/support/stored.ts"
import type { Draw } from "../house/Draw.ts"
import type { Span } from "../../../test/support/accounts.ts"
import type { Stage } from "../house/Scene.ts"

export interface Lives {
  /** When each was killed. */
  readonly kills: number[]
  readonly whileStarting: number
  readonly atWork: number
  /** Records numbered and not committed, or committed and not stored. */
  readonly inCommit: number
  readonly undrained: number
  readonly withDatabase: number
  /** From the start to readiness, ms, of those that became ready. */
  readonly startsMs: number[]
  /** From readiness to the kill. */
  readonly lived: Span[]
  /** Houses that said they were ready and did not yet show what had been shown. */
  readonly readyTooEarly: number
}

export interface Amount {
  readonly kills: number
  /** That a house lives after it was ready. */
  readonly longestMs: number
}

export interface Hand {
  readonly draw: Draw
  /** Whether a house is known to be at work now. */
  readonly isBusy: () => boolean
  readonly follower: Follower
}

/** Answers with the last house running. */
export const killAgainAndAgain = async (
  scene: Stage,
  first: House,
  { kills: times, longestMs: longest }: Amount,
  { draw, isBusy, follower }: Hand
): Promise<{ readonly last: House; readonly lives: Lives }> => {
  const told = { whileStarting: 0, atWork: 0, inCommit: 0, undrained: 0, withDatabase: 0, readyTooEarly: 0 }
  const lives = { kills: new Array<number>(), startsMs: new Array<number>(), lived: new Array<Span>() }
  let house = first
  for (let kill = 0; kill < times; kill++) {
    const from = Date.now()
    await pause(draw.between(200, longest))
    const work = await workOf(scene.api)
    if (isBusy()) told.atWork += 1
    if (work.inFlight > 0) told.inCommit += 1
    if (work.backlog > 0) told.undrained += 1
    if (draw.share() < WITH_DATABASE && killDatabase(scene)) told.withDatabase += 1
    await house.kill()
    lives.kills.push(Date.now())
    lives.lived.push({ from, to: Date.now() })
    if (draw.share() < WHILE_STARTING) {
      const early = spawnHouse(scene.options)
      scene.ends(early)
      await pause(draw.between(0, 1_500))
      await early.kill()
      lives.kills.push(Date.now())
      told.whileStarting += 1
      kill += 1
    }
    const began = performance.now()
    const shown = follower.cursor() ?? ""
    house = await startHouse(scene.options)
    scene.ends(house)
    lives.startsMs.push(performance.now() - began)
    if ((await cursorOf(scene.api)) < shown.slice(0, PLACE)) told.readyTooEarly += 1
  }
  return { last: house, lives: { ...told, ...lives } }
}

const WITH_DATABASE = 0.3
const WHILE_STARTING = 0.15
/** Of a cursor; what follows is not a matter of earlier or later. */
const PLACE = 20

const killDatabase = ({ options }: Stage): boolean => {
  const postmaster = postmasterOf(options.dataDir)
  if (postmaster === undefined) return false
  try {
    return process.kill(postmaster.pid, "SIGKILL")
  } catch {
    return false
  }
}

/** What it is about at this moment; nothing where it is too busy to say. */
const workOf = (api: Address): Promise<{ readonly inFlight: number; readonly backlog: number }> =>
  Promise.race([
    post<Work>(api, "{ system { journal { inFlight } storage { backlog } } }").then(({ system }) => ({
      inFlight: system.journal.inFlight,
      backlog: system.storage.backlog
    })),
    pause(300, UNKNOWN)
  ]).catch(() => UNKNOWN)

const UNKNOWN = { inFlight: 0, backlog: 0 }

interface Work {
  readonly system: { readonly journal: { readonly inFlight: number }; readonly storage: { readonly backlog: number } }
}

const cursorOf = async (api: Address): Promise<string> =>
  (await post<{ readonly cacheDigest: { readonly cursor: string } }>(api, "{ cacheDigest { cursor } }")).cacheDigest
    .cursor
