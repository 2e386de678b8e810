/** The journal on disk: what survives a restart, a kill and a damaged file, and what it refuses. */
import { spawn } from "node:child_process"
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { Journal } from "../../src/journal/Journal.ts"
import { RESERVED_BLOCK } from "../../src/journal/file/JournalFile.ts"
import { encode } from "../../src/journal/RecordCodec.ts"
import { temporaryFolder } from "../support/folder.ts"
import { eventRecord } from "../support/records.ts"
import { append, conformance, entry, readAll } from "./conformance.ts"
import { memoryJournals, refuseMarked, sqliteIn, sqliteJournals } from "./journals.ts"

/** One life of a process: the journal is opened, used and closed. */
const life = <A, E>(dataDir: string, use: Effect.Effect<A, E, Journal>, world = "test") =>
  Effect.provide(use, sqliteIn(dataDir, world))

const seqs = Effect.map(readAll, (records) => records.map(({ seq }) => seq))

conformance("MemoryJournal", memoryJournals)
conformance("SqliteJournal", sqliteJournals)

describe("SqliteJournal", () => {
  it.effect("goes on with the same epoch and the next number after an orderly end", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* TestClock.adjust("1 second")
      const epoch = yield* life(
        folder,
        Effect.andThen(
          append("1", "2"),
          Journal.use(({ epoch }) => Effect.succeed(epoch))
        )
      )
      yield* TestClock.adjust("1 second")
      const second = yield* life(
        folder,
        Effect.all([append("3"), seqs, Journal.use((journal) => Effect.succeed(journal.epoch))])
      )
      assert.strictEqual(epoch, 1_000)
      assert.deepStrictEqual(second, [{ first: 3, last: 3, durable: true }, [1, 2, 3], 1_000])
    })
  )

  it.effect("goes on behind what was reserved in an outage that its process did not live to end", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const epoch = yield* life(
        folder,
        Effect.andThen(
          append("1"),
          Journal.use(({ epoch }) => Effect.succeed(epoch))
        )
      )
      const past = 3 * RESERVED_BLOCK
      writeFileSync(join(folder, "journal", "outage"), `entered ${epoch} ${past}`.padEnd(64))
      const [first, records] = yield* life(folder, Effect.all([append("2"), readAll]))
      assert.isAbove(first.first, past)
      const gap = records.find(({ record }) => record.kind === "GAP")?.record
      assert.deepInclude(gap, { from: 2, to: past })
    })
  )

  it.effect("refuses a second process on the same folder with a sentence that names it", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const fault = yield* life(folder, Effect.flip(life(folder, append("1"))))
      assert.include(fault.message, `${folder}/journal: another process is using it`)
    })
  )

  it.effect("refuses the folder of another world with a sentence", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* life(folder, append("1"), "live")
      const fault = yield* Effect.flip(life(folder, append("2"), "simulator"))
      assert.include(fault.message, `belongs to the world "live"`)
    })
  )

  it.effect("holds appends back at 1,000 records in flight and takes them all in the end", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const seen = yield* life(
        folder,
        Effect.gen(function* () {
          const journal = yield* Journal
          let most = 0
          const all = yield* Effect.forEach(
            Array.from({ length: 40 }),
            () =>
              Effect.gen(function* () {
                const appended = yield* journal.append(
                  Array.from({ length: 100 }, (_, i) => entry(eventRecord(String(i))))
                )
                most = Math.max(most, (yield* journal.stats).inFlight)
                return appended
              }),
            { concurrency: "unbounded" }
          )
          yield* Effect.forEach(all, ({ committed }) => committed)
          return { most, last: yield* journal.last }
        })
      )
      assert.strictEqual(seen.last, 4_000)
      assert.isAtMost(seen.most, 1_000)
    })
  )

  it.effect("keeps what Postgres has for 120 s and what it does not have for ever", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* life(
        folder,
        Effect.gen(function* () {
          const journal = yield* Journal
          yield* journal.release(0)
          yield* append("1")
          yield* append("2")
          yield* journal.release(1)
          yield* TestClock.adjust("119 seconds")
          yield* append("3")
          assert.deepStrictEqual(yield* seqs, [1, 2, 3])
          yield* TestClock.adjust("2 seconds")
          yield* append("4")
          assert.deepStrictEqual(yield* seqs, [2, 3, 4])
          assert.strictEqual((yield* Effect.flip(journal.read(0, 1)))._tag, "JournalFault")
        })
      )
      assert.deepStrictEqual(yield* life(folder, seqs), [2, 3, 4])
    })
  )

  it.effect("counts the bytes it holds, now and after a restart", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const bytes = Effect.map(
        Journal.use((journal) => journal.stats),
        (stats) => stats.bytes
      )
      const [, before] = yield* life(folder, Effect.all([append("1", "2"), bytes]))
      assert.strictEqual(before, encode(eventRecord("1")).length * 2)
      assert.strictEqual(yield* life(folder, bytes), before)
    })
  )

  it.effect("shows changes as not durable while the disk refuses them, and then names the gap", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* life(folder, append("1"))
      refuseMarked(folder)
      yield* life(
        folder,
        Effect.gen(function* () {
          const journal = yield* Journal
          const refused = yield* journal.append([entry(eventRecord("2"), "refused")])
          assert.deepStrictEqual(yield* refused.committed, { first: 2, last: 2, durable: false })
          assert.isTrue((yield* journal.stats).degraded)
          yield* TestClock.adjust("2 seconds")
          yield* Effect.eventually(
            Effect.flatMap(journal.stats, ({ degraded }) => (degraded ? Effect.fail("still") : Effect.void))
          )
          assert.deepStrictEqual(yield* append("3"), { first: 4, last: 4, durable: true })
          const [gap] = yield* journal.read(1, 1)
          assert(gap?.record.kind === "GAP")
          assert.deepStrictEqual([gap.seq, gap.record.from, gap.record.to], [3, 2, 2])
          assert.strictEqual((yield* Effect.flip(journal.read(2, 1)))._tag, "JournalFault")
        })
      )
    })
  )

  it.effect("tells as durable only what is on disk, also when it was appended while the disk came back", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* life(folder, append(...Array.from({ length: 5_000 }, (_, i) => String(i))))
      refuseMarked(folder)
      yield* life(
        folder,
        Effect.gen(function* () {
          const journal = yield* Journal
          yield* (yield* journal.append([entry(eventRecord("1"), "refused")])).committed
          // Busy with these, the thread answers the question where the disk stands only after the appends below.
          yield* Effect.forEach(Array.from({ length: 20 }), () => Effect.forkChild(journal.read(0, 5_000)))
          yield* TestClock.adjust("1 second")
          const appended = yield* Effect.forEach(["2", "3"], (id) => journal.append([entry(eventRecord(id))]))
          assert.isTrue((yield* journal.stats).degraded)
          const told = yield* Effect.forEach(appended, ({ committed }) => committed)
          yield* Effect.eventually(
            Effect.flatMap(journal.stats, ({ degraded }) => (degraded ? Effect.fail("still") : Effect.void))
          )
          const kept = yield* journal.read(5_000, 10)
          const inGap = kept.flatMap(({ record }) => (record.kind === "GAP" ? [[record.from, record.to]] : []))
          assert.deepStrictEqual(
            told.map(({ first, durable }) => [first, durable]),
            [
              [5_002, false],
              [5_003, false]
            ]
          )
          assert.deepStrictEqual(inGap, [[5_001, 5_003]])
          assert.strictEqual(yield* journal.last, 5_004)
        })
      )
    })
  )

  it.effect("sets a damaged file aside and begins a new epoch", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* life(folder, append("1"))
      damage(folder)
      yield* TestClock.adjust("1 minute")
      const after = yield* life(
        folder,
        Effect.all([seqs, append("2"), Journal.use(({ epoch }) => Effect.succeed(epoch))])
      )
      assert.deepStrictEqual(after, [[], { first: 1, last: 1, durable: true }, 60_000])
      assert.isTrue(readdirSync(join(folder, "journal")).some((name) => name.startsWith("journal.sqlite.corrupt-")))
    })
  )

  it.effect("begins a later epoch than the damaged file's, also when the clock went back", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* TestClock.adjust("1 hour")
      yield* life(folder, append("1"))
      damage(folder)
      rmSync(join(folder, "journal.mark"))
      yield* TestClock.setTime(60_000)
      const epoch = yield* life(
        folder,
        Journal.use((journal) => Effect.succeed(journal.epoch))
      )
      assert.strictEqual(epoch, 3_600_001)
    })
  )

  it.live("loses nothing acknowledged and never reuses a number when its process is killed", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      let acknowledged = 0
      for (const kill of [1, 2, 3]) {
        const last = yield* killedWhileAppending(folder, 200 * kill)
        assert.isAbove(last, acknowledged)
        acknowledged = last
        const { kept, next } = yield* life(folder, Effect.all({ kept: seqs, next: append("after") }))
        assert.isTrue(kept.includes(acknowledged))
        assert.strictEqual(new Set(kept).size, kept.length)
        assert.isAtLeast(next.first, acknowledged + RESERVED_BLOCK / 2)
        acknowledged = next.last
      }
    })
  )
})

/** Changes one byte of a record on disk. */
const damage = (folder: string): void => {
  const path = join(folder, "journal", "journal.sqlite")
  const bytes = readFileSync(path)
  const at = bytes.lastIndexOf("Premier League")
  assert.isAbove(at, 0)
  bytes[at] = 0x58
  writeFileSync(path, bytes)
}

/** Starts a process that appends, kills it once it has acknowledged so many records, answers the last number acknowledged. */
const killedWhileAppending = (folder: string, enough: number) =>
  Effect.callback<number>((resume) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "appender.ts"), folder], {
      stdio: ["ignore", "pipe", "inherit"]
    })
    let text = ""
    let lines = 0
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk
      lines += chunk.split("\n").length - 1
      if (lines >= enough) child.kill("SIGKILL")
    })
    child.on("close", () => {
      // The last line may be cut off by the kill.
      resume(Effect.succeed(Number(text.slice(0, text.lastIndexOf("\n")).split("\n").at(-1))))
    })
  })
