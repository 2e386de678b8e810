/** Drawn spells of failing, refusing and answering at one gate, a request every second, and what came of them. */
import { Clock, Effect, Exit, References } from "effect"
import fc from "fast-check"
import { TestClock } from "effect/testing"
import { Blocked, Broken, Throttled } from "../../../src/bookmakers/FetchError.ts"
import type { FetchError } from "../../../src/bookmakers/FetchError.ts"
import { BOOKMAKER } from "./Gates.ts"
import type { Gated, MakeGate } from "./Gates.ts"

export interface Spell {
  readonly kind: "ANSWERS" | "BROKEN" | "THROTTLED" | "BLOCKED" | "FLICKERS"
  readonly seconds: number
  /** Of a 429: how long it asks for. */
  readonly wait: number
}

export interface Endured {
  readonly sent: number
  readonly failed: number
  readonly refusals: number
  readonly probes: number
  readonly probesAtOnce: number
  /** Attempts by what was asked for, one attempt left out. */
  readonly ratio: number
  /** Requests sent before a time that a refusal had named. */
  readonly early: number
  /** Milliseconds by which it returned too late. */
  readonly lateMs: number
}

export const schedules: fc.Arbitrary<readonly Spell[]> = fc.array(
  fc.record({
    kind: fc.constantFrom("ANSWERS", "ANSWERS", "BROKEN", "BROKEN", "FLICKERS", "THROTTLED", "BLOCKED"),
    seconds: fc.integer({ min: 1, max: 120 }),
    wait: fc.integer({ min: 1, max: 60 })
  }),
  { minLength: 1, maxLength: 12 }
)

export const endured = (make: MakeGate, all: readonly (readonly Spell[])[]): Promise<readonly Endured[]> =>
  Effect.runPromise(
    Effect.forEach(all, (spells) => Effect.scoped(enduredOne(make, spells))).pipe(
      Effect.provideService(References.MinimumLogLevel, "None")
    )
  )

const SECOND = 1_000
const HEALTH: Spell = { kind: "ANSWERS", seconds: 1, wait: 1 }
const SLOWEST_ANSWER_MS = 400
/** Between two requests at a 64th of the pace, the slowest that a 429 leaves; nothing but a 429 slows it. */
const SLOWEST_PACE_MS = 3_200
/** What the cycle is at one gate: the two requests that close a circuit, each waiting to be asked, let through and answered. */
const cycleMs = (refusals: number): number => 2 * (SECOND + SLOWEST_ANSWER_MS + (refusals === 0 ? 0 : SLOWEST_PACE_MS))

const enduredOne = Effect.fnUntraced(function* (make: MakeGate, spells: readonly Spell[]) {
  yield* TestClock.setTime(Date.UTC(2026, 10, 20))
  const { gate, isClosed, probeAt } = yield* make
  const seen = {
    asked: 0,
    sent: 0,
    failed: 0,
    refusals: 0,
    probes: 0,
    probing: 0,
    probesAtOnce: 0,
    early: 0,
    until: 0,
    answeredAt: 0
  }
  let current: Spell = HEALTH

  const request = Effect.gen(function* () {
    const at = yield* Clock.currentTimeMillis
    const probe = !isClosed()
    seen.sent++
    if (at < seen.until) seen.early++
    if (probe) seen.probes++
    if (probe) seen.probesAtOnce = Math.max(seen.probesAtOnce, ++seen.probing)
    const ended = yield* Effect.sleep(100 + (seen.sent % 4) * 100).pipe(
      Effect.andThen(Effect.suspend(() => replyOf(current, seen))),
      Effect.exit
    )
    if (probe) seen.probing--
    if (Exit.isFailure(ended)) seen.failed++
    else seen.answeredAt = yield* Clock.currentTimeMillis
    return yield* ended
  })

  const ask = Effect.suspend(() => {
    seen.asked++
    return Effect.forkChild(Effect.exit(gate("event", request)))
  })

  for (const spell of spells) {
    current = spell
    for (let second = 0; second < spell.seconds; second++) {
      yield* ask
      yield* TestClock.adjust(SECOND)
    }
  }
  current = HEALTH
  const healthy = yield* Clock.currentTimeMillis
  const due = Math.max(healthy, probeAt()) + cycleMs(seen.refusals)
  const back = yield* recovered({ gate, isClosed, probeAt }, ask, () => seen.answeredAt, due)
  return {
    ...seen,
    ratio: Math.max(0, seen.sent - 1) / seen.asked,
    lateMs: Math.max(0, back - due)
  }
}, Effect.provide(TestClock.layer()))

const GIVEN_UP_AFTER_MS = 60 * SECOND

/** When the answer came after which the gate is closed; some time after `due` it is given up. */
const recovered = Effect.fnUntraced(function* (
  { isClosed }: Gated,
  ask: Effect.Effect<unknown>,
  answeredAt: () => number,
  due: number
) {
  const before = answeredAt()
  while (true) {
    yield* ask
    yield* TestClock.adjust(SECOND)
    const now = yield* Clock.currentTimeMillis
    if (isClosed() && answeredAt() > before) return answeredAt()
    if (now > due + GIVEN_UP_AFTER_MS) return now
  }
})

const replyOf = (
  { kind, wait }: Spell,
  seen: { sent: number; refusals: number; until: number }
): Effect.Effect<string, FetchError> =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const fields = { bookmakerId: BOOKMAKER, endpoint: "event" as const, message: kind }
    switch (kind) {
      case "ANSWERS":
        return "answer"
      case "FLICKERS":
        return seen.sent % 3 === 0 ? "answer" : yield* new Broken({ ...fields, status: 502 })
      case "BROKEN":
        return yield* new Broken({ ...fields, status: 500 })
      case "BLOCKED":
        return yield* new Blocked(fields)
      case "THROTTLED":
        seen.refusals++
        seen.until = Math.max(seen.until, now + wait * SECOND)
        return yield* new Throttled({ ...fields, status: 429, until: now + wait * SECOND })
    }
  })
