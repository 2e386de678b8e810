import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { FAULT_PATIENCE, admission, closedCircuit, probed, step } from "../../../src/scraping/politeness/Breaker.ts"
import type { Circuit, Outcome } from "../../../src/scraping/politeness/Breaker.ts"

const answered = (at: number, probe = false): Outcome => ({ _tag: "Answered", at, probe })
const failed = (at: number, probe = false, weight = 1): Outcome => ({
  _tag: "Failed",
  at,
  probe,
  cause: "BROKEN",
  repeated: false,
  weight
})
const unreadable = (at: number): Outcome => ({ _tag: "Unreadable", at })

const after = (outcomes: readonly Outcome[], from: Circuit = closedCircuit): Circuit =>
  outcomes.reduce((circuit, outcome) => step(circuit, outcome, FAULT_PATIENCE), from)

const times = (count: number, outcome: (at: number) => Outcome): readonly Outcome[] =>
  Array.from({ length: count }, (_, i) => outcome(i * 100))

const open = after(times(5, failed))
const AFTER_REFUSAL = { firstMs: 300_000, longestMs: 1_800_000 }

describe("a circuit", () => {
  it.each<readonly [string, readonly Outcome[], Circuit["phase"]]>([
    ["stays closed after four failures in a row", times(4, failed), "CLOSED"],
    ["opens at the fifth failure in a row", times(5, failed), "OPEN"],
    ["starts counting afresh after an answer", [...times(4, failed), answered(400), ...times(4, failed)], "CLOSED"],
    [
      "opens when half of twenty failed",
      times(20, (at) => (at % 200 === 0 ? failed(at) : answered(at))).toReversed(),
      "OPEN"
    ],
    ["stays closed at half of nineteen", times(19, (at) => (at % 200 === 0 ? answered(at) : failed(at))), "CLOSED"],
    [
      "forgets failures older than a minute",
      [
        ...times(18, (at) => (at % 200 === 0 ? failed(at) : answered(at))),
        answered(70_000),
        failed(70_100),
        answered(70_200)
      ],
      "CLOSED"
    ],
    ["stays closed after two payloads that cannot be read", times(2, unreadable), "CLOSED"],
    [
      "opens at the third payload in a row that cannot be read, though answers came",
      [unreadable(0), answered(1), unreadable(2), answered(3), unreadable(4)],
      "OPEN"
    ],
    [
      "counts afresh once something was read",
      [unreadable(0), unreadable(1), { _tag: "Read" }, unreadable(2)],
      "CLOSED"
    ],
    ["counts a suspicious list by half", times(9, (at) => failed(at, false, 0.5)), "CLOSED"],
    ["opens at ten suspicious lists", times(10, (at) => failed(at, false, 0.5)), "OPEN"],
    ["opens at once when refused", [{ _tag: "Refused", at: 0, probe: false }], "OPEN"]
  ])("%s", (_, outcomes, phase) => {
    assert.strictEqual(after(outcomes).phase, phase)
  })

  it("holds everything until its time, then lets one probe through", () => {
    assert.strictEqual(open.until, 400 + 15_000)
    assert.strictEqual(admission(open, open.until - 1), "HOLD")
    assert.strictEqual(admission(open, open.until), "PROBE")
    const probing = probed(open, open.until)
    assert.strictEqual(admission(probing, open.until + 1), "HOLD")
    assert.strictEqual(admission(after([{ _tag: "Abandoned" }], probing), open.until + 1), "PROBE")
  })

  it("closes after two successful probes and not before", () => {
    const once = after([answered(20_000, true)], probed(open, 20_000))
    assert.strictEqual(once.phase, "HALF_OPEN")
    assert.strictEqual(after([answered(20_500, true)], probed(once, 20_400)).phase, "CLOSED")
  })

  it("waits twice as long after each failed probe, five minutes at most", () => {
    let circuit = open
    const waits: number[] = []
    for (let i = 0; i < 7; i++) {
      const at = circuit.until
      circuit = after([failed(at, true)], probed(circuit, at))
      waits.push(circuit.until - at)
    }
    assert.deepStrictEqual(waits, [30_000, 60_000, 120_000, 240_000, 300_000, 300_000, 300_000])
  })

  it("waits five minutes after a refusal, up to thirty", () => {
    let circuit = step(closedCircuit, { _tag: "Refused", at: 0, probe: false }, AFTER_REFUSAL)
    const waits = [circuit.until]
    for (let i = 0; i < 3; i++) {
      const at = circuit.until
      circuit = step(probed(circuit, at), { _tag: "Refused", at, probe: true }, AFTER_REFUSAL)
      waits.push(circuit.until - at)
    }
    assert.deepStrictEqual(waits, [300_000, 600_000, 1_200_000, 1_800_000])
  })

  it("takes no notice of what was under way when it opened", () => {
    assert.strictEqual(after([answered(500), failed(600), unreadable(700)], open), open)
    const probing = probed(open, open.until)
    assert.strictEqual(after([answered(open.until), failed(open.until)], probing), probing)
  })

  it("opens again at the first unreadable payload after it was closed by answers alone", () => {
    const opened = after(times(3, unreadable))
    const once = after([answered(20_000, true)], probed(opened, 20_000))
    const closed = after([answered(20_500, true)], probed(once, 20_400))
    assert.strictEqual(closed.phase, "CLOSED")
    assert.strictEqual(after([unreadable(20_600)], closed).phase, "OPEN")
  })

  it("is never stuck: whatever came before, it closes once probes succeed", () => {
    const outcome = fc.tuple(
      fc.constantFrom("answer", "fail", "unreadable", "refuse"),
      fc.integer({ min: 0, max: 40_000 })
    )
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 200 }), (history) => {
        let now = 0
        let circuit = closedCircuit
        const ask = (kind: string): void => {
          const verdict = admission(circuit, now)
          if (verdict === "HOLD") return
          if (verdict === "PROBE") circuit = probed(circuit, now)
          const probe = verdict === "PROBE"
          circuit = step(
            circuit,
            kind === "answer"
              ? answered(now, probe)
              : kind === "fail"
                ? failed(now, probe)
                : kind === "unreadable"
                  ? unreadable(now)
                  : { _tag: "Refused", at: now, probe },
            FAULT_PATIENCE
          )
        }
        for (const [kind, wait] of history) {
          now += wait
          ask(kind)
        }
        now = Math.max(now, circuit.until)
        ask("answer")
        ask("answer")
        assert.strictEqual(circuit.phase, "CLOSED")
      }),
      { numRuns: 2_000 }
    )
  })
})
