/** A process that asks for one address many times at once, and prints how much memory that took and how each ended. */
import { argv } from "node:process"
import { gunzipSync } from "node:zlib"
import { Effect, Result } from "effect"
import { request } from "undici"
import type { FetchError } from "../../../src/bookmakers/FetchError.ts"
import { Http } from "../../../src/bookmakers/Http.ts"
import { ask } from "../../../test/support/answering.ts"

/** The real one, or undici with nothing around it. */
export type Client = "Http" | "uncapped"

export interface Asked {
  readonly riseMb: number
  readonly longestMs: number
  /** How many ended with which error, and where if it could not be read; `answered` = with none. */
  readonly ends: Readonly<Record<string, number>>
}

const SAMPLED_EVERY_MS = 5

const [, , url = "", count = "1", client = "Http"] = argv
const ends: Record<string, number> = {}
let longestMs = 0
let highest = 0

const uncapped = async (address: string): Promise<string> => {
  const { body } = await request(address)
  gunzipSync(await body.bytes())
  return "answered"
}

const endOf = (error: FetchError): string =>
  error._tag === "Unreadable" ? `${error._tag} at ${error.path}` : error._tag

const timed = Effect.fnUntraced(function* (address: string) {
  const began = performance.now()
  const end = yield* client === "uncapped"
    ? Effect.promise(() => uncapped(address))
    : Effect.map(Effect.result(ask(address)), (got) => (Result.isFailure(got) ? endOf(got.failure) : "answered"))
  longestMs = Math.max(longestMs, performance.now() - began)
  ends[end] = (ends[end] ?? 0) + 1
})

await Effect.runPromise(
  Effect.gen(function* () {
    yield* ask(new URL("/small", url).href)
    globalThis.gc?.()
    const before = process.memoryUsage.rss()
    const sampling = setInterval(() => (highest = Math.max(highest, process.memoryUsage.rss())), SAMPLED_EVERY_MS)
    yield* Effect.forEach(
      Array.from({ length: Number(count) }, () => url),
      timed,
      {
        concurrency: "unbounded",
        discard: true
      }
    )
    clearInterval(sampling)
    const peak = Math.max(highest, process.memoryUsage.rss(), process.resourceUsage().maxRSS * 1024)
    console.log(JSON.stringify({ riseMb: Math.max(0, peak - before) / 1_048_576, longestMs, ends } satisfies Asked))
  }).pipe(Effect.provide(Http.layer), Effect.orDie)
)
process.exit(0)
