/**
 * One bookmaker's gate: every request to it passes here, whoever sends it.
 *
 * It keeps the pace, obeys refusals, breaks circuits and repeats what a repetition can mend. While a circuit is
 * half open, list pages wait for the probe's verdict, since a lost page loses a hundred events; event requests fail
 * at once, so that the other bookmakers' prices of that event are not held up.
 */
import { Deferred, Effect, Metric, Random, Result, Semaphore } from "effect"
import type { Exit } from "effect"
import type { Gate } from "../../bookmakers/Adapter.ts"
import { Held, TimedOut } from "../../bookmakers/FetchError.ts"
import type { Endpoint, FetchError } from "../../bookmakers/FetchError.ts"
import type { Bookmaker } from "../../domain/Bookmaker.ts"
import type { Standing } from "../../domain/Freshness.ts"
import type { Pace } from "../../domain/Settings.ts"
import type { Patience } from "./Breaker.ts"
import { content, enter, fromBefore, heldBy, leave, translated } from "./Circuits.ts"
import type { Circuits, Pass } from "./Circuits.ts"
import { cameOf, log, outcomeOf, samePhases } from "./Outcomes.ts"
import type { Content } from "./Outcomes.ts"
import type { Pauses } from "./Pauses.ts"
import { LONGEST_WAIT_MS, makeRetryBudget, retryDelay } from "./Retry.ts"
import { makeThrottle } from "./Throttle.ts"
import type { Permit, Throttle } from "./Throttle.ts"

export interface BookmakerGate {
  readonly throttle: Throttle
  /** The gate of one piece of work; its first request uses the permit reserved for it, and before any further one it tells. */
  readonly open: (reserved: Permit | undefined, repeating?: Effect.Effect<void>) => Gate
  /** Why no request of this endpoint would be sent now; undefined when it would. */
  readonly held: (endpoint: Endpoint) => Held | undefined
  /** What became of the content of replies that had come well; an error that passed the gate is counted already. */
  readonly heard: (endpoint: Endpoint, what: Content) => Effect.Effect<void>
  /** Their instants by the host's clock. */
  readonly circuits: () => Circuits
  readonly lastSuccessAt: () => number | undefined
  /** By the host's clock; undefined while nothing holds requests back. */
  readonly pausedUntil: () => number | undefined
  readonly retriesLeft: () => number
}

export interface GateOptions {
  readonly bookmaker: Bookmaker
  readonly pace: () => Pace
  /** As published before this process started. */
  readonly standing: Standing
  readonly afterRefusal: Patience
  /** How long it had asked to be left alone, and where that is kept. */
  readonly pauses: Pauses["Service"]
  /** True once nothing more is to be sent. */
  readonly closing: () => boolean
  /** Runs whenever a circuit has opened, half opened or closed. */
  readonly turned: Effect.Effect<void>
}

/** Adapters end a request after 10 s; this ends one whose adapter does not. */
const REQUEST_TIMEOUT_MS = 20_000
/** The longest that a `Throttled` names. */
const LONGEST_PAUSE_MS = 15 * 60_000

