/** From Fourth's words to ours: which event it is, and the board of its odds. Pure. */
import { Result } from "effect"
import { makeDraft } from "../../../src/bookmakers/wire/Draft.ts"
import type { Draft, Drafted } from "../../../src/bookmakers/wire/Draft.ts"
import { cleanName, fault, instantOf, sportradarId } from "../../../src/bookmakers/wire/Reading.ts"
import type { Read } from "../../../src/bookmakers/wire/Reading.ts"
import { EventId } from "../../../src/domain/Event.ts"
import type { ListedEvent } from "../../../src/domain/Event.ts"
import { marketOf } from "../../../src/domain/Market.ts"
import type { Markets } from "./Markets.ts"
import type { WireDetail, WireMarket, WireMatch } from "./Wire.ts"

export const listedEvent = ({ ref, sportradar, home, away, starts, league }: WireMatch): Read<ListedEvent> => {
  const kickoff = instantOf(starts)
  if (kickoff === undefined) return fault("$.starts", `"${starts}" of match ${ref} is no instant`)
  const id = sportradarId(sportradar)
  return Result.succeed({
    bookmakerEventId: ref,
    eventId: id === undefined ? undefined : EventId(id),
    home: cleanName(home),
    away: cleanName(away),
    kickoff,
    competition: { nativeId: league.ref, name: cleanName(league.name), country: cleanName(league.country) }
  })
}

export const normalize = ({ markets }: WireDetail, known: Markets): Drafted => {
  const draft = makeDraft()
  for (const market of markets) addMarket(draft, market, known)
  return draft.finish()
}

const addMarket = (draft: Draft, { kind, line, prices }: WireMarket, known: Markets): void => {
  const mapping = known.get(kind)?.[0]
  if (mapping === undefined) return draft.unmapped(kind, kind, prices.length)
  const market = marketOf(mapping.type, line ?? undefined)
  if (market === undefined) return draft.reject(undefined)
  for (const { pick, odds, open } of prices) {
    const outcome = mapping.outcomes.get(pick)
    if (outcome === undefined) draft.unmapped(`${kind}/${pick}`, pick, 1)
    else if (open) draft.open(market, outcome, odds)
    else draft.suspended(market, outcome)
  }
}
