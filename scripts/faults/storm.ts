/**
 * A bookmaker that fails, through the real gate, breaker, retries and coordinator under a virtual clock: five minutes of
 * 500s in a whole scraper, then thousands of drawn schedules of failing, refusing and recovering at one gate.
 */
import fc from "fast-check"
import { atMost, none } from "./FaultRun.ts"
import type { Check, FaultRun } from "./FaultRun.ts"
import { budgetless, realGate, stuck } from "./storm/Gates.ts"
import { endured, schedules } from "./storm/Schedules.ts"
import type { Endured } from "./storm/Schedules.ts"
import { weathered } from "./storm/House.ts"
import type { Weathered } from "./storm/House.ts"
import { earlyAnswers } from "./storm/RetryAfter.ts"
import { fiveMinutes } from "./storm/Scraper.ts"

const SCHEDULES = { short: 60, long: 10_000 }
const CONTROL_SCHEDULES = 20
const MOST_RATIO = 1.5

export const storm: FaultRun = {
  name: "storm",
  promise: "A bookmaker that fails is asked no more than half again, by one probe at a time, and returns by itself.",
  run: async (size, seed) => {
    const storms = await fiveMinutes(seed)
    const drawn = fc.sample(schedules, { numRuns: SCHEDULES[size], seed })
    const real = await endured(realGate, drawn)
    const controls = drawn.slice(0, CONTROL_SCHEDULES)
    const [loud, dead] = [await endured(budgetless, controls), await endured(stuck, controls)]
    const forms = earlyAnswers()
    const house = size === "long" ? await weathered(seed) : undefined
    return {
      checks: [
        atMost("five minutes of 500s: requests by those scheduled without faults", storms.ratio, MOST_RATIO, "×"),
        atMost("five minutes of 500s: probes at once", storms.probesAtOnce, 1),
        atMost(
          "five minutes of 500s: until prices are confirmed again, after its end",
          storms.recoveredMs / 1000,
          storms.allowedMs / 1000,
          "s"
        ),
        atMost("five minutes of 500s: requests lost by the others", storms.othersLost, 0),
        none(
          "drawn schedules: with more requests than allowed",
          count(real, ({ ratio }) => ratio > MOST_RATIO)
        ),
        none(
          "drawn schedules: with two probes at once",
          count(real, ({ probesAtOnce }) => probesAtOnce > 1)
        ),
        none(
          "drawn schedules with a 429: not recovered in time, which is at the slowed pace",
          count(real, ({ lateMs, refusals }) => lateMs > 0 && refusals > 0)
        ),
        none(
          "drawn schedules without one: not recovered in time, which is at the full pace",
          count(real, ({ lateMs, refusals }) => lateMs > 0 && refusals === 0)
        ),
        none(
          "drawn schedules: requests before the time that a refusal named",
          sum(real, ({ early }) => early)
        ),
        ...(house === undefined ? [] : inTheHouse(house)),
        none("forms of Retry-After that were cut short, clocks ten minutes apart included", forms.early)
      ],
      least: [
        { what: "schedules", seen: real.length, atLeast: SCHEDULES[size] },
        { what: "requests sent", seen: sum(real, ({ sent }) => sent), atLeast: SCHEDULES[size] * 50 },
        { what: "requests that failed", seen: sum(real, ({ failed }) => failed), atLeast: SCHEDULES[size] * 5 },
        { what: "probes", seen: sum(real, ({ probes }) => probes), atLeast: SCHEDULES[size] },
        { what: "refusals with a time", seen: sum(real, ({ refusals }) => refusals), atLeast: SCHEDULES[size] / 4 },
        {
          what: "schedules that never slowed the pace",
          seen: count(real, ({ refusals }) => refusals === 0),
          atLeast: SCHEDULES[size] / 10
        },
        { what: "forms of Retry-After", seen: forms.tried, atLeast: 30 }
      ],
      controls: [
        { what: "retries without a budget and no breaker", caught: loud.some(({ ratio }) => ratio > MOST_RATIO) },
        { what: "a breaker that never closes again", caught: dead.some(({ lateMs }) => lateMs > 0) }
      ],
      counts: {
        "requests in the storm": storms.sent,
        "without faults": storms.scheduled,
        "recovered after": `${storms.recoveredMs / 1000} s`,
        schedules: real.length,
        "requests sent": sum(real, ({ sent }) => sent),
        "highest ratio": Math.max(...real.map(({ ratio }) => ratio)).toFixed(2)
      },
      notes: [
        "Virtual time; answers take 0.2 to 3 s. Allowed for the return is the probe interval at the storm's end and one cycle of 5 minutes.",
        "The long form adds a minute of 500s in real time: a whole house that asks for everything every 5 s, which is its cycle there.",
        "A drawn schedule is up to twelve spells of answering, 500s, 429 with a time, or 403, a request every second, then health.",
        "In time is one probe interval and one cycle: there two requests a second apart, or 3.2 s further after a 429, which alone slows the pace.",
        "All attempts together stay within 1.5 × what was asked for, rounded up by one."
      ]
    }
  }
}

const inTheHouse = (seen: Weathered): readonly Check[] => [
  atMost(
    "a whole house: requests in a minute of 500s by those of a minute before",
    seen.sent / seen.scheduled,
    MOST_RATIO,
    "×"
  ),
  atMost("a whole house: requests once its circuits were open, which reopened one each", seen.whileOpen, seen.reopened),
  atMost("a whole house: until its prices are confirmed again", seen.recoveredMs / 1000, seen.allowedMs / 1000, "s"),
  atMost("a whole house: share of requests that the others missed", seen.othersMissed, 0.1),
  none("a whole house: looks at which another bookmaker was not confirmed", seen.othersShaken)
]

const count = (all: readonly Endured[], is: (one: Endured) => boolean): number => all.filter(is).length

const sum = (all: readonly Endured[], of: (one: Endured) => number): number =>
  all.reduce((total, one) => total + of(one), 0)
