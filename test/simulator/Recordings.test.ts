/**
 * The encoders against the recordings: a payload decoded into content comes back as that payload.
 */
import { assert, describe, it } from "@effect/vitest"
import { encodeEvent as encodeBet9ja, envelope as bet9jaEnvelope } from "../../src/simulator/bet9ja/Encode.ts"
import { encodeEvent as encodeBetpawa } from "../../src/simulator/betpawa/Encode.ts"
import { fieldOf } from "../../src/simulator/Route.ts"
import { encodeEvent as encodeSportybet, envelope as sportybetEnvelope } from "../../src/simulator/sportybet/Encode.ts"
import { decodeBet9ja, decodeBetpawa, decodeSportybet, hasRecordings, recording } from "./support/decode.ts"

const onTheWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const firstEvent = (tournaments: unknown): unknown => listed(fieldOf(listed(tournaments)[0], "events"))[0]

if (!hasRecordings)
  console.warn("no recordings at ../shared/bookmakers/samples: the encoders are not checked against them")

describe.skipIf(!hasRecordings)("a recording's content encodes to the recording", () => {
  it("for the BetPawa v4 detail", () => {
    const payload = recording("betpawa/event_v4_prematch_sr67691078.json")
    assert.deepStrictEqual(onTheWire(encodeBetpawa(decodeBetpawa(payload))), payload)
  })

  it.each(["event_prematch_sr68995116", "event_live_no_markets_sr67645534"])("for the SportyBet detail %s", (name) => {
    const payload = recording(`sportybet/${name}.json`)
    assert.deepStrictEqual(
      onTheWire(sportybetEnvelope(encodeSportybet(decodeSportybet(fieldOf(payload, "data"))))),
      payload
    )
  })

  it("for an event of a SportyBet upcoming page", () => {
    const event = firstEvent(
      fieldOf(fieldOf(recording("sportybet/pcUpcomingEvents_page1.excerpt.json"), "data"), "tournaments")
    )
    assert.deepStrictEqual(onTheWire(encodeSportybet(decodeSportybet(event))), onTheWire(event))
  })

  it("for an event of SportyBet's tournaments on request", () => {
    const event = firstEvent(fieldOf(recording("sportybet/pcEvents_epl.excerpt.json"), "data"))
    assert.deepStrictEqual(onTheWire(encodeSportybet(decodeSportybet(event))), onTheWire(event))
  })

  it("for the Bet9ja detail, its labels apart", () => {
    const data = fieldOf(recording("bet9ja/GetEvent_prematch_sr68995116.trans_trimmed.json"), "D")
    const { TRANS: _, ...payload } = Object.fromEntries(Object.entries(Object(data)))
    assert.deepStrictEqual(onTheWire(bet9jaEnvelope(encodeBet9ja(decodeBet9ja(data)))), { R: "OK", D: payload })
  })
})
