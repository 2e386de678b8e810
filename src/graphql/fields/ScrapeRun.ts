/**
 * `ScrapeRun` and `ScrapeProgress`: a run as it stands.
 *
 * A run that this process still knows is answered from memory; the failures of an older one come from Postgres.
 */
import { Effect, Option } from "effect"
import { RunStore } from "../../domain/Run.ts"
import type { Run, RunFailure } from "../../domain/Run.ts"
import { Journal } from "../../journal/Journal.ts"
import { sameRequest } from "../../scraping/runs/Requests.ts"
import { Scraping } from "../../scraping/Scraping.ts"
import { History } from "../../storage/History.ts"
import { sizeOf } from "../arguments/Arguments.ts"
import type { Maybe } from "../arguments/Arguments.ts"
import { pageKey, pageOf, readPageKey } from "../arguments/PageKey.ts"
import type { Fields, GraphQLContext } from "../Runtime.ts"

export const scrapeRunFields = {
  id: ({ id }) => id,
  trigger: ({ trigger }) => trigger,
  phase: ({ phase }) => phase,
  request: ({ request }) => request,
  startedAt: ({ startedAt }) => startedAt,
  endedAt: ({ endedAt }) => endedAt,
  stored: (run, _: unknown, { run: answer }: GraphQLContext) =>
    run.durableSeq === undefined ? false : answer(isStored(run)),
  current: ({ current }) => current,
  total: ({ total }) => total,
  eventsCount: ({ eventsCount }) => eventsCount,
  message: ({ message }) => message,
  counts: ({ counts }) => counts,
  timings: ({ timings }) => timings,
  failureCount: ({ failureCount }) => failureCount,
  failureGroups: (run, _: unknown, { run: answer }: GraphQLContext) =>
    run.failureCount === 0 ? [] : answer(failureGroupsOf(run)),
  previous: (run, _: unknown, { run: answer }: GraphQLContext) =>
    run.trigger === "CADENCE" ? null : answer(previousOf(run)),
  failures: (run, args: FailuresArgs, { run: answer }: GraphQLContext) => answer(failuresOf(run, args))
} satisfies Fields<Run>

export const scrapeProgressFields = {
  runId: ({ id }) => id,
  phase: ({ phase }) => phase,
  current: ({ current }) => current,
  total: ({ total }) => total,
  eventsCount: ({ eventsCount }) => eventsCount,
  message: ({ message }) => message,
  at: ({ at }) => at,
  run: (run) => run
} satisfies Fields<Run>

interface FailuresArgs {
  readonly first: number
  readonly after?: Maybe<string>
}

/** Numbers count within one journal: a run from before its birth cannot be told by them, and is not claimed. */
const isStored = Effect.fnUntraced(function* ({ durableSeq, startedAt }: Run) {
  const { epoch } = yield* Journal
  const { drained } = yield* (yield* History).stats
  return durableSeq !== undefined && startedAt >= epoch && drained.epoch === epoch && durableSeq <= drained.seq
})

const failuresOf = Effect.fnUntraced(function* (run: Run, args: FailuresArgs) {
  const first = yield* sizeOf(args.first)
  const key = yield* readPageKey("failures", ["number", "string"], args.after)
  const held = yield* (yield* Scraping).failures(run.id)
  if (Option.isSome(held)) return pageOf("failures", held.value, failureKey, first, key)
  const page = yield* (yield* RunStore).failures(run.id, first, key === undefined ? undefined : String(key[1]))
  const last = page.nodes[page.nodes.length - 1]
  return {
    nodes: page.nodes,
    pageInfo: {
      hasNextPage: page.hasNextPage,
      endCursor: last === undefined ? null : pageKey("failures", failureKey(last))
    },
    totalCount: page.totalCount
  }
})

/** More are listed nowhere; a run that failed as often has said enough. */
const FAILURES_GROUPED = 5_000

const failureGroupsOf = Effect.fnUntraced(function* ({ id }: Run) {
  const held = yield* (yield* Scraping).failures(id)
  const failures = Option.isSome(held)
    ? held.value
    : (yield* (yield* RunStore).failures(id, FAILURES_GROUPED, undefined)).nodes
  return [...Map.groupBy(failures, (each) => `${each.bookmakerId}/${each.class}`).values()]
    .flatMap((group) => group.slice(0, 1).map((first) => ({ ...first, count: group.length })))
    .sort((a, b) => b.count - a.count)
})

/** Runs looked through for one that asked for the same. */
const RUNS_LOOKED_AT = 50

const previousOf = Effect.fnUntraced(function* (run: Run) {
  const isPrevious = ({ endedAt, request, trigger }: Run): boolean =>
    trigger === run.trigger && endedAt !== undefined && endedAt <= run.startedAt && sameRequest(request, run.request)
  const held = (yield* (yield* Scraping).recent([run.trigger])).find(isPrevious)
  if (held !== undefined) return held
  const { nodes } = yield* (yield* RunStore).list([run.trigger], RUNS_LOOKED_AT, run.id)
  return nodes.find(isPrevious) ?? null
})

/** Ids end in a number that counts up; text order would put 10 before 2. */
const failureKey = ({ id }: RunFailure): readonly [number, string] => [Number(id.slice(id.lastIndexOf("/") + 1)), id]
