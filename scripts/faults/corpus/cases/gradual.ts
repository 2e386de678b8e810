/**
 * D172: a format that changes little by little, one reply in ten at first. Those are lost, and nothing else.
 */
import { Effect } from "effect"
import { drive, PATIENT } from "../drive.ts"
import { judged } from "./event.ts"
import type { Site } from "../Expected.ts"
import { Requests } from "../house.ts"
import type { HouseOptions } from "../house.ts"
import { lookAt, untouched } from "../judge.ts"
import { BEGINS, bookmakerOf, run, within } from "../stage.ts"
import type { Stage } from "../stage.ts"

const FETCHES = 20

export const judgeGradual = (stage: Stage, options: Omit<HouseOptions, "disk">, site: Site) =>
  judged(
    "D172",
    site,
    within({ ...options, disk: { ...stage.disk } }, BEGINS, inHouse(stage, site)).pipe(Effect.ensuring(stage.clear))
  )

const inHouse = Effect.fnUntraced(function* (stage: Stage, site: Site) {
  const { sent } = yield* Requests
  const bookmakers = [bookmakerOf(site)]
  yield* drive(run({ events: [stage.target] }), PATIENT)
  const before = yield* lookAt(stage.target)
  yield* stage.order({ kind: "D172", bookmaker: site, endpoint: "event" })
  const others = stage.others[site]
  const failed: string[] = []
  for (let at = 0; at < FETCHES; at++) {
    const event = others[at % others.length] ?? stage.target
    const { failures } = yield* drive(run({ events: [event], bookmakers }), PATIENT)
    failed.push(...failures.map((failure) => failure.class))
  }
  yield* drive(run({ events: [stage.target] }), PATIENT)
  const after = yield* lookAt(stage.target)
  const must = Array.from({ length: FETCHES / 10 }, () => "UNREADABLE").join()
  return {
    faults: [
      ...(failed.join() === must ? [] : [`of ${FETCHES} fetches failed ${failed.join() || "none"}, must be ${must}`]),
      ...after.listings[site].open.map((circuit) => `the circuit ${circuit} is not closed`),
      ...untouched(site, before, after)
    ],
    requests: sent.length
  }
})
