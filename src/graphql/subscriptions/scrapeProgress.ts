/**
 * `scrapeProgress`: a run from where it stands now to its end, whoever joins, whenever.
 *
 * A slow reader sees fewer steps, never an old one last: only the newest waits for it.
 */
import { Effect, Option, Stream } from "effect"
import { isOver, RunStore } from "../../domain/Run.ts"
import type { RunTrigger } from "../../domain/Run.ts"
import { Scraping } from "../../scraping/Scraping.ts"
import { badInput } from "../Errors.ts"
import type { GraphQLContext } from "../Runtime.ts"
import { overSocket, payloads } from "./Source.ts"

export interface ScrapeProgressArgs {
  readonly runId?: string | null
  readonly triggers: readonly RunTrigger[]
}

export const scrapeProgress = Effect.fnUntraced(function* (
  { runId, triggers }: ScrapeProgressArgs,
  { operation }: GraphQLContext
) {
  yield* overSocket(operation)
  const scraping = yield* Scraping
  if (runId === undefined || runId === null)
    return yield* payloads("scrapeProgress", newest(scraping.watchAll(triggers)))
  const held = yield* scraping.run(runId)
  if (Option.isSome(held)) {
    return yield* payloads(
      "scrapeProgress",
      Stream.takeUntil(newest(scraping.watch(runId)), ({ phase }) => isOver(phase))
    )
  }
  const stored = yield* (yield* RunStore).get(runId)
  return stored === undefined
    ? yield* Effect.fail(
        badInput(`No run is called ${JSON.stringify(runId.slice(0, 64))}: see scrapeRuns for those that are kept.`)
      )
    : yield* payloads("scrapeProgress", Stream.succeed(stored))
})

/** Steps of several runs may wait together, so a few places rather than one. */
const newest = <A, E, R>(stream: Stream.Stream<A, E, R>): Stream.Stream<A, E, R> =>
  Stream.buffer(stream, { capacity: 64, strategy: "sliding" })
