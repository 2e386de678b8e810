/**
 * `kill -9` of the whole house at random moments, while records flow and subscribers look on.
 *
 * The simulator and the subscribers outlive the house, so what it was told and what it told are known from outside.
 */
import { follow } from "../../test/support/follower.ts"
import { startHouse } from "../../test/support/house.ts"
import { readStored } from "../../test/support/stored.ts"
import { quantile } from "../bench/rounds.ts"
import { atMost, none } from "./FaultRun.ts"
import type { FaultRun, Outcome, Size } from "./FaultRun.ts"
import { drawFrom } from "./house/Draw.ts"
import { watchLife } from "./house/Health.ts"
import { checksOf, judgeHouse, tamperings } from "./house/Judge.ts"
import { hurry, startLoad } from "./house/Load.ts"
import { withScene } from "./house/Scene.ts"
import { canTrace } from "./house/Syncs.ts"
import { acknowledgesTooEarly, countSyncs, WITHOUT_SYNC } from "./kills/Controls.ts"
import { killAgainAndAgain } from "./kills/Lives.ts"
import type { Amount } from "./kills/Lives.ts"

export const kills: FaultRun = {
  name: "kills",
  promise: "Whatever a subscriber saw is stored exactly once, however often the house is killed",
  run: (size, seed) => killed(AMOUNTS[size], seed)
}

interface Sized extends Amount {
  readonly events: number
  /** Records of changed prices a second that make the run count. */
  readonly rate: number
}

const AMOUNTS: { readonly [S in Size]: Sized } = {
  short: { kills: 3, longestMs: 2_000, events: 60, rate: 50 },
  long: { kills: 200, longestMs: 5_000, events: 300, rate: 500 }
}

export const killed = async (amount: Sized, seed: number): Promise<Outcome> => {
  const main = await withScene({ seed, events: amount.events, markets: 12 }, async (scene) => {
    const { api, options, simulator, url, kickoffs } = scene
    const house = await startHouse(options)
    scene.ends(house)
    await hurry(api)
    const followers = [follow(api), follow(api, { bookmakers: ["bet9ja-ng"] })]
    const load = startLoad(api, simulator, 0.5)
    const life = watchLife(url)
    const began = Date.now()
    const [follower] = followers
    if (follower === undefined) throw new Error("nobody follows")
    const { last, lives } = await killAgainAndAgain(scene, house, amount, { draw: drawFrom(seed), load, follower })
    await load.stop()
    await life.stop()
    const ended = Date.now()
    const witnessed = { api, simulator, kickoffs, followers, kills: lives.kills, read: readIn(options.dataDir) }
    const judgement = await judgeHouse(witnessed)
    const underLoad = judgement.rows.filter(({ at }) => at >= began && at <= ended)
    const records = new Set(underLoad.map(({ seq }) => seq)).size
    for (const each of followers) await each.close()
    const exit = await last.stop()
    return {
      followers,
      lives,
      judgement,
      life,
      exit,
      records,
      rows: underLoad.length,
      controls: tamperings(judgement, witnessed)
    }
  })
  const { followers, judgement, lives, life } = main
  const seconds = lives.livedMs / 1_000
  const right = canTrace() ? await countSyncs(seed) : undefined
  const wrong = canTrace() ? await countSyncs(seed, WITHOUT_SYNC) : undefined
  return {
    checks: [
      ...checksOf(judgement),
      none(
        `snapshots instead of a resumption (${followers.flatMap(({ snapshots }) => snapshots).join() || "none"})`,
        followers.reduce((sum, { snapshots }) => sum + snapshots.length, 0)
      ),
      none("houses that were ready and did not show yet what had been shown", lives.readyTooEarly),
      none("answers of /healthz that asked for a restart", life.saidDead()),
      atMost("slowest restart to readiness", Math.max(...lives.startsMs) / 1_000, 20, "s"),
      none("exit code of the last house", main.exit ?? -1),
      ...(right === undefined
        ? []
        : [none("acknowledged commits without a sync", Math.max(0, right.commits - right.syncs))])
    ],
    least: [
      { what: "kills", seen: lives.kills.length, atLeast: amount.kills },
      { what: "kills of a run under way", seen: lives.inRun, atLeast: Math.ceil(amount.kills / 3) },
      { what: "kills with records not in Postgres yet", seen: lives.undrained, atLeast: Math.ceil(amount.kills / 10) },
      { what: "records of changed prices a second", seen: Math.round(main.records / seconds), atLeast: amount.rate },
      { what: "offers seen", seen: judgement.seen, atLeast: 1_000 },
      ...(right === undefined ? [] : [{ what: "commits whose syncs were counted", seen: right.commits, atLeast: 20 }])
    ],
    controls: [
      ...main.controls,
      await acknowledgesTooEarly(seed),
      ...(wrong === undefined
        ? []
        : [{ what: "a journal with synchronous = off: commits without a sync", caught: wrong.syncs < wrong.commits }])
    ],
    counts: {
      kills: lives.kills.length,
      "while starting": lives.whileStarting,
      "with the database": lives.withDatabase,
      "in a commit": lives.inCommit,
      "seconds under load": Math.round(seconds),
      rows: judgement.rows.length,
      "rows/s": Math.round(main.rows / seconds),
      "servings cut off": judgement.verdict.cutOff,
      resumed: followers.reduce((sum, { resumed }) => sum + resumed(), 0),
      "restart p50": `${Math.round(quantile(lives.startsMs, 0.5))} ms`,
      "restart p95": `${Math.round(quantile(lives.startsMs, 0.95))} ms`,
      ...(right && { "syncs per commit": (right.syncs / right.commits).toFixed(2) })
    },
    notes: [
      "Records of changed prices alone are counted, each with all the changed markets of a listing; seconds run from readiness to the kill.",
      ...(right === undefined
        ? ["strace is not on this machine: syncs were not counted, and a missing one would not be caught."]
        : [])
    ]
  }
}

const readIn =
  (dataDir: string) =>
  <A>(reads: Parameters<typeof readStored<A>>[1]): Promise<A> =>
    readStored(dataDir, reads)
