/**
 * Starts runs, joins those that ask for the same, cancels them, and ends those that stopped moving.
 *
 * A run lives in the scraper's scope and not in its caller's, so a client that hangs up ends nothing. Whatever cuts
 * a run off first says what it ends with, so an interrupted run is told and kept like any other.
 */
import { Cause, Clock, Effect, Exit, Fiber, PubSub, Scope, Stream } from "effect"
import { isOver } from "../../domain/Run.ts"
import type { Run, RunRequest, RunStore, RunTrigger } from "../../domain/Run.ts"
import { Stages } from "../../domain/Stages.ts"
import { makePlan } from "./Plan.ts"
import type { Order } from "./Plan.ts"
import { makeProgress, noCounts } from "./Progress.ts"
import { covers, fault, faultsOf, sameRequest, wants } from "./Requests.ts"
import { makeRunLog } from "./RunLog.ts"
import type { HeldRun, RunLog } from "./RunLog.ts"
import { failuresOf, retryOrder } from "./Retrying.ts"
import { scrape } from "./ScrapeRun.ts"
import type { Works } from "./EventFetch.ts"
import { watchdog } from "./Watchdog.ts"
import type { RequestFault, Started } from "../Scraping.ts"

export interface Coordinator {
  readonly log: RunLog
  readonly launch: (order: Order) => Effect.Effect<HeldRun>
  readonly start: (request: RunRequest, idempotencyKey: string | undefined) => Effect.Effect<Started>
  readonly retryFailed: (runId: string, idempotencyKey: string | undefined) => Effect.Effect<Started>
  readonly cancel: (runId: string) => Effect.Effect<Started>
  readonly watchAll: (triggers: readonly RunTrigger[]) => Stream.Stream<Run>
  /** Ends every run as interrupted and starts none any more. */
  readonly close: Effect.Effect<void>
}

const KEYS_KEPT = 1_000
const INTERRUPTED = { phase: "FAILED" as const, message: "The run was interrupted because the process stopped." }

