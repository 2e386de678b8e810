/**
 * The two kinds of house that are killed: a corridor that is fed without bookmakers, for the rate, and the whole house
 * against its simulator, to show that scraping joins in. Both come to the same judge.
 */
import { setTimeout as pause } from "node:timers/promises"
import { certainWithin } from "../../../test/support/accounts.ts"
import { post } from "../../../test/support/client.ts"
import { follow } from "../../../test/support/follower.ts"
import type { Follower } from "../../../test/support/follower.ts"
import { startHouse } from "../../../test/support/house.ts"
import { makePostgres } from "../../../test/support/stoppablePostgres.ts"
import { readAt, readStored } from "../../../test/support/stored.ts"
import type { Control } from "../FaultRun.ts"
import { drawFrom } from "../house/Draw.ts"
import { watchLife } from "../house/Health.ts"
import { judgeHouse, tamperings } from "../house/Judge.ts"
import type { Judgement, Witnessed } from "../house/Judge.ts"
import { hurry, startLoad } from "../house/Load.ts"
import { withScene, withStage } from "../house/Scene.ts"
import type { Stage } from "../house/Scene.ts"
import { servedIn } from "../house/Served.ts"
import { accountsIn } from "./corridor/Account.ts"
import { WITHOUT_BOOKMAKERS, accountOn, fedBy, unfed } from "./corridor/Corridor.ts"
import { KICKOFF } from "./corridor/Feed.ts"
import { killAgainAndAgain } from "./Lives.ts"
import type { Amount, Lives } from "./Lives.ts"

export interface Fate {
  readonly judgement: Judgement
  readonly followers: readonly Follower[]
  readonly lives: Lives
  readonly saidDead: number
  readonly exit: number | null
  /** Stored while a house was ready, and for how long one was. */
  readonly records: number
  readonly seconds: number
  readonly controls: readonly Control[]
}

/** Snapshots a second are `rate`. */
export const killCorridor = (amount: Amount, rate: number, seed: number): Promise<Fate> =>
  withStage(WITHOUT_BOOKMAKERS, async (bare) => {
    const server = await makePostgres(bare.folder)
    bare.ends({ kill: server.stop })
    await server.start()
    const options = { ...bare.options, environment: { ...bare.options.environment, DATABASE_URL: server.url } }
    const stage = { ...bare, options: fedBy({ ...bare, options }, rate, seed) }
    const first = await startHouse(stage.options)
    stage.ends(first)
    const followers = [follow(stage.api), follow(stage.api, { bookmakers: ["beta-ng"] })]
    return killAndJudge(stage, followers, async (follower) => {
      const { last, lives } = await killAgainAndAgain(stage, first, amount, {
        draw: drawFrom(seed),
        isBusy: () => true,
        follower
      })
      await last.kill()
      const level = await startHouse(unfed(options))
      stage.ends(level)
      return {
        last: level,
        lives,
        accounts: async (rows) => accountsIn(accountOn(stage), KICKOFF, rows),
        read: (reads) => readAt(server.url, reads)
      }
    })
  })

/** What was served in a run that was heard to end is certain; what a kill has cut, the next serving has to tell. */
export const killWhole = (amount: Amount, events: number, seed: number): Promise<Fate> =>
  withScene({ seed, events, markets: 6 }, async (scene) => {
    const { api, options, simulator } = scene
    const first = await startHouse(options)
    scene.ends(first)
    await hurry(api)
    // Only runs whose end is heard may fetch, else nobody knows of a serving whether it was told.
    await post(api, "mutation { pauseSchedule { errors { message } } }")
    const followers = [follow(api), follow(api, { bookmakers: ["bet9ja-ng"] })]
    const load = startLoad(api, simulator, 0.5)
    return killAndJudge(scene, followers, async (follower) => {
      const killed = await killAgainAndAgain(scene, first, amount, {
        draw: drawFrom(seed),
        isBusy: load.isRunning,
        follower
      })
      const runs = load.ended.length
      while (load.ended.length === runs) await pause(50)
      await load.stop()
      return {
        ...killed,
        accounts: async (rows) => certainWithin(load.ended, await servedIn(scene)(rows)),
        read: (reads) => readStored(options.dataDir, reads)
      }
    })
  })

type Killed = Awaited<ReturnType<typeof killAgainAndAgain>> & Pick<Witnessed, "accounts" | "read">

const killAndJudge = async (
  { api, url }: Stage,
  followers: readonly Follower[],
  kill: (follower: Follower) => Promise<Killed>
): Promise<Fate> => {
  const [follower] = followers
  if (follower === undefined) throw new Error("nobody follows")
  const life = watchLife(url)
  const { accounts, last, lives, read } = await kill(follower)
  await life.stop()
  const witnessed = { api, followers, accounts, kills: [], read }
  const judgement = await judgeHouse(witnessed)
  for (const each of followers) await each.close()
  const underLoad = judgement.rows.filter(({ at }) => lives.lived.some(({ from, to }) => at >= from && at <= to))
  return {
    judgement,
    followers,
    lives,
    saidDead: life.saidDead(),
    exit: await last.stop(),
    records: new Set(underLoad.map(({ epoch, seq }) => `${epoch}/${seq}`)).size,
    seconds: lives.lived.reduce((sum, { from, to }) => sum + to - from, 0) / 1_000,
    controls: tamperings(judgement, witnessed)
  }
}
