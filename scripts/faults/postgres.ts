/**
 * P297 to P302: Postgres is there and of no use, in five ways, while odds are scraped and followed.
 *
 * The server is one of the run's own, with a role and a password for the house as a stranger's would have; what an outage
 * of the whole server does is `outage`.
 */
import { certainWithin } from "../../test/support/accounts.ts"
import { follow } from "../../test/support/follower.ts"
import { startHouse } from "../../test/support/house.ts"
import { atMost, none } from "./FaultRun.ts"
import type { Check, FaultRun, Outcome, Size } from "./FaultRun.ts"
import { watchLife } from "./house/Health.ts"
import { checksOf, judgeHouse, tamperings } from "./house/Judge.ts"
import type { Witnessed } from "./house/Judge.ts"
import { fetched, hurry, startLoad } from "./house/Load.ts"
import { servedIn } from "./house/Served.ts"
import { withScene } from "./house/Scene.ts"
import type { Scene } from "./house/Scene.ts"
import { KNOWN_WITHIN_MS } from "./outage/Outage.ts"
import { AILMENTS, FULL_DISK } from "./postgres/Ailments.ts"
import { openServer } from "./postgres/Server.ts"
import type { Server } from "./postgres/Server.ts"
import { LEAST_HELD, undergo } from "./postgres/Undergone.ts"
import type { Undergone } from "./postgres/Undergone.ts"

export const postgres: FaultRun = {
  name: "postgres",
  promise: "A Postgres that is full, locked, closed to us or crashed loses nothing, doubles nothing and parks nothing",
  run: (size, seed) =>
    withScene({ seed, events: SIZES[size].events, markets: 12 }, async (scene) => {
      const server = await openServer(scene.folder)
      try {
        return await suffered(scene, server, size)
      } finally {
        await server.close()
      }
    })
}

/** A lock is held for the ten minutes of P302. */
const SIZES: { readonly [S in Size]: { readonly events: number; readonly lastsMs: number; readonly locksMs: number } } =
  {
    short: { events: 20, lastsMs: 1_000, locksMs: 1_000 },
    long: { events: 100, lastsMs: 60_000, locksMs: 600_000 }
  }
const LEVEL_WITHIN_S = 60

const suffered = async (scene: Scene, server: Server, size: Size): Promise<Outcome> => {
  const { api, options, simulator, url } = scene
  const { lastsMs, locksMs } = SIZES[size]
  const house = await startHouse({ ...options, environment: { ...options.environment, DATABASE_URL: server.url } })
  scene.ends(house)
  await hurry(api)
  const follower = follow(api)
  const life = watchLife(url)
  const load = startLoad(api, simulator, 0.3, 200)
  const all: Undergone[] = []
  for (const ailment of server.disk === undefined ? AILMENTS : [FULL_DISK, ...AILMENTS]) {
    all.push(await undergo(scene, server, ailment, ailment.what.includes("lock") ? locksMs : lastsMs))
  }
  await load.stop()
  await fetched(api)
  const witnessed: Witnessed = {
    api,
    followers: [follower],
    accounts: async (rows) => certainWithin(load.ended, await servedIn(scene)(rows)),
    kills: [],
    read: server.asSuperuser
  }
  const judgement = await judgeHouse(witnessed)
  await life.stop()
  await follower.close()
  const exit = await house.stop()
  return {
    checks: [
      ...checksOf(judgement),
      ...all.flatMap(checksOfOne),
      none(`snapshots instead of a resumption (${follower.snapshots.join() || "none"})`, follower.snapshots.length),
      none("answers of /healthz that asked for a restart", life.saidDead()),
      none("restarts of its parts", /crashed/.test(house.output()) ? 1 : 0),
      none("exit code", exit ?? -1)
    ],
    least: [
      ...all.map(({ ailment, isMet }) => ({
        what: `${ailment.what}: met by the house`,
        seen: isMet ? 1 : 0,
        atLeast: 1
      })),
      { what: "records held back by each", seen: Math.min(...all.map(({ held }) => held)), atLeast: LEAST_HELD },
      { what: "offers seen", seen: judgement.seen, atLeast: 500 },
      { what: "rows stored", seen: judgement.rows.length, atLeast: 500 }
    ],
    controls: tamperings(judgement, witnessed),
    counts: {
      ...Object.fromEntries(all.map((undergone) => [undergone.ailment.what, told(undergone)])),
      rows: judgement.rows.length,
      seen: judgement.seen
    },
    notes: [
      ...(server.disk === undefined ? ["Nothing may be mounted here, so no disk of Postgres was full."] : []),
      "The house has met an ailment when it tells the server's own code for it; a lock, when the server has it waiting.",
      "Whoever is locked out by a new password or by others' connections is cut off as well: who is in stays in."
    ]
  }
}

const checksOfOne = ({ ailment, closedMs, falseAlarms, lastedMs, levelMs, openedMs }: Undergone): readonly Check[] => [
  none(`${ailment.what}: probes that did not say 200`, falseAlarms),
  atMost(`${ailment.what}: everything is stored after`, (levelMs ?? Infinity) / 1_000, LEVEL_WITHIN_S, "s"),
  atMost(`${ailment.what}: no incident is open after`, closedMs ?? Infinity, KNOWN_WITHIN_MS, "ms"),
  ...(lastedMs > KNOWN_WITHIN_MS
    ? [atMost(`${ailment.what}: the incident is told after`, openedMs ?? Infinity, KNOWN_WITHIN_MS, "ms")]
    : [])
]

const told = ({ held, lastedMs, levelMs, openedMs }: Undergone): string =>
  [
    `${Math.round(lastedMs)} ms`,
    `${held} records held`,
    `level after ${Math.round(levelMs ?? NaN)} ms`,
    openedMs === undefined ? "not told" : `told after ${Math.round(openedMs)} ms`
  ].join(", ")
