/**
 * The clock of a running house is set, back and ahead, while its sites and its clients keep the true time.
 *
 * DESIGN §4: a clock off by ten minutes changes no state. Nor may it stall what is fetched, what is told, who is let in,
 * or make fresh at a bookmaker's return what was last seen before its outage.
 */
import { setTimeout as pause } from "node:timers/promises"
import type { Alteration } from "../../test/support/alteredSource.ts"
import { EVENTS, withSettableHouse } from "./clock/SettableHouse.ts"
import type { SettableHouse } from "./clock/SettableHouse.ts"
import { atMost, none } from "./FaultRun.ts"
import type { FaultRun } from "./FaultRun.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const TENS = [-10 * MINUTE, 10 * MINUTE, HOUR, -HOUR]
/**
 * By how much it is set each time, how long it is watched before and after each, and how far its pace may be off on the
 * average: all listings are due together, so a window of one cadence may hold one cycle more or less.
 *
 * A sign of life is due after five seconds, looked for once a second, and heard on a machine that may be busy. One that
 * never comes is told from one that is late behind the last step.
 */
const SIZES = {
  short: { by: TENS, windowMs: 4_500, mostOff: 0.6, mostSilenceMs: 12_000 },
  long: { by: [...TENS, 24 * HOUR, -24 * HOUR], windowMs: 60_000, mostOff: 0.2, mostSilenceMs: 7_000 }
} as const
/** Asked for before the bookmaker counts as returned, and so seen. */
const PROBES = 3

/** The broadcaster by the time of day, as it once was. */
const BY_THE_CLOCK: Alteration = {
  file: "broadcast/Hub.ts",
  from: "elapsedBy(yield* Clock.Clock)",
  to: "(yield* Clock.Clock).currentTimeMillisUnsafe"
}
/** Outages that keep their beginning, as they once did. */
const OLD_OUTAGES: Alteration = { file: "odds/ClockStep.ts", from: "standing.since + by", to: "standing.since" }

export const clock: FaultRun = {
  name: "clock",
  promise: "A clock that is set changes no state, stalls nothing, and turns nobody away",
  run: async (size, seed) => {
    const { by, mostOff, mostSilenceMs, windowMs } = SIZES[size]
    const kickoffAfterMs = 26 * HOUR
    const [seen, control] = await Promise.all([
      withSettableHouse({ seed, kickoffAfterMs, alterations: [] }, async (house) => {
        const steps = await stepped(house, by, windowMs, mostSilenceMs)
        return {
          ...steps,
          returned: await returnedAfterStep(house),
          closed: closedOf(house),
          refusals: house.refusals()
        }
      }),
      withSettableHouse({ seed, kickoffAfterMs, alterations: [BY_THE_CLOCK, OLD_OUTAGES] }, async (house) => {
        const returned = await returnedAfterStep(house)
        house.silence.longestSilenceMs()
        house.setAhead(0)
        await pause(mostSilenceMs + 1_000)
        return { returned, silence: house.silence.longestSilenceMs() }
      })
    ])
    return {
      checks: [
        atMost("requests a second after a step, off those before", 100 * seen.off, 100 * mostOff, "%"),
        atMost("longest time without a message, whole board", seen.boardSilence, mostSilenceMs, "ms"),
        atMost("longest time without a sign of life, empty board", seen.silence, mostSilenceMs, "ms"),
        { ...none("states that changed by a step", seen.changes.length), seen: seen.changes.slice(0, 3).join() || "0" },
        none("sockets closed", seen.closed),
        none("answers that were 429", seen.refusals),
        atMost("next run told, off by", seen.nextRunOff, 2_000, "ms"),
        atMost("listings not said to be unseen at a return behind a step", seen.returned, PROBES)
      ],
      least: [
        { what: "steps that the house saw", seen: seen.taken, atLeast: by.length },
        { what: "requests before and after steps", seen: seen.requests, atLeast: 40 * by.length }
      ],
      controls: [
        { what: "a broadcaster by the time of day", caught: control.silence > mostSilenceMs },
        { what: "outages that keep their beginning", caught: control.returned > PROBES }
      ],
      counts: {
        steps: by.map((ms) => `${ms / MINUTE} min`).join(", "),
        requests: seen.requests,
        "requests a second before": seen.before.toFixed(1),
        "after each": seen.after.map((each) => each.toFixed(1)).join(", "),
        "longest time without a message": `${Math.round(seen.silence)} ms`
      },
      notes: [
        "The house's Date is moved in all its threads by a message; timers, sites and clients keep the machine's time.",
        "Every listing is due every 5 s; no match kicks off within a day, as a kickoff is by the clock."
      ]
    }
  }
}

