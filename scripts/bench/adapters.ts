/**
 * The real adapters with a payload already at hand in place of the wire.
 */
import { ConfigProvider, Effect, Layer } from "effect"
import type { Adapter, Gate } from "../../src/bookmakers/Adapter.ts"
import { Http } from "../../src/bookmakers/Http.ts"
import { Roster } from "../../src/bookmakers/Roster.ts"
import { EventId } from "../../src/domain/Event.ts"
import type { Snapshot } from "../../src/domain/Snapshot.ts"
import type { Payload } from "./payloads.ts"
import { SITES } from "./sites.ts"

/** Parses and normalises the payload once per call, through its bookmaker's adapter. */
export const decoderOf = (payload: Payload): (() => Snapshot) => {
  const adapter = adaptersOver(payload.text).find(({ bookmaker }) => bookmaker.id === payload.bookmakerId)
  if (adapter === undefined) throw new Error(`The roster has no ${payload.bookmakerId}.`)
  const target = { bookmakerEventId: "1", eventId: EventId(payload.eventId) }
  const fetch = Effect.orDie(adapter.fetch(target, openGate, undefined))
  return () => Effect.runSync(fetch)
}

const adaptersOver = (text: string): readonly Adapter[] =>
  Effect.runSync(
    Roster.use(({ adapters }) => Effect.succeed(adapters)).pipe(
      Effect.provide(Roster.layerNoDeps.pipe(Layer.provide(wire(text)), Layer.provide(environment))),
      Effect.orDie
    )
  )

const wire = (text: string): Layer.Layer<Http> =>
  Layer.succeed(Http, {
    get: (asked) => Effect.sync(() => ({ asked, text, json: parse(text), requestedAt: 1_000, observedAt: 1_400 }))
  })

const parse = (text: string): unknown => JSON.parse(text)

const environment = ConfigProvider.layer(
  ConfigProvider.fromEnv({
    env: Object.fromEntries(SITES.map(({ name }) => [`${name.toUpperCase()}_BASE_URL`, `http://127.0.0.1/${name}`]))
  })
)

const openGate: Gate = (_, request) => request
