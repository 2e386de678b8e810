/** Any order of appends, releases, refusals, ends and kills: what a journal promises holds over all its lives. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Scope } from "effect"
import { TestClock } from "effect/testing"
import fc from "fast-check"
import { Journal } from "../../src/journal/Journal.ts"
import { encode } from "../../src/journal/RecordCodec.ts"
import type { NumberedRecord, Record } from "../../src/domain/Record.ts"
import { NOW, eventRecord } from "../support/records.ts"
import { entry, mended, readAll } from "./conformance.ts"
import { memoryJournals, sqliteJournals } from "./journals.ts"
import type { Journals } from "./journals.ts"

type Act =
  | { readonly act: "append"; readonly ids: readonly string[]; readonly refused: boolean }
  | { readonly act: "release"; readonly share: number }
  | { readonly act: "wait" | "mend" }

interface Life {
  readonly acts: readonly Act[]
  readonly killed: boolean
}

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant("append" as const),
      ids: fc.array(fc.constantFrom("1", "2", "3"), { minLength: 1, maxLength: 4 }),
      refused: fc.nat(5).map((dice) => dice === 0)
    })
  },
  {
    weight: 2,
    arbitrary: fc.record({ act: fc.constant("release" as const), share: fc.double({ min: 0, max: 1, noNaN: true }) })
  },
  { weight: 1, arbitrary: fc.constant({ act: "wait" as const }) },
  { weight: 2, arbitrary: fc.constant({ act: "mend" as const }) }
)
const lives: fc.Arbitrary<readonly Life[]> = fc.array(
  fc.record({ acts: fc.array(act, { minLength: 1, maxLength: 8 }), killed: fc.boolean() }),
  { minLength: 1, maxLength: 6 }
)

/** What somebody outside knows: which numbers were told for what, and which of them as kept. */
interface Told {
  readonly seq: number
  readonly text: string
  readonly key: string
  readonly durable: boolean
}

const textOf = (record: Record): string => new TextDecoder().decode(encode(record))

const perform = Effect.fnUntraced(function* (
  acts: readonly Act[],
  told: Told[],
  made: { count: number; released: number }
) {
  const journal = yield* Journal
  // As the drainer does: where Postgres stands is told before anything else.
  yield* journal.release(made.released)
  for (const next of acts) {
    switch (next.act) {
      case "append": {
        const records = next.ids.map((id) => eventRecord(id, `Home ${(made.count += 1)}`, NOW))
        const entries = records.map((record, i) => entry(record, next.ids[i], Uint8Array.from(encode(record))))
        const refusal = next.refused ? [entry(eventRecord("9", `Home ${(made.count += 1)}`), "refused")] : []
        const { committed } = yield* journal.append([...entries, ...refusal])
        const { first, durable } = yield* committed
        ;[...entries, ...refusal].forEach(({ record, image }, i) =>
          told.push({ seq: first + i, text: textOf(record), key: image?.key ?? "", durable })
        )
        break
      }
      case "release":
        made.released = Math.max(made.released, Math.floor((yield* journal.last) * next.share))
        yield* journal.release(made.released)
        break
      case "wait":
        yield* TestClock.adjust("130 seconds")
        break
      case "mend":
        yield* mended
    }
  }
})

const judge = Effect.fnUntraced(function* (told: readonly Told[], released: number) {
  const journal = yield* Journal
  const floor = yield* journal.floor
  const kept: readonly NumberedRecord[] = yield* readAll
  const seqs = told.map(({ seq }) => seq)
  assert.deepStrictEqual(
    seqs,
    [...new Set(seqs)].sort((a, b) => a - b),
    "numbers only rise"
  )
  assert.isAtMost(floor, released, "nothing is forgotten that Postgres does not have")
  const texts = new Map(kept.map(({ seq, record }) => [seq, textOf(record)]))
  const gaps = kept.flatMap(({ record }) => (record.kind === "GAP" ? [record] : []))
  for (const { seq, text, durable } of told) {
    if (seq <= floor) continue
    if (durable) assert.strictEqual(texts.get(seq), text, `number ${seq} was told as kept`)
    else
      assert.isTrue(
        gaps.some(({ from, to }) => from <= seq && seq <= to),
        `number ${seq} is in no gap`
      )
  }
  for (const { from, to } of gaps) {
    assert.isEmpty(
      told.filter(({ seq, durable }) => durable && from <= seq && seq <= to),
      "a gap names what was kept"
    )
  }
  const newest = new Map(told.filter(({ durable }) => durable).map(({ key, text }) => [key, text]))
  const images = (yield* journal.images).map(({ key, bytes }) => [key, new TextDecoder().decode(bytes)] as const)
  assert.deepStrictEqual(new Map(images), newest, "the images are the fold of what was kept")
})

const holds = (journals: Effect.Effect<Journals, never, Scope.Scope>, all: readonly Life[]) =>
  Effect.gen(function* () {
    const { life, killed } = yield* journals
    const told: Told[] = []
    const made = { count: 0, released: 0 }
    for (const { acts, killed: isKilled } of all) {
      yield* (isKilled ? killed : life)(perform(acts, told, made))
      yield* life(Effect.andThen(mended, judge(told, made.released)))
    }
  }).pipe(Effect.scoped)

const REFUSED: Act = { act: "append", ids: ["1"], refused: true }
/** Whoever hears of an outage's end appends again, while the gap is written. */
const IN_THE_INSTANT_OF_A_GAP: readonly Life[] = [{ acts: [REFUSED, { act: "wait" }, REFUSED, REFUSED], killed: false }]

/** fast-check's own runner, because the suite's knows other arbitraries. */
const always = (journals: Effect.Effect<Journals, never, Scope.Scope>, numRuns: number) =>
  Effect.promise(() =>
    fc.assert(
      fc.asyncProperty(lives, (all) => Effect.runPromise(Effect.provide(holds(journals, all), TestClock.layer()))),
      // Whether an append meets that instant is a matter of threads: of six such lives four did.
      { numRuns, examples: Array.from({ length: 4 }, (): [readonly Life[]] => [IN_THE_INSTANT_OF_A_GAP]) }
    )
  )

describe("a journal over many lives", () => {
  it.effect("keeps its promises in memory", () => always(memoryJournals, 300))

  it.effect("keeps its promises on disk", () => always(sqliteJournals, 12), { timeout: 180_000 })
})
