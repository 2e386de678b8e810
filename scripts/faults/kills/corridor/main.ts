/**
 * A house without bookmakers: every room runs, and a feed observes in the place of fetches, many hundred a second.
 *
 * Bodies, their reading and the simulator would take most of the machine; the promise is about what comes behind them.
 * `FEED_ACCOUNT` names the feed's own account of what it has observed; without it nothing is fed.
 */
import { NodeRuntime } from "@effect/platform-node"
import { Cause, Exit, Layer } from "effect"
import { appOver } from "../../../../src/App.ts"
import { EXIT_CRASHED, houseOver } from "../../../../src/House.ts"
import { Roster } from "../../../../src/bookmakers/Roster.ts"
import { adapters, feed } from "./Feed.ts"

const { FEED_ACCOUNT: account, FEED_SEED: seed = "1", FEED_RATE: rate = "700" } = process.env

const rooms = appOver(Layer.succeed(Roster, { adapters }))
const fed =
  account === undefined
    ? rooms
    : Layer.effectDiscard(feed({ account, seed: Number(seed), rate: Number(rate) })).pipe(Layer.provideMerge(rooms))

NodeRuntime.runMain(houseOver(fed), {
  disableErrorReporting: true,
  teardown: (exit, onExit) => {
    if (Exit.isSuccess(exit)) return onExit(Number(exit.value))
    onExit(Cause.hasInterruptsOnly(exit.cause) ? 0 : EXIT_CRASHED)
  }
})
