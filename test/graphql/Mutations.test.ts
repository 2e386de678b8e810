import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { ask } from "./http.ts"
import { api } from "./world.ts"

describe("a run by request", () => {
  it.effect("is started, and its run comes back", () =>
    Effect.gen(function* () {
      const { data } = yield* ask(
        'mutation { startScrape(input: { events: ["100"], idempotencyKey: "k" }) { run { id } joined errors { code } } retryFailed(runId: "run-1") { joined } }'
      )
      assert.deepStrictEqual(data, {
        startScrape: { run: { id: "run-1" }, joined: false, errors: [] },
        retryFailed: { joined: true }
      })
    }).pipe(Effect.provide(api()))
  )

  it.effect("is refused in its payload when it names what nobody knows", () =>
    Effect.gen(function* () {
      const { data, errors } = yield* ask(
        'mutation { startScrape(input: { bookmakers: ["betpawa-ng", "bet9ja"] }) { run { id } errors { code message path value } } }'
      )
      assert.isEmpty(errors)
      assert.deepStrictEqual(data, {
        startScrape: {
          run: null,
          errors: [
            {
              code: "BAD_INPUT",
              message: 'Unknown bookmaker "bet9ja"; nearest known: bet9ja-ng.',
              path: ["input", "bookmakers", "1"],
              value: "bet9ja"
            }
          ]
        }
      })
    }).pipe(Effect.provide(api()))
  )

  it.effect("hands on what the scraper has against it", () =>
    Effect.gen(function* () {
      const { data } = yield* ask(
        'mutation { startScrape(input: { events: ["404"] }) { run { id } errors { code value } } cancelScrape(runId: "run-1") { errors { code message } } }'
      )
      assert.deepStrictEqual(data, {
        startScrape: { run: null, errors: [{ code: "NOT_FOUND", value: "404" }] },
        cancelScrape: { errors: [{ code: "ALREADY_FINISHED", message: "Run run-1 is over." }] }
      })
    }).pipe(Effect.provide(api()))
  )
})

const PACES =
  "settings { version batchSize bookmakers { bookmakerId enabled paused concurrency delayMs } } errors { code path value }"

const pace = (bookmakerId: string, concurrency: number, delayMs: number, more: object = {}) => ({
  bookmakerId,
  enabled: true,
  paused: false,
  concurrency,
  delayMs,
  ...more
})

describe("settings", () => {
  it.effect("change where they are named and nowhere else", () =>
    Effect.gen(function* () {
      const { data } = yield* ask(
        `mutation { updateSettings(input: { batchSize: 10, disabled: ["sportybet-ng"], pace: [{ bookmakerId: "bet9ja-ng", concurrency: 5 }] }) { ${PACES} } }`
      )
      assert.deepStrictEqual(data, {
        updateSettings: {
          errors: [],
          settings: {
            version: 2,
            batchSize: 10,
            bookmakers: [
              pace("betpawa-ng", 50, 0),
              pace("sportybet-ng", 50, 0, { enabled: false }),
              pace("bet9ja-ng", 5, 25)
            ]
          }
        }
      })
    }).pipe(Effect.provide(api()))
  )

  it.effect("stay as they are when anything is wrong, or somebody was first", () =>
    Effect.gen(function* () {
      const unknown = yield* ask(
        'mutation { updateSettings(input: { batchSize: 10, paused: ["nobody"] }) { settings { version batchSize } errors { code path value } } }'
      )
      assert.deepStrictEqual(unknown.data, {
        updateSettings: {
          settings: { version: 1, batchSize: 50 },
          errors: [{ code: "BAD_INPUT", path: ["input", "paused", "0"], value: "nobody" }]
        }
      })
      const late = yield* ask(
        "mutation { updateSettings(input: { batchSize: 10 }, expectedVersion: 7) { settings { batchSize } errors { code } } }"
      )
      assert.deepStrictEqual(late.data, {
        updateSettings: { settings: { batchSize: 50 }, errors: [{ code: "CONFLICT" }] }
      })
    }).pipe(Effect.provide(api()))
  )

  it.effect("pause and resume the schedule of one bookmaker, of all, and of none", () =>
    Effect.gen(function* () {
      const paused = (field: string, argument: string) =>
        Effect.map(
          ask(`mutation { ${field}${argument} { settings { bookmakers { bookmakerId paused } } } }`),
          ({ text }) => [...text.matchAll(/"bookmakerId":"(\w+)-ng","paused":true/g)].map(([, id]) => id)
        )
      assert.deepStrictEqual(yield* paused("pauseSchedule", '(bookmakers: ["bet9ja-ng"])'), ["bet9ja"])
      assert.deepStrictEqual(yield* paused("pauseSchedule", ""), ["betpawa", "sportybet", "bet9ja"])
      assert.deepStrictEqual(yield* paused("resumeSchedule", "(bookmakers: [])"), ["betpawa", "sportybet", "bet9ja"])
      assert.deepStrictEqual(yield* paused("resumeSchedule", '(bookmakers: ["betpawa-ng"])'), ["sportybet", "bet9ja"])
      assert.deepStrictEqual(yield* paused("resumeSchedule", ""), [])
    }).pipe(Effect.provide(api()))
  )
})

describe("dead letters", () => {
  it.effect("are put back", () =>
    Effect.gen(function* () {
      const { data } = yield* ask('mutation { replayDeadLetters(ids: ["1"]) { replayed stillParked errors { code } } }')
      assert.deepStrictEqual(data, { replayDeadLetters: { replayed: 2, stillParked: 0, errors: [] } })
    }).pipe(Effect.provide(api()))
  )

  it.effect("that nobody knows are named, and the others are put back", () =>
    Effect.gen(function* () {
      const { data, errors } = yield* ask(
        'mutation { replayDeadLetters(ids: ["1", "404"]) { replayed errors { code path value } } }'
      )
      assert.isEmpty(errors)
      assert.deepStrictEqual(data, {
        replayDeadLetters: { replayed: 2, errors: [{ code: "NOT_FOUND", path: ["ids", "1"], value: "404" }] }
      })
    }).pipe(Effect.provide(api()))
  )
})
