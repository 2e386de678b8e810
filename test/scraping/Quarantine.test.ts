import { NodeFileSystem } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { TestClock } from "effect/testing"
import { Unreadable } from "../../src/bookmakers/FetchError.ts"
import { Quarantine } from "../../src/scraping/Quarantine.ts"
import type { Found } from "../../src/scraping/Quarantine.ts"
import { alpha, beta, eventAt, house, HOUR, play, START } from "./house.ts"

const found = (more: Partial<Found> = {}): Found => ({
  bookmakerId: alpha,
  endpoint: "event",
  reason: "UNREADABLE",
  path: "$.markets",
  message: "Expected array",
  sample: `{"markets":1}`,
  ...more
})

/** With a folder of its own, and the names of what lies in it. */
const inFolder = <A, E>(
  use: (quarantine: Quarantine["Service"], sizes: Effect.Effect<readonly bigint[]>) => Effect.Effect<A, E>
) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(START)
    const files = yield* FileSystem.FileSystem
    const folder = yield* files.makeTempDirectoryScoped()
    const sizes = files
      .readDirectory(`${folder}/quarantine`)
      .pipe(
        Effect.flatMap(
          Effect.forEach((name) => Effect.map(files.stat(`${folder}/quarantine/${name}`), ({ size }) => size))
        ),
        Effect.orDie
      )
    return yield* Effect.provide(
      Quarantine.use((quarantine) => use(quarantine, sizes)),
      Quarantine.layer(folder)
    )
  }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer))

describe("the quarantine", () => {
  it.effect("counts each bookmaker's by endpoint and reason, also those of which it keeps nothing", () =>
    inFolder(
      Effect.fnUntraced(function* (quarantine, sizes) {
        yield* quarantine.keep(found())
        yield* quarantine.keep(found())
        yield* TestClock.adjust("1 second")
        yield* quarantine.keep(found({ sample: "" }))
        yield* quarantine.keep(found({ reason: "DRIFTED", sample: "" }))
        yield* quarantine.keep(found({ bookmakerId: beta }))
        assert.strictEqual((yield* sizes).length, 2)
        assert.deepStrictEqual(
          quarantine.counts(alpha).map(({ endpoint, reason, count, lastAt }) => [endpoint, reason, count, lastAt]),
          [
            ["event", "UNREADABLE", 3, START + 1_000],
            ["event", "DRIFTED", 1, START + 1_000]
          ]
        )
      })
    )
  )

  it.effect("lists what it keeps, newest first, each named by time, bookmaker, endpoint and reason", () =>
    inFolder(
      Effect.fnUntraced(function* (quarantine) {
        yield* quarantine.keep(found())
        yield* TestClock.adjust("1 second")
        yield* quarantine.keep(found({ bookmakerId: beta, endpoint: "list", reason: "DRIFTED" }))
        const kept = yield* quarantine.list
        assert.deepStrictEqual(
          kept.map(({ file }) => file),
          [
            "quarantine/2026-11-20T12-00-01.000Z_beta-ng_list_drifted.json",
            "quarantine/2026-11-20T12-00-00.000Z_alpha-ng_event_unreadable.json"
          ]
        )
        assert.deepStrictEqual([kept[1]?.at, kept[1]?.path, kept[1]?.sample], [START, "$.markets", `{"markets":1}`])
      })
    )
  )

  it.effect("takes at most 64 kB for each, whatever a character costs", () =>
    inFolder(
      Effect.fnUntraced(function* (quarantine, sizes) {
        yield* quarantine.keep(found({ sample: "\u0000\ud800".repeat(40_000) }))
        yield* quarantine.keep(found({ bookmakerId: beta, sample: "x".repeat(65_536) }))
        for (const size of yield* sizes) assert.isAtMost(Number(size), 65_536)
        assert.isAbove((yield* quarantine.list)[0]?.sample.length ?? 0, 5_000)
      })
    )
  )

  it.effect("keeps one a minute of a kind and drops the oldest beyond thirty of a bookmaker, none of another", () =>
    inFolder(
      Effect.fnUntraced(function* (quarantine) {
        yield* quarantine.keep(found({ bookmakerId: beta }))
        for (let i = 0; i < 80; i++) {
          yield* quarantine.keep(found({ path: String(i) }))
          yield* TestClock.adjust("30 seconds")
        }
        const kept = yield* quarantine.list
        assert.deepStrictEqual(
          [alpha, beta].map((id) => kept.filter(({ bookmakerId }) => bookmakerId === id).length),
          [30, 1]
        )
        assert.strictEqual(kept[0]?.path, "78")
      })
    )
  )
})

describe("a payload that cannot be read", () => {
  it.effect("is put into quarantine, from a list and from an event", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(START)
      const played = yield* play([eventAt(1_001, START + 5 * HOUR)])
      played.answer = ({ bookmakerId, endpoint }) =>
        (bookmakerId === alpha && endpoint === "list") || (bookmakerId === beta && endpoint === "event")
          ? new Unreadable({ bookmakerId, endpoint, path: "$", sample: "<?>", message: "no JSON" })
          : undefined
      yield* Effect.provide(TestClock.adjust("10 seconds"), house(played, "SCHEDULED"))
      const kept = new Set(
        played.quarantined.map(({ bookmakerId, endpoint, sample }) => `${bookmakerId} ${endpoint} ${sample}`)
      )
      assert.deepStrictEqual([...kept].toSorted(), ["alpha-ng list <?>", "beta-ng event <?>"])
    })
  )
})
