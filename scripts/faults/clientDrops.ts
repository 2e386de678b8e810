/**
 * The client library on a line that is closed, reset or silenced at random moments, also while it comes back: its
 * state is the server's afterwards, whatever the date of its machine.
 */
import { setTimeout as pause } from "node:timers/promises"
import { startCuttingProxy } from "../../test/support/cuttingProxy.ts"
import type { Break, CuttingProxy } from "../../test/support/cuttingProxy.ts"
import { startHouse } from "../../test/support/house.ts"
import { atMost, none } from "./FaultRun.ts"
import type { FaultRun, Outcome, Size } from "./FaultRun.ts"
import { until, witness } from "./clientDrops/Witness.ts"
import type { Witness } from "./clientDrops/Witness.ts"
import { drawFrom } from "./house/Draw.ts"
import type { Draw } from "./house/Draw.ts"
import { hurry, startLoad } from "./house/Load.ts"
import { withScene } from "./house/Scene.ts"

export const clientDrops: FaultRun = {
  name: "client-drops",
  promise:
    "The client's state is the server's after any number of broken lines, also where its clock is ten minutes off",
  run: (size, seed) => dropped(AMOUNTS[size], seed)
}

interface Amount {
  readonly drops: number
  readonly clients: number
  readonly events: number
}

const AMOUNTS: { readonly [S in Size]: Amount } = {
  short: { drops: 20, clients: 3, events: 60 },
  long: { drops: 1_000, clients: 4, events: 300 }
}

/** Of every twenty drops one is a silence, because each of them takes two seconds to be noticed. */
const SILENCES = 0.05
/** Two seconds, and what timers are late on a busy machine. */
const NOTICED_WITHIN_MS = 3_000
const CLOCK_OFF_MS = 10 * 60_000

const dropped = ({ drops, clients, events }: Amount, seed: number): Promise<Outcome> =>
  withScene({ seed, events, markets: 12 }, async (scene) => {
    const house = await startHouse(scene.options)
    scene.ends(house)
    await hurry(scene.api)
    const proxy = await startCuttingProxy(Number(new URL(scene.url).port))
    const load = startLoad(scene.api, scene.simulator, 0.3)
    const { now } = Date
    // The date of this process, in which the clients live; the house's is another.
    Date.now = () => now() + CLOCK_OFF_MS
    try {
      const url = `ws://127.0.0.1:${proxy.port}/graphql`
      const witnesses = Array.from({ length: clients }, () => witness(url))
      const [robbed, cheated] = [witness(url, makeThief()), witness(url, makeForger())]
      await Promise.all(witnesses.map(({ feed }) => until(feed, "live")))
      const cuts = await cutAgainAndAgain(proxy, witnesses, drops, drawFrom(seed))
      await load.stop()
      await Promise.all(witnesses.map(({ feed }) => until(feed, "live")))
      const ends = await Promise.all(witnesses.map(({ feed }) => feed.verify()))
      const clockError = Math.max(...witnesses.map(({ client }) => Math.abs((client.serverNow() ?? 0) - now())))
      await until(cheated.feed, "live")
      const caughtForger = (await cheated.feed.verify()) === "DIFFERENT"
      const returns = witnesses.flatMap(({ welcomes }) => welcomes.slice(1))
      const rows = witnesses.map(({ feed }) => feed.view().rows.length)
      for (const { client } of [...witnesses, robbed, cheated]) client.close()
      return {
        checks: [
          none("clients whose digest is not the server's", ends.filter((end) => end !== "EQUAL").length),
          none("breaks of the cursor chain", sum(witnesses.map(({ feed }) => feed.view().faults))),
          none(
            "returns within the window that were given a snapshot",
            returns.filter((kind) => kind === "SNAPSHOT").length
          ),
          none("clients without a row for every event", rows.filter((count) => count !== scene.kickoffs.size).length),
          atMost("the client's idea of the server's time is off by", clockError, 1_000, "ms"),
          atMost("the longest silence before it was noticed", cuts.longestSilenceMs, NOTICED_WITHIN_MS, "ms")
        ],
        least: [
          { what: "lines broken", seen: cuts.drops, atLeast: drops },
          { what: "returns", seen: returns.length, atLeast: drops },
          { what: "messages folded", seen: sum(witnesses.map(({ messages }) => messages())), atLeast: drops * clients }
        ],
        controls: [
          { what: "a message that is lost on the way", caught: robbed.feed.view().faults > 0 },
          { what: "a price that is changed on the way", caught: caughtForger }
        ],
        counts: { ...cuts.kinds, clients, events, returns: returns.length, runs: load.runs() },
        notes: [
          "Moments and ways of breaking are drawn from the seed; also lines that are still being made are broken.",
          "The clients run on Node; the example page does in a browser, in test/journey/Page.test.ts."
        ]
      }
    } finally {
      Date.now = now
      proxy.close()
    }
  })

interface Cuts {
  readonly drops: number
  readonly kinds: { readonly [B in Break]: number }
  readonly longestSilenceMs: number
}

const cutAgainAndAgain = async (
  proxy: CuttingProxy,
  witnesses: readonly Witness[],
  drops: number,
  draw: Draw
): Promise<Cuts> => {
  const kinds = { FIN: 0, RST: 0, SILENCE: 0 }
  let longestSilenceMs = 0
  for (let drop = 0; drop < drops; drop++) {
    const how: Break = drop === 0 || draw.share() < SILENCES ? "SILENCE" : draw.share() < 0.5 ? "FIN" : "RST"
    kinds[how] += 1
    const cutAt = performance.now()
    proxy.cut(how)
    await Promise.all(witnesses.map(({ feed }) => until(feed, "stale")))
    if (how === "SILENCE") longestSilenceMs = Math.max(longestSilenceMs, performance.now() - cutAt)
    if (draw.share() < 0.5) await Promise.all(witnesses.map(({ feed }) => until(feed, "live")))
    await pause(draw.between(0, 150))
  }
  return { drops, kinds, longestSilenceMs }
}

/** Takes one change away. */
const makeThief = () => {
  let deltas = 0
  return (message: string): string | undefined =>
    message.includes('"kind":"DELTA"') && ++deltas === 3 ? undefined : message
}

/** Makes every price another. */
const makeForger = () => (message: string) => message.replaceAll(/"milli":(\d+)/g, '"milli":1$1')

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)
