/** `scrapeRuns` and `scrapeRun`: what this process knows of a run comes first, for the store is a moment behind. */
import { Effect, Option } from "effect"
import { RunStore } from "../../domain/Run.ts"
import type { Run, RunTrigger } from "../../domain/Run.ts"
import { Scraping } from "../../scraping/Scraping.ts"
import { sizeOf } from "../arguments/Arguments.ts"
import type { Maybe } from "../arguments/Arguments.ts"
import { pageKey, readPageKey } from "../arguments/PageKey.ts"

export const scrapeRun = Effect.fnUntraced(function* ({ id }: { readonly id: string }) {
  const known = yield* (yield* Scraping).run(id)
  if (Option.isSome(known)) return known.value
  return (yield* (yield* RunStore).get(id)) ?? null
})

interface RunsArgs {
  readonly triggers: readonly RunTrigger[]
  readonly first: number
  readonly after?: Maybe<string>
}

export const scrapeRuns = Effect.fnUntraced(function* (args: RunsArgs) {
  const first = yield* sizeOf(args.first)
  const key = yield* readPageKey("scrapeRuns", ["string"], args.after)
  const after = key === undefined ? undefined : String(key[0])
  const recent = yield* (yield* Scraping).recent(args.triggers)
  const stored = yield* (yield* RunStore).list(args.triggers, first, after)
  const held = recent.filter(({ id }) => after === undefined || id < after)
  const runs = newestFirst(held, stored.nodes)
  const nodes = runs.slice(0, first)
  const last = nodes[nodes.length - 1]
  return {
    nodes,
    pageInfo: {
      hasNextPage: stored.hasNextPage || runs.length > first,
      endCursor: last === undefined ? null : pageKey("scrapeRuns", [last.id])
    },
    totalCount: Math.max(stored.totalCount, recent.length)
  }
})

/** Each run once; where both know it, as memory has it. */
const newestFirst = (held: readonly Run[], stored: readonly Run[]): readonly Run[] =>
  [...new Map([...stored, ...held].map((run) => [run.id, run])).values()].sort((a, b) => (a.id < b.id ? 1 : -1))
