/**
 * What a listing shows, as plain values, and what has become of it between two looks.
 */
import { Effect } from "effect"
import type { EventFacts, EventId } from "../../../src/domain/Event.ts"
import type { OddsBook } from "../../../src/odds/OddsBook.ts"
import { OUTCOME_STATES, milliOf, stateOf } from "../../../src/odds/OddsBook.ts"
import { PublishedBoard } from "../../../src/odds/PublishedBoard.ts"
import { Scraping } from "../../../src/scraping/Scraping.ts"
import { SITES } from "./Expected.ts"
import type { Site } from "./Expected.ts"
import { bookmakerOf } from "./stage.ts"

export interface Look {
  readonly facts: EventFacts | undefined
  readonly listings: { readonly [Name in Site]: Listing }
}

export interface Listing {
  /** `1x2_ft home` → `OPEN 1850`; a price that is not open keeps the last open one. */
  readonly outcomes: ReadonlyMap<string, string>
  readonly state: string
  readonly reason: string | undefined
  readonly confirmedAt: number
  readonly unmapped: number
  readonly standing: string
  readonly open: readonly string[]
}

export const lookAt = Effect.fnUntraced(function* (event: EventId) {
  const board = yield* PublishedBoard
  const work = yield* (yield* Scraping).work
  const seen = board.event(event)
  const listing = (site: Site): Listing => {
    const id = bookmakerOf(site)
    const book = seen?.books.get(id)
    const { standing } = board.bookmaker(id)
    return {
      outcomes: book === undefined ? new Map() : outcomesOf(book),
      state: book?.listing.state ?? "NONE",
      reason: book?.listing.reason?.code,
      confirmedAt: book?.confirmedAt ?? 0,
      unmapped: book?.listing.unmapped.length ?? 0,
      standing: standing.state === "CONFIRMED" ? "CONFIRMED" : `${standing.state} ${standing.reason?.code}`,
      open: (work.find(({ bookmakerId }) => bookmakerId === id)?.breakers ?? [])
        .filter(({ state }) => state !== "CLOSED")
        .map(({ endpoint, state }) => `${endpoint} ${state}`)
    }
  }
  const look: Look = {
    facts: seen?.facts,
    listings: { betpawa: listing("betpawa"), sportybet: listing("sportybet"), bet9ja: listing("bet9ja") }
  }
  return look
})

/** `1x2_ft home UNREADABLE`, `1x2_ft home OPEN 1850`: every outcome that is not as it was, in order. */
export const changesOf = (before: Listing, after: Listing): readonly string[] =>
  [...new Set([...before.outcomes.keys(), ...after.outcomes.keys()])]
    .filter((outcome) => before.outcomes.get(outcome) !== after.outcomes.get(outcome))
    .map((outcome) => {
      const [state = "ABSENT", price = ""] = (after.outcomes.get(outcome) ?? "").split(" ")
      const [, was = ""] = (before.outcomes.get(outcome) ?? "").split(" ")
      const kept = price === was ? "" : ` lost its price ${was}`
      return `${outcome} ${state === "OPEN" ? `OPEN ${priceText(price, was)}` : `${state}${kept}`}`
    })

/** Why the bookmakers that were left alone do not stand as they must. */
export const untouched = (faulted: Site, before: Look, after: Look): readonly string[] =>
  SITES.filter((site) => site !== faulted).flatMap((site) => {
    const [was, is] = [before.listings[site], after.listings[site]]
    const changed = changesOf(was, is)
    return [
      ...(changed.length > 0 ? [`${site} is touched: ${changed.slice(0, 3).join(", ")}`] : []),
      ...(is.confirmedAt > was.confirmedAt ? [] : [`${site} was not confirmed`]),
      ...(is.state === "CONFIRMED" && is.standing === "CONFIRMED" ? [] : [`${site} is ${is.state}, ${is.standing}`]),
      ...is.open.map((circuit) => `the circuit ${circuit} of ${site} is not closed`)
    ]
  })

const priceText = (price: string, was: string): string => (Number(price) === 10 * Number(was) ? "x10" : price)

const outcomesOf = ({ outcomes, shape }: OddsBook): ReadonlyMap<string, string> =>
  new Map(
    shape.slots.flatMap(({ layout, market }, slot) => {
      const from = shape.offsets[slot] ?? 0
      return layout.outcomes.map((outcome, at): [string, string] => {
        const known = outcomes[from + at] ?? 0
        return [`${market.key} ${outcome}`, `${OUTCOME_STATES[stateOf(known)]} ${milliOf(known)}`]
      })
    })
  )
