/**
 * A case at one bookmaker's list: what its readings are told with, and that nothing known is lost or added by it.
 */
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { PublishedBoard } from "../../../../src/odds/PublishedBoard.ts"
import { drive, PATIENT } from "../drive.ts"
import type { ListCase, Site } from "../Expected.ts"
import { judged } from "./event.ts"
import { Requests } from "../house.ts"
import type { HouseOptions } from "../house.ts"
import { changesOf, lookAt, untouched } from "../judge.ts"
import { BEGINS, bookmakerOf, run, within } from "../stage.ts"
import type { Stage } from "../stage.ts"

/** More pages than any honest list of a dozen events has. */
const MOST_PAGES = 4

export const judgeList = (stage: Stage, options: Omit<HouseOptions, "disk">, each: ListCase, site: Site) =>
  judged(
    each.id,
    site,
    within({ ...options, disk: { ...stage.disk } }, BEGINS, inHouse(stage, each, site)).pipe(
      Effect.ensuring(stage.clear)
    )
  )

const inHouse = Effect.fnUntraced(function* (stage: Stage, each: ListCase, site: Site) {
  const { sent } = yield* Requests
  const board = yield* PublishedBoard
  const bookmakerId = bookmakerOf(site)
  const read = drive(run({ bookmakers: [bookmakerId] }), PATIENT)
  const lists = () =>
    sent.filter((request) => request.bookmakerId === bookmakerId && request.endpoint === "list").length

  yield* drive(run({ events: [stage.target] }), PATIENT)
  yield* read
  const perReading = lists()
  const [before, known] = [yield* lookAt(stage.target), board.events().length]
  yield* stage.order({ kind: each.id, bookmaker: site, endpoint: "list" })
  const faults: string[] = []
  const must = each.differs[site] ?? each.readings
  for (const [time, code] of must.entries()) {
    if (each.recovers && time === must.length - 1) yield* stage.clear
    yield* TestClock.adjust(1_000)
    const [first, requests] = [lists(), sent.length]
    const { failures, run: ended } = yield* read
    if (time === 0 && (yield* stage.met) === 0) faults.push("the fault has met nothing")
    const told = failures.find(({ eventId }) => eventId === undefined)
    if ((told?.class ?? "NONE") !== code)
      faults.push(`reading ${time + 1} is told with ${told?.message ?? "nothing"}, must be ${code}`)
    const pages = lists() - first
    if (pages > perReading + MOST_PAGES) faults.push(`${pages} requests for a list that takes ${perReading}`)
    if (sent.length - requests - pages < known / 2)
      faults.push(`only ${sent.length - requests - pages} events were fetched`)
    const count = ended.counts.find((each) => each.bookmakerId === bookmakerId)
    if (each.adds.includes(site) ? (count?.failed ?? 0) + (count?.gone ?? 0) === 0 : (count?.failed ?? 0) > 0)
      faults.push(`${count?.failed} events failed, ${count?.gone} are gone`)
  }
  yield* drive(run({ events: [stage.target] }), PATIENT)
  const after = yield* lookAt(stage.target)
  const added = board.events().length - known
  if (added > 0 !== each.adds.includes(site)) faults.push(`${added} events were added to ${known}`)
  const [was, is] = [before.listings[site], after.listings[site]]
  if (is.confirmedAt <= was.confirmedAt || is.state !== "CONFIRMED")
    faults.push(`the event is ${is.state}, confirmed at ${is.confirmedAt}`)
  if (JSON.stringify(before.facts) !== JSON.stringify(after.facts))
    faults.push(`its facts become ${JSON.stringify(after.facts)}`)
  faults.push(...changesOf(was, is).slice(0, 3), ...untouched(site, before, after))
  return { faults, requests: sent.length }
})