export const makeGate = Effect.fnUntraced(function* (options: GateOptions) {
  const { bookmaker } = options
  const throttle = yield* makeThrottle(options.pace)
  const budget = makeRetryBudget()
  const door = yield* Semaphore.make(1)
  const { now, fromHost, toHost } = throttle.time
  const kept = options.pauses.of(bookmaker.id)
  let circuits = fromBefore(options.standing, kept, options.afterRefusal, now())
  let lastSuccessAt: number | undefined
  let turn = Deferred.makeUnsafe<void>()
  const counted = new WeakSet<FetchError>()

  // What is kept is never believed beyond the longest pause there is: the clock may have been set back since.
  const throttledUntil = Math.min(kept.throttledUntil, now() + LONGEST_PAUSE_MS)
  if (throttledUntil > now()) yield* throttle.refused(now(), throttledUntil)

  const move = (next: Circuits): Effect.Effect<void> =>
    Effect.suspend(() => {
      const before = circuits
      circuits = next
      const last = turn
      turn = Deferred.makeUnsafe<void>()
      Deferred.doneUnsafe(last, Effect.void)
      return samePhases(before, next)
        ? Effect.void
        : Effect.andThen(log(bookmaker, before, translated(next, toHost)), options.turned)
    })

  const held = (endpoint: Endpoint): Held | undefined => {
    const fault = (code: Held["code"], until: number | undefined, why: string): Held =>
      new Held({
        bookmakerId: bookmaker.id,
        endpoint,
        code,
        until,
        message: `${bookmaker.id} /${endpoint}: not requested; ${why}`
      })
    if (options.closing()) return fault("OTHER", undefined, "the process is stopping")
    const circuit = heldBy(circuits, endpoint, now())
    if (circuit !== undefined && !(endpoint === "list" && circuit.phase === "HALF_OPEN")) {
      const until = toHost(circuit.until)
      const instant = new Date(until).toISOString()
      return circuit === circuits.refusal
        ? fault("BLOCKED", until, `it refused us, and nothing is sent before ${instant}`)
        : fault("BREAKER_OPEN", until, `its circuit is open after ${circuit.cause}; one probe is sent after ${instant}`)
    }
    if (throttle.pausedUntil() - now() <= LONGEST_WAIT_MS) return undefined
    const resumes = toHost(throttle.pausedUntil())
    return fault("THROTTLED", resumes, `it asked us to wait until ${new Date(resumes).toISOString()}`)
  }

  /** Waits for a probe's verdict where `held` lets it, then goes, or fails. */
  const admitted = Effect.fnUntraced(function* (endpoint: Endpoint, count: number) {
    while (true) {
      const refused = held(endpoint)
      if (refused !== undefined) return yield* Effect.fail(refused)
      // A permit granted just before a pause began waits for its end.
      const pause = throttle.pausedUntil() - now()
      if (pause > 0) yield* Effect.sleep(pause)
      else if (heldBy(circuits, endpoint, now()) === undefined) break
      else yield* Deferred.await(turn)
    }
    const [next, pass] = enter(circuits, endpoint, count, now())
    if (next !== circuits) yield* move(next)
    return pass
  })

  /**
   * Of all pages of lists one stands in line at a time: a discovery of hundreds would else stand before every event for
   * as long as it takes.
   */
  const atTheDoor: Effect.Effect<Permit> = Effect.gen(function* () {
    const permit = throttle.reserve()
    yield* Effect.onInterrupt(permit.granted, () => permit.release("unused"))
    return permit
  }).pipe(door.withPermits(1))

  const attempt = <A>(
    endpoint: Endpoint,
    request: Effect.Effect<A, FetchError>,
    permit: Permit,
    count: number
  ): Effect.Effect<A, FetchError> =>
    Effect.suspend(() => {
      let use: "used" | "unused" = "unused"
      return Effect.gen(function* () {
        yield* permit.granted
        const pass = yield* admitted(endpoint, count)
        use = "used"
        if (count === 1) budget.earn()
        const requestedAt = now()
        return yield* request.pipe(
          Effect.timeoutOrElse({
            duration: REQUEST_TIMEOUT_MS,
            orElse: () => Effect.fail(overdue(bookmaker, endpoint))
          }),
          Effect.onExit((exit) => settle(pass, requestedAt, exit))
        )
      }).pipe(Effect.ensuring(Effect.suspend(() => permit.release(use))))
    })

  const settle = (pass: Pass, requestedAt: number, exit: Exit.Exit<unknown, FetchError>): Effect.Effect<void> =>
    Effect.suspend(() => {
      const came = cameOf(exit)
      if (came === undefined) lastSuccessAt = now()
      else if (came !== "ABANDONED") counted.add(came)
      const next = leave(circuits, pass, now(), came, options.afterRefusal)
      const moved = move(next)
      if (came === undefined || came === "ABANDONED") return moved
      if (came._tag === "Throttled") {
        return throttle
          .refused(requestedAt, fromHost(came.until))
          .pipe(
            Effect.andThen(moved),
            Effect.andThen(options.pauses.keep(bookmaker.id, { throttledUntil: came.until }))
          )
      }
      return next.refusal.phase === "OPEN"
        ? Effect.andThen(moved, options.pauses.keep(bookmaker.id, { refusedUntil: toHost(next.refusal.until) }))
        : moved
    })

  const repeated = Effect.fnUntraced(function* <A>(
    endpoint: Endpoint,
    request: Effect.Effect<A, FetchError>,
    reserved: Permit | undefined,
    repeating: Effect.Effect<void>
  ) {
    let failed: FetchError | undefined
    for (let count = 1; ; count++) {
      const refused = held(endpoint)
      // The fault that was met says more than the circuit which it opened.
      if (refused !== undefined) return yield* Effect.fail(failed ?? refused)
      const permit =
        count === 1 && reserved !== undefined ? reserved : endpoint === "list" ? yield* atTheDoor : throttle.reserve()
      const result = yield* Effect.result(attempt(endpoint, request, permit, count))
      if (Result.isSuccess(result)) return result.success
      const error = result.failure
      const delay = retryDelay(error, count, toHost(now()), yield* Random.next)
      if (delay === undefined || !budget.spend())
        return yield* Effect.fail(error._tag === "Held" ? (failed ?? error) : error)
      failed = error
      yield* repeating
      yield* Metric.update(Metric.withAttributes(retriesTotal, { bookmaker: bookmaker.id }), 1)
      yield* Effect.sleep(delay)
    }
  })

  const built: BookmakerGate = {
    throttle,
    open: (reserved, repeating = Effect.void) => {
      let unused = reserved
      return (endpoint, request) =>
        Effect.suspend(() => {
          const permit = unused
          unused = undefined
          return repeated(endpoint, request, permit, repeating)
        })
    },
    held,
    heard: (endpoint, what) =>
      Effect.suspend(() => {
        const outcome = typeof what === "object" && counted.has(what) ? undefined : outcomeOf(what, now())
        return outcome === undefined ? Effect.void : move(content(circuits, endpoint, outcome))
      }),
    circuits: () => translated(circuits, toHost),
    lastSuccessAt: () => (lastSuccessAt === undefined ? undefined : toHost(lastSuccessAt)),
    pausedUntil: () => (throttle.pausedUntil() > now() ? toHost(throttle.pausedUntil()) : undefined),
    retriesLeft: budget.left
  }
  return built
})

const retriesTotal = Metric.counter("scraping_retries_total", {
  description: "Requests sent again after a passing fault, by bookmaker",
  incremental: true
})

const overdue = (bookmaker: Bookmaker, endpoint: Endpoint): TimedOut =>
  new TimedOut({
    bookmakerId: bookmaker.id,
    endpoint,
    message: `${bookmaker.id} /${endpoint}: no end after ${REQUEST_TIMEOUT_MS / 1000} s; given up and tried again later`
  })