export const makeCoordinator = Effect.fnUntraced(function* (works: Works, store: RunStore["Service"]) {
  const scope = yield* Effect.scope
  const stages = yield* Stages
  const log = makeRunLog()
  const told = yield* PubSub.sliding<Run>(1_024)
  const keys = new Map<string, { readonly runId: string; readonly request: RunRequest }>()
  let closed = false
  let sequence = 0

  const launch = Effect.fn("Coordinator.launch")(function* ({
    trigger,
    request,
    discover,
    pages: asked = [],
    rules,
    whole
  }: Order) {
    const now = yield* Clock.currentTimeMillis
    const start: Run = {
      id: runId(now, sequence++),
      trigger,
      request,
      phase: "INITIALIZING",
      startedAt: now,
      endedAt: undefined,
      current: 0,
      total: 0,
      eventsCount: 0,
      message: "The run is being set up.",
      at: now,
      counts: rules.bookmakers.map(noCounts),
      timings: [],
      durableSeq: undefined,
      failureCount: 0
    }
    const progress = yield* makeProgress(start, {
      // A cadence run comes every second or so: the store gets its end only.
      keep: (run, failures) => (trigger === "CADENCE" && !isOver(run.phase) ? Effect.void : store.save(run, failures)),
      tell: (run) => PubSub.publishUnsafe(told, run)
    }).pipe(Effect.provideService(Scope.Scope, scope))
    const plan = makePlan(rules)
    const pages = new Set(asked)
    const held: HeldRun = {
      trigger,
      request,
      discover,
      pages,
      progress,
      plan,
      whole,
      ending: INTERRUPTED,
      fiber: undefined
    }
    log.add(held)
    const unheard = stages.listen(start.id, (stage, bookmakerId, took) =>
      progress.timings.add(stage, bookmakerId, took)
    )
    yield* progress.enter("INITIALIZING", start.message)
    held.fiber = yield* scrape(works, { discover, pages, plan, progress }).pipe(
      Effect.onExit((exit) => close(held, exit)),
      Effect.ensuring(Effect.sync(unheard)),
      Effect.exit,
      Effect.asVoid,
      Effect.forkIn(scope)
    )
    return held
  })

  const close = (held: HeldRun, exit: Exit.Exit<void>): Effect.Effect<void> => {
    if (Exit.isSuccess(exit)) return Effect.void
    if (Cause.hasInterruptsOnly(exit.cause)) return held.progress.enter(held.ending.phase, held.ending.message)
    return Effect.andThen(
      Effect.logError("A run met a fault of its own", exit.cause),
      held.progress.enter(
        "FAILED",
        `The run met a fault of its own (${String(Cause.squash(exit.cause))}); see the log.`
      )
    )
  }

  const cutOff = (held: HeldRun, ending: HeldRun["ending"]): Effect.Effect<void> => {
    held.ending = ending
    return held.fiber === undefined ? Effect.void : Fiber.interrupt(held.fiber)
  }

  /** The run that a repeated key stands for, or the one under way that covers the request. */
  const joinable = (request: RunRequest, key: string | undefined): Started | undefined => {
    const keyed = key === undefined ? undefined : keys.get(key)
    const repeated = keyed === undefined ? undefined : log.get(keyed.runId)
    if (keyed !== undefined && !sameRequest(keyed.request, request)) {
      return refused(
        fault(
          "CONFLICT",
          `The key "${key}" was used for another request; choose a new one.`,
          ["input", "idempotencyKey"],
          key
        )
      )
    }
    const found = repeated ?? log.underWay().find((held) => held.whole() && covers(held.request, request))
    return found === undefined ? undefined : { _tag: "Started", run: found.progress.run(), joined: true }
  }

  const begin = Effect.fnUntraced(function* (order: Order, key: string | undefined) {
    if (closed) return refused(fault("CONFLICT", "The process is stopping; no run is started any more.", [], undefined))
    const joined = joinable(order.request, key)
    if (joined !== undefined) return joined
    const held = yield* launch(order)
    const run = held.progress.run()
    if (key !== undefined) {
      keys.set(key, { runId: run.id, request: order.request })
      if (keys.size > KEYS_KEPT)
        for (const oldest of keys.keys()) {
          keys.delete(oldest)
          break
        }
    }
    return { _tag: "Started", run, joined: false } satisfies Started
  })

  const start = Effect.fn("Coordinator.start")(function* (request: RunRequest, key: string | undefined) {
    const all = [...works.scrapers.keys()]
    const { disabled } = works.settings()
    const known = yield* works.matcher.known
    const faults = faultsOf(request, { bookmakers: all, disabled, known, now: yield* Clock.currentTimeMillis })
    if (faults.length > 0) return refused(...faults)
    const bookmakers = all.filter((id) => !disabled.includes(id) && (request.bookmakers?.includes(id) ?? true))
    return yield* begin(
      {
        trigger: "MANUAL",
        request,
        whole: () => true,
        // Named events are known already, and reading lists would only delay them.
        discover: request.events === undefined ? bookmakers : [],
        rules: { bookmakers, wants: wants(request), select: (entry) => entry }
      },
      key
    )
  })

  const retryFailed = Effect.fn("Coordinator.retryFailed")(function* (id: string, key: string | undefined) {
    const held = log.get(id)
    const failures = yield* failuresOf(held, id, store)
    if (failures === undefined) return refused(fault("NOT_FOUND", `No run "${id}" can be found now.`, ["runId"], id))
    if (held !== undefined && !isOver(held.progress.run().phase)) {
      return refused(fault("CONFLICT", `The run "${id}" is still under way; retry once it is over.`, ["runId"], id))
    }
    if (failures.length === 0)
      return refused(fault("CONFLICT", `The run "${id}" has no failed items to retry.`, ["runId"], id))
    return yield* begin(retryOrder(works, failures), key)
  })

  const cancel = Effect.fn("Coordinator.cancel")(function* (id: string) {
    const held = log.get(id)
    const run = held?.progress.run() ?? (yield* store.get(id).pipe(Effect.catch(() => Effect.succeed(undefined))))
    if (run === undefined) return refused(fault("NOT_FOUND", `No run "${id}" can be found now.`, ["runId"], id))
    if (held === undefined || isOver(run.phase)) {
      return refused(
        fault("ALREADY_FINISHED", `The run "${id}" is over (${run.phase}); there is nothing to cancel.`, ["runId"], id)
      )
    }
    yield* cutOff(held, { phase: "CANCELLED", message: "The run was cancelled; what was under way is still taken in." })
    return { _tag: "Started", run: held.progress.run(), joined: false } satisfies Started
  })

  yield* Effect.forkIn(watchdog(log, cutOff), scope)

  const coordinator: Coordinator = {
    log,
    launch,
    start,
    retryFailed,
    cancel,
    watchAll: (triggers) =>
      Stream.unwrap(
        Effect.map(PubSub.subscribe(told), (subscription) =>
          Stream.fromIterable(log.underWay().map(({ progress }) => progress.run())).pipe(
            Stream.concat(Stream.fromSubscription(subscription)),
            Stream.filter(({ trigger }) => triggers.includes(trigger))
          )
        )
      ),
    close: Effect.suspend(() => {
      closed = true
      return Effect.forEach(log.underWay(), (held) => cutOff(held, INTERRUPTED), {
        concurrency: "unbounded",
        discard: true
      })
    })
  }
  return coordinator
})

const refused = (...faults: readonly RequestFault[]): Started => ({ _tag: "Refused", faults })

/** Sorts by start; unique within a process, and a restart within its millisecond is impossible. */
const runId = (now: number, sequence: number): string =>
  `${now.toString(36).padStart(9, "0")}-${(sequence % 1_296).toString(36).padStart(2, "0")}`
