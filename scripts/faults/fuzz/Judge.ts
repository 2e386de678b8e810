/**
 * What is wrong with a decoded payload, told by a reader that shares no code with the decoders.
 *
 * A price accepted as open must be the one price that the payload states for that market and outcome: in (1, 10 000],
 * not also stated otherwise, not suspended, and nothing that only a coercion makes a number of.
 */
import { OPEN, SUSPENDED } from "../../../src/domain/Board.ts"
import type { ListedEvent } from "../../../src/domain/Event.ts"
import type { Snapshot } from "../../../src/domain/Snapshot.ts"
import { makeListener } from "../../../test/support/independent-reader.ts"
import type { Sayings } from "../../../test/support/independent-reader.ts"
import { marketMap } from "../../../test/support/recordings.ts"
import type { Subject } from "./Subjects.ts"

export interface Judge {
  readonly wrongAccepts: (snapshot: Snapshot, subject: Subject, text: string) => readonly string[]
  /** Of an undamaged payload: what was stated and not taken over. */
  readonly wrongRejects: (snapshot: Snapshot | undefined, subject: Subject) => readonly string[]
  readonly badEvents: (listed: readonly ListedEvent[]) => readonly string[]
}

export const makeJudge = (sound: readonly Subject[]): Judge => {
  const events = sound.filter(({ site, endpoint }) => site === "sportybet" && endpoint === "event")
  const literal = makeListener(marketMap())
  const listener = makeListener(
    marketMap(),
    events.map(({ text }) => text)
  )
  return {
    wrongAccepts: (snapshot, { site }, text) => {
      const wrong = unstated(snapshot, listener[site](text))
      if (wrong.length === 0) return []
      // A damaged team name may eat a piece of a label, and a damaged id hide it: then the label counts as it stands.
      const still = new Set(unstated(snapshot, literal[site](withoutTeams(text))).map(({ key }) => key))
      return wrong.filter(({ key }) => still.has(key)).map(({ key, what }) => `${key} ${what}`)
    },
    wrongRejects: (snapshot, { site, text }) => {
      const said = listener[site](text)
      if (snapshot === undefined) return ["the payload was refused"]
      const taken = new Map(outcomesOf(snapshot).map((one) => [`${one.market} ${one.outcome}`, one]))
      return [...said].flatMap(([market, outcomes]) =>
        [...outcomes].flatMap(([outcome, [stated]]) => {
          const held = taken.get(`${market} ${outcome}`)
          const same =
            stated === "suspended"
              ? held?.state === SUSPENDED
              : held?.state === OPEN && held.milli === thousandths(stated ?? NaN)
          return same ? [] : [`${market} ${outcome} is stated as ${stated} and was not taken over`]
        })
      )
    },
    badEvents: (listed) =>
      listed.flatMap((event) => {
        const { bookmakerEventId, eventId, home, away, kickoff } = event
        const sound =
          bookmakerEventId !== "" &&
          isName(home) &&
          isName(away) &&
          (eventId === undefined || /^[1-9]\d{0,11}$/.test(eventId)) &&
          Number.isSafeInteger(kickoff) &&
          kickoff >= Date.UTC(2010, 0) &&
          kickoff < Date.UTC(2100, 0)
        return sound ? [] : [`an event was taken over as ${JSON.stringify(event).slice(0, 300)}`]
      })
  }
}

const unstated = (snapshot: Snapshot, said: Sayings): readonly { readonly key: string; readonly what: string }[] =>
  outcomesOf(snapshot).flatMap(({ market, outcome, state, milli }) => {
    if (state !== OPEN) return []
    const stated = said.get(market)?.get(outcome) ?? []
    const [price] = stated
    const right = stated.length === 1 && typeof price === "number" && thousandths(price) === milli
    const what = `is open at ${milli / 1000}, and the payload says ${stated.join(" and ") || "nothing"}`
    return right && milli > 1_000 && milli <= 10_000_000 ? [] : [{ key: `${market} ${outcome}`, what }]
  })

const withoutTeams = (text: string): string =>
  JSON.stringify(JSON.parse(text, (name, value) => (name === "homeTeamName" || name === "awayTeamName" ? "" : value)))

/** What is taken over: nothing of a market that was rejected, also where another copy of it could be read (`Change`). */
const outcomesOf = ({ board, rejected }: Snapshot) =>
  board.shape.slots.flatMap(({ market, layout }, slot) =>
    rejected.has(market.key)
      ? []
      : layout.outcomes.map((outcome, i) => {
          const at = (board.shape.offsets[slot] ?? 0) + i
          return { market: market.key, outcome, state: board.states[at], milli: board.milli[at] ?? 0 }
        })
  )

/** DESIGN §4: a value within a millionth of a thousandth is that thousandth, a finer one is cut. */
const thousandths = (price: number): number => {
  const nearest = Math.round(price * 1000)
  return Math.abs(price * 1000 - nearest) <= 0.001 ? nearest : Math.floor(price * 1000)
}

const isName = (text: string): boolean =>
  text !== "" && text.length <= 120 && text.isWellFormed() && !/[\p{Cc}\p{Cf}]/u.test(text)