const stepped = async (house: SettableHouse, by: readonly number[], windowMs: number, mostSilenceMs: number) => {
  const rate = async (): Promise<number> => {
    const [from, began] = [await house.requests(), performance.now()]
    await pause(windowMs)
    return ((await house.requests()) - from) / ((performance.now() - began) / 1_000)
  }
  const before = await rate()
  const first = house.board.told.length
  house.board.longestSilenceMs()
  house.silence.longestSilenceMs()
  const start = await timesOf(house)
  const after: number[] = []
  let ahead = 0
  let taken = 0
  let nextRunOff = 0
  for (const ms of by) {
    ahead += ms
    house.setAhead(ahead)
    after.push(await rate())
    const times = await timesOf(house)
    if (Math.abs(times.now - Date.now() - ahead) < MINUTE) taken += 1
    // The runs of before are still due at the same true instant, unless one has begun since.
    const moved = times.next - ahead - start.next
    nextRunOff = Math.max(nextRunOff, Math.abs(moved % start.every))
  }
  await pause(Math.max(0, mostSilenceMs + 1_000 - windowMs))
  const told = house.board.told.slice(first)
  return {
    before,
    after,
    taken,
    nextRunOff,
    off: Math.abs(after.reduce((sum, each) => sum + each, 0) / after.length / before - 1),
    requests: Math.round((before + after.reduce((sum, each) => sum + each, 0)) * (windowMs / 1_000)),
    boardSilence: house.board.longestSilenceMs(),
    silence: house.silence.longestSilenceMs(),
    changes: told
      .flatMap(({ bookmakers, listings }) => [...bookmakers, ...listings])
      .flatMap(({ id, state }) => (state === "CONFIRMED" ? [] : [`${id} ${state}`]))
  }
}

const timesOf = async ({ ask }: SettableHouse) => {
  const { settings, system } = await ask<{
    readonly settings: { readonly scrapeIntervalMs: number }
    readonly system: { readonly serverTime: string; readonly nextRunAt: string }
  }>("{ system { serverTime nextRunAt } settings { scrapeIntervalMs } }")
  return { now: Date.parse(system.serverTime), next: Date.parse(system.nextRunAt), every: settings.scrapeIntervalMs }
}

/** Blocked, the clock set ahead, back again: how many of its listings were not told to be unseen. */
const returnedAfterStep = async ({ board, controls, setAhead }: SettableHouse): Promise<number> => {
  const first = board.told.length
  const isToldAs = (wanted: string) => (): boolean =>
    board.told
      .slice(first)
      .flatMap(({ bookmakers }) => bookmakers)
      .findLast(({ id }) => id === BLOCKED)?.state === wanted
  await controls.order({ bookmaker: "sportybet", kind: "403html" })
  await until(isToldAs("STALE"))
  setAhead(10 * MINUTE)
  // The house looks at its clock once a second.
  await pause(1_500)
  await controls.clearFaults()
  await until(isToldAs("CONFIRMED"))
  const unseen = board.told
    .slice(first)
    .flatMap(({ listings }) => listings)
    .filter(({ id, state }) => id.endsWith(`/${BLOCKED}`) && state === "STALE")
  return EVENTS - new Set(unseen.map(({ id }) => id)).size
}

const BLOCKED = "sportybet-ng"
const PATIENCE_MS = 60_000

const until = async (holds: () => boolean): Promise<void> => {
  const deadline = performance.now() + PATIENCE_MS
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`${BLOCKED} did not change its state in time`)
    await pause(20)
  }
}

const closedOf = ({ board, silence }: SettableHouse): number =>
  [board, silence].filter((one) => one.closed() !== undefined).length
