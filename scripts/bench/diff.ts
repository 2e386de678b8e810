/**
 * `diff`: boards as the adapters make them, each with a shape object of its own, against the book of their listing.
 */
import { difference } from "../../src/odds/Change.ts"
import { observe } from "../../src/odds/Observe.ts"
import type { OddsBook } from "../../src/odds/OddsBook.ts"
import type { Snapshot } from "../../src/domain/Snapshot.ts"
import { decoderOf } from "./adapters.ts"
import { factsOf, moved, without } from "./boards.ts"
import { payloads } from "./payloads.ts"
import { plainly } from "./report.ts"
import type { Benchmark } from "./report.ts"
import { cpuPerCall, interleaved, median } from "./rounds.ts"

export const diff: Benchmark = {
  name: "diff",
  question: "How many outcomes a second can one core compare?",
  measure: async () => {
    const cases = (await payloads()).map((payload) => caseOf(decoderOf(payload)()))
    const outcomes = cases.reduce((sum, { same }) => sum + same.board.milli.length, 0)
    const all = (work: (one: Case) => unknown) => () => cpuPerCall(() => cases.forEach(work)) / outcomes
    const costs = await interleaved(ROUNDS, {
      same: all(({ book, same }) => difference(book, same, true)),
      moved: all(({ book, moves }) => difference(book, moves, true)),
      other: all(({ holed, other }) => difference(holed, other, true)),
      observed: all(({ book, same, facts }) => observe(facts, book, same))
    })
    const perSecond = (values: readonly number[]): number => 1 / median(values)
    return {
      rows: [
        plainly("same shape, nothing moved", perSecond(costs("same")), "million/s", { least: 200 }),
        plainly("same shape, 5 % of markets moved", perSecond(costs("moved")), "million/s"),
        plainly("other shape: every 20th market gone, others new", perSecond(costs("other")), "million/s", {
          least: 5
        }),
        plainly("the actor's whole step, nothing moved", perSecond(costs("observed")), "million/s")
      ],
      notes: [
        `${cases.length} listings with ${outcomes} outcomes, recorded and simulated; median of ${ROUNDS} interleaved rounds, CPU of one thread.`
      ]
    }
  }
}

const ROUNDS = 7

interface Case {
  readonly book: OddsBook
  /** Without every 20th market. */
  readonly holed: OddsBook
  readonly same: Snapshot
  readonly moves: Snapshot
  /** Without every 20th market, and not the same ones. */
  readonly other: Snapshot
  readonly facts: ReturnType<typeof factsOf>
}

const caseOf = (snapshot: Snapshot): Case => {
  const facts = factsOf(snapshot)
  const first = without(snapshot, (slot) => slot % 20 === 7)
  const book = observe(facts, undefined, snapshot).change?.book
  const holed = observe(facts, undefined, first).change?.book
  if (book === undefined || holed === undefined) throw new Error("A payload gave no book.")
  return {
    facts,
    book,
    holed,
    same: moved(snapshot, 0),
    moves: moved(snapshot, 0.05),
    other: without(snapshot, (slot) => slot % 20 === 13)
  }
}
