/**
 * The three real adapters, handed a body as if it had come over the wire, and what they make of it.
 */
import { ConfigProvider, Effect, Exit, Layer, Stream } from "effect"
import type { Adapter } from "../../../src/bookmakers/Adapter.ts"
import type { FetchError } from "../../../src/bookmakers/FetchError.ts"
import { Http } from "../../../src/bookmakers/Http.ts"
import { parse } from "../../../src/bookmakers/http/Answer.ts"
import { Roster } from "../../../src/bookmakers/Roster.ts"
import { EventId } from "../../../src/domain/Event.ts"
import type { ListedEvent } from "../../../src/domain/Event.ts"
import type { Snapshot } from "../../../src/domain/Snapshot.ts"
import { BASE_URLS, openGate } from "../../../test/support/adapters.ts"
import type { Site, Subject } from "./Subjects.ts"

export interface Decoded {
  readonly snapshot: Snapshot | undefined
  readonly listed: readonly ListedEvent[]
  /** A defect: an exception that nobody foresaw. */
  readonly crash: string | undefined
}

export type Decode = (subject: Subject, text: string) => Decoded

/** One decoder for all: it answers each request of an adapter with the text of the moment. */
export const makeDecoder = (): Decode => {
  let body = ""
  let endpoint: Subject["endpoint"] = "event"
  const http = Layer.succeed(Http, {
    get: (asked) => {
      // Bet9ja's list takes two kinds of answers: a tree of groups, and the events of one.
      const sidekick = asked.url.pathname.endsWith("GetSports") && !body.includes('"PAL"') ? TREE : body
      return Effect.map(
        parse(asked, { status: 200, headers: {}, body: Buffer.from(endpoint === "list" ? sidekick : body) }),
        ({ json, text }) => ({ asked, json, text, requestedAt: 1_000, observedAt: 1_400 })
      )
    }
  })
  const adapters = Effect.runSync(
    Roster.use(({ adapters: all }) => Effect.succeed(all)).pipe(
      Effect.provide(
        Roster.layerNoDeps.pipe(
          Layer.provide(http),
          Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: BASE_URLS })))
        )
      )
    )
  )
  const of = (site: Site): Adapter | undefined => adapters.find(({ bookmaker }) => bookmaker.id === `${site}-ng`)
  return (subject, text) => {
    body = text
    endpoint = subject.endpoint
    const adapter = of(subject.site)
    if (adapter === undefined) return { snapshot: undefined, listed: [], crash: `no adapter for ${subject.site}` }
    const target = { bookmakerEventId: "1", eventId: EventId(subject.eventId) }
    if (endpoint === "event") {
      const exit = Effect.runSyncExit(adapter.fetch(target, openGate, undefined))
      return {
        snapshot: Exit.isSuccess(exit) ? exit.value : undefined,
        listed: Exit.isSuccess(exit) ? [exit.value.listed] : [],
        crash: crashOf(exit)
      }
    }
    const exit = Effect.runSyncExit(Stream.runCollect(Stream.take(adapter.discover(openGate), 3)))
    const pages = Exit.isSuccess(exit) ? Array.from(exit.value) : []
    return { snapshot: undefined, listed: pages.flatMap(({ events }) => events), crash: crashOf(exit) }
  }
}

const TREE = JSON.stringify({
  R: "OK",
  D: { PAL: { "1": { S_DESC: "Soccer", SG: { "1": { SG_DESC: "England", G: { "7": { G_DESC: "Cup", NUM: 3 } } } } } } }
})

const crashOf = (exit: Exit.Exit<unknown, FetchError>): string | undefined => {
  if (Exit.isSuccess(exit)) return undefined
  const died = exit.cause.reasons.find((reason) => reason._tag === "Die")
  return died?._tag === "Die" ? String(died.defect) : undefined
}
