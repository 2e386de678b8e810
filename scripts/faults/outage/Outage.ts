/**
 * One outage of Postgres: what the house says of it, how soon, what it goes on showing, and how long it takes to be
 * level again. In the middle the house may be killed and has to come back without a database.
 */
import { readFileSync } from "node:fs"
import { setTimeout as pause } from "node:timers/promises"
import { post } from "../../../test/support/client.ts"
import type { Span } from "../../../test/support/accounts.ts"
import type { Address } from "../../../test/support/client.ts"
import { startHouse } from "../../../test/support/house.ts"
import type { House } from "../../../test/support/house.ts"
import { incidentsOf, probe, until } from "../house/Health.ts"
import type { Scene } from "../house/Scene.ts"
import type { Gate, Way } from "./Gate.ts"

export interface Plan {
  readonly way: Way
  readonly lastsMs: number
  readonly kills: "the house in the middle" | "nobody"
}

export interface Told {
  readonly way: Way
  /** When the outage began and ended, and when a house was up in it, on the clock of the followers. */
  readonly from: number
  readonly to: number
  readonly up: readonly Up[]
  readonly kills: readonly number[]
  /** How long it took until the incident was open, and closed again, ms. */
  readonly openedMs: number | undefined
  readonly closedMs: number | undefined
  /** Probes that did not say 200 although odds were served all the time. */
  readonly falseAlarms: number
  /** Listings served before the kill, and after it without a database. */
  readonly listings: number
  readonly warm: number
  readonly drainedMs: number | undefined
  readonly backlog: number
  readonly journalBytes: number
  /** Of the house at the end, MB, once a second. */
  readonly rss: readonly number[]
}

interface Up extends Span {
  /** It was started in the outage. */
  readonly isNew: boolean
}

export const undergo = async (
  scene: Scene,
  gate: Gate,
  { way, lastsMs, kills }: Plan,
  before: House
): Promise<{ readonly house: House; readonly told: Told }> => {
  const { api, url } = scene
  const { cache: known } = await stateOf(api)
  const from = Date.now()
  await gate.leave(way)
  const openedMs = await until(async () => (await isAway(api)) === true, KNOWN_WITHIN_MS)
  await pause(Math.max(0, from + lastsMs / 2 - Date.now()))
  let falseAlarms = await falseAlarmsAt(url)
  const middle = Date.now()
  let house = before
  let warm = known.listings
  if (kills !== "nobody") {
    await house.kill()
    house = await startHouse(scene.options)
    scene.ends(house)
    warm = (await stateOf(api)).cache.listings
    if ((await stateOf(api)).storage.reachable) throw new Error("Postgres is there although it is away")
  }
  const again = Date.now()
  const rss: number[] = []
  while (Date.now() < from + lastsMs) {
    await pause(Math.min(1_000, Math.max(0, from + lastsMs - Date.now())))
    rss.push(residentMb(house.pid))
  }
  falseAlarms += await falseAlarmsAt(url)
  const { journal, storage } = await stateOf(api)
  const to = Date.now()
  await gate.comeBack(way)
  const drainedMs = await until(
    async () => Number((await stateOf(api)).storage.drained) >= Number(journal.last),
    DRAINED_WITHIN_MS
  )
  const closedMs = await until(async () => (await isAway(api)) === false, KNOWN_WITHIN_MS)
  const isKilled = kills !== "nobody"
  return {
    house,
    told: {
      way,
      from,
      to,
      up: isKilled
        ? [
            { from, to: middle, isNew: false },
            { from: again, to, isNew: true }
          ]
        : [{ from, to, isNew: false }],
      kills: isKilled ? [middle] : [],
      openedMs,
      closedMs,
      falseAlarms,
      listings: known.listings,
      warm,
      drainedMs,
      backlog: storage.backlog,
      journalBytes: journal.bytes,
      rss
    }
  }
}

/** RELIABILITY R38. */
export const KNOWN_WITHIN_MS = 10_000
/** Longer than may be taken after an hour, so that the check says how long it was. */
const DRAINED_WITHIN_MS = 900_000

/** Odds are served without a database, so the house is alive and ready. */
const falseAlarmsAt = async (url: string): Promise<number> => {
  const statuses = await Promise.all([probe(url, "/healthz"), probe(url, "/readyz")])
  return statuses.filter((status) => status !== 200).length
}

const isAway = async (api: Address): Promise<boolean> => {
  const open = (await incidentsOf(api)).some(
    ({ kind, subject, endedAt }) => kind === "away" && subject === "postgres" && endedAt === null
  )
  return open && !(await stateOf(api)).storage.reachable
}

interface State {
  readonly cache: { readonly listings: number }
  readonly journal: { readonly last: string; readonly bytes: number }
  readonly storage: { readonly drained: string; readonly reachable: boolean; readonly backlog: number }
}

export const stateOf = async (api: Address): Promise<State> =>
  (
    await post<{ readonly system: State }>(
      api,
      "{ system { cache { listings } journal { last bytes } storage { drained reachable backlog } } }"
    )
  ).system

const residentMb = (pid: number): number =>
  (Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * PAGE_BYTES) / 2 ** 20

const PAGE_BYTES = 4_096
