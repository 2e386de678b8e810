/** One departure: a house under load is told to end, in one of the ways an operator or a machine does it. */
import { readdirSync, readlinkSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import type { Follower } from "../../../test/support/follower.ts"
import { spawnHouse, startHouse } from "../../../test/support/house.ts"
import type { House } from "../../../test/support/house.ts"
import type { Draw } from "../house/Draw.ts"
import type { Scene } from "../house/Scene.ts"
import type { Gate, Way } from "../outage/Gate.ts"

/** `plain` under load, `twice` with a second signal close behind, `starting` with some rooms built, else without Postgres. */
export type Circumstance = "plain" | "twice" | "starting" | Way

export interface Departure {
  readonly circumstance: Circumstance
  readonly code: number | null
  /** The signal came before the house had told its address. */
  readonly halfway: boolean
  readonly tookMs: number
  /** When the signal was sent and when the process was gone. */
  readonly from: number
  readonly to: number
}

export interface Surroundings {
  readonly scene: Scene
  readonly gate: Gate
  readonly follower: Follower
  readonly draw: Draw
}

/** A house that is `starting` hears the signal at most `withinMs` after its first room was opened. */
export const depart = async (
  { scene, gate, follower, draw: { between } }: Surroundings,
  circumstance: Circumstance,
  withinMs: number
): Promise<Departure> => {
  const greeted = follower.greeted()
  const house = await begun(scene, circumstance)
  if (circumstance === "starting") await pause(between(0, withinMs))
  else {
    await pause(between(300, 1_500))
    // Whoever is to be told that it ends has to be there.
    while (follower.greeted() === greeted) await pause(5)
  }
  const way = wayOf(circumstance)
  if (way !== undefined) await gate.leave(way)
  const halfway = !house.output().includes("/readyz")
  const from = Date.now()
  const ended = house.stop()
  if (circumstance === "twice") {
    await pause(between(5, 300))
    void house.stop()
  }
  const code = await ended
  const to = Date.now()
  if (way !== undefined) await gate.comeBack(way)
  return { circumstance, code, halfway, tookMs: to - from, from, to }
}

const begun = async (scene: Scene, circumstance: Circumstance): Promise<Omit<House, "url">> => {
  const isStarting = circumstance === "starting"
  const house = isStarting ? spawnHouse(scene.options) : await startHouse(scene.options)
  scene.ends(house)
  if (isStarting) await untilItHolds(house, "journal.sqlite")
  return house
}

/** The journal is the first room of the corridor: with its file open, some rooms stand and most are still to be built. */
const untilItHolds = async ({ pid }: Pick<House, "pid">, file: string): Promise<void> => {
  const folder = `/proc/${pid}/fd`
  const targetOf = (descriptor: string): string => {
    try {
      return readlinkSync(join(folder, descriptor))
    } catch {
      // Closed since the folder was read.
      return ""
    }
  }
  while (!readdirSync(folder).some((descriptor) => targetOf(descriptor).endsWith(file))) await pause(5)
}

const wayOf = (circumstance: Circumstance): Way | undefined =>
  circumstance === "plain" || circumstance === "twice" || circumstance === "starting" ? undefined : circumstance
