/** One departure: a house under load is told to end, in one of the ways an operator or a machine does it. */
import { setTimeout as pause } from "node:timers/promises"
import { spawnHouse, startHouse } from "../../../test/support/house.ts"
import type { Launched } from "../../../test/support/house.ts"
import type { Draw } from "../house/Draw.ts"
import type { Scene } from "../house/Scene.ts"
import type { Gate, Way } from "../outage/Gate.ts"

/** `plain` under load, `twice` with a second signal close behind, `starting` before it is ready, else without Postgres. */
export type Circumstance = "plain" | "twice" | "starting" | Way

export interface Departure {
  readonly circumstance: Circumstance
  /** 0 as well where the signal came before the process had begun anything: then there is nothing to end. */
  readonly code: number | null
  readonly tookMs: number
  /** When the signal was sent and when the process was gone. */
  readonly from: number
  readonly to: number
}

export const depart = async (
  scene: Scene,
  gate: Gate,
  circumstance: Circumstance,
  { between }: Draw
): Promise<Departure> => {
  const house = await begun(scene, circumstance, between(0, 1_200))
  if (circumstance !== "starting") await pause(between(300, 1_500))
  const way = wayOf(circumstance)
  if (way !== undefined) await gate.leave(way)
  const from = Date.now()
  const ended = house.stop()
  if (circumstance === "twice") {
    await pause(between(5, 300))
    void house.stop()
  }
  const ends = await ended
  const code = house.output() === "" ? 0 : ends
  const to = Date.now()
  if (way !== undefined) await gate.comeBack(way)
  return { circumstance, code, tookMs: to - from, from, to }
}

const begun = async (scene: Scene, circumstance: Circumstance, afterMs: number): Promise<Launched> => {
  const house =
    circumstance === "starting"
      ? spawnHouse(scene.options)
      : await startHouse(scene.options).then(({ url, ...rest }) => ({ ...rest, url: Promise.resolve(url) }))
  scene.ends(house)
  if (circumstance === "starting") await pause(afterMs)
  return house
}

const wayOf = (circumstance: Circumstance): Way | undefined =>
  circumstance === "plain" || circumstance === "twice" || circumstance === "starting" ? undefined : circumstance
