/**
 * `npm run faults corpus`: every upstream case of the corpus of bad input gives its row of DESIGN §7, and the two other
 * bookmakers never notice.
 *
 * The short form puts every case to one bookmaker, the long one each case of content to all three formats.
 */
import { Effect } from "effect"
import { coercing, uncapped, ungated } from "./corpus/controls.ts"
import { judgeEvent, ordered } from "./corpus/cases/event.ts"
import type { Judged } from "./corpus/cases/event.ts"
import { SITES } from "./corpus/Expected.ts"
import type { Case, Site } from "./corpus/Expected.ts"
import { judgeGradual } from "./corpus/cases/gradual.ts"
import type { HouseOptions } from "./corpus/house.ts"
import { judgeLine } from "./corpus/cases/line.ts"
import { judgeList } from "./corpus/cases/list.ts"
import { setStage } from "./corpus/stage.ts"
import type { Stage } from "./corpus/stage.ts"
import { DRIFT_CASES, JSON_CASES, ODDS_CASES } from "./corpus/tables/content.ts"
import { IDENTITY_CASES, LIST_CASES } from "./corpus/tables/identity.ts"
import { ENCODING_CASES, LINE_CASES, STATUS_CASES, WIRE_CASES } from "./corpus/tables/line.ts"
import { exactly } from "./FaultRun.ts"
import type { Check, FaultRun, Outcome, Size } from "./FaultRun.ts"

export const corpus: FaultRun = {
  name: "corpus",
  promise: "Every upstream fault of the corpus gives its row, and the two other bookmakers never notice",
  run: (size, seed) => Effect.runPromise(Effect.scoped(play(size, seed)))
}

const EVENT_CASES = [
  ...WIRE_CASES,
  ...STATUS_CASES,
  ...ENCODING_CASES,
  ...JSON_CASES,
  ...ODDS_CASES,
  ...IDENTITY_CASES,
  ...DRIFT_CASES
]

/** A case at a bookmaker, ready to be played on a stage. */
interface Scene {
  readonly id: string
  readonly play: (stage: Stage) => Effect.Effect<Judged>
}

const play = Effect.fnUntraced(function* (size: Size, seed: number) {
  const [first, second, third] = [yield* setStage, yield* setStage, yield* setStage]
  const scenes = scenesOf(size, seed)
  const lane = (stage: Stage, at: 0 | 1) =>
    Effect.forEach(
      scenes.filter((_, place) => place % 2 === at),
      (scene) => scene.play(stage)
    )
  // Lines that do not answer take real time, so all of them are waited for at once, beside everything else.
  const lines = Effect.forEach(
    LINE_CASES,
    (each) => Effect.forEach(each.sites, (site) => judgeLine(third, each, site)),
    { concurrency: "unbounded" }
  )
  const judged = (yield* Effect.all([lane(first, 0), lane(second, 1), Effect.map(lines, (all) => all.flat())], {
    concurrency: "unbounded"
  })).flat()
  const controls = yield* Effect.forEach(CONTROLS, (control) => tried(first, control))
  const outcome: Outcome = {
    checks: SECTIONS.map(([letter, what]) =>
      sectionCheck(
        `${letter}: ${what}`,
        judged.filter(({ id }) => id.startsWith(letter))
      )
    ),
    least: [
      { what: "cases", seen: new Set(judged.map(({ id }) => id)).size, atLeast: 175 },
      {
        what: "requests to faulted bookmakers",
        seen: judged.reduce((sum, { requests }) => sum + requests, 0),
        atLeast: 300
      }
    ],
    controls,
    counts: { "cases × bookmakers": judged.length, right: judged.filter(({ faults }) => faults.length === 0).length },
    notes: [
      ...judged.flatMap(({ faults, id, site }) =>
        faults.length === 0 ? [] : [`${id} at ${site}: ${faults.join("; ")}`]
      ),
      "A case is right when error, cache, next try and breaker are its row's, what is kept turns stale with its reason once overdue, and the other two bookmakers are confirmed, unchanged, their circuits closed and their counts right.",
      "Sockets are real, time is virtual: it passes only while no request is under way, or while the fault is that nothing comes."
    ]
  }
  return outcome
})

const SECTIONS: readonly (readonly [letter: string, what: string])[] = [
  ["H", "the line and HTTP"],
  ["S", "statuses and throttling"],
  ["E", "encodings and content"],
  ["J", "the form of JSON"],
  ["O", "odds"],
  ["M", "matches, identity, time"],
  ["D", "drift"]
]

const sectionCheck = (what: string, judged: readonly Judged[]): Check =>
  exactly(`right in ${what}`, judged.filter(({ faults }) => faults.length === 0).length, judged.length)

const scenesOf = (size: Size, seed: number): readonly Scene[] =>
  [
    ...EVENT_CASES.map((each) => ({ ...each, at: each.sites, scene: eventScene(each) })),
    ...LIST_CASES.map((each) => ({ ...each, at: SITES, scene: listScene(each) })),
    { id: "D172", at: SITES, scene: (site: Site) => (stage: Stage) => judgeGradual(stage, housed(stage), site) }
  ].flatMap(({ at, id, scene }, place) => {
    const sites = size === "long" ? at : at.slice((place + seed) % at.length).slice(0, 1)
    return sites.map((site) => ({ id, play: scene(site) }))
  })

const housed = ({ environment }: Stage): Omit<HouseOptions, "disk"> => ({ environment })

const eventScene = (each: Case) => (site: Site) => (stage: Stage) =>
  judgeEvent(stage, housed(stage), each, site, ordered(stage, each.id, site))

const listScene = (each: (typeof LIST_CASES)[number]) => (site: Site) => (stage: Stage) =>
  judgeList(stage, housed(stage), each, site)

interface Broken extends Partial<HouseOptions> {
  readonly what: string
  readonly id: string
}

const CONTROLS: readonly Broken[] = [
  { what: "a decoder that makes a price of what it cannot read", id: "O99", adapter: coercing },
  { what: "a breaker that hears nothing", id: "S48", adapter: ungated },
  { what: "HTTP without a cap on size", id: "E69", http: uncapped },
  { what: "429 without a pause", id: "S42", adapter: ungated }
]

const tried = Effect.fnUntraced(function* (stage: Stage, { id, what, ...broken }: Broken) {
  const each = EVENT_CASES.find((one) => one.id === id)
  const [site = "betpawa"] = each?.sites ?? []
  const faults =
    each === undefined
      ? []
      : (yield* judgeEvent(stage, { ...housed(stage), ...broken }, each, site, ordered(stage, id, site))).faults
  return { what: `${what} (${id})`, caught: faults.length > 0 && !faults.some((fault) => fault.startsWith("a defect")) }
})
