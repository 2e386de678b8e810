/**
 * What a killed process left on the data folder of the database: waited for, and a server that stays is asked to end.
 *
 * Recognised by `postmaster.pid`. A dead server's file is left to Postgres, which starts only when nothing is attached
 * to the shared memory named in it; a number that another program has now would stop Postgres for ever, so that file
 * is removed, with the same care for what the old server has left.
 */
import { existsSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { Clock, Effect } from "effect"
import { ServerUnusable } from "./PostgresCommand.ts"

const WAIT_MS = 20_000
const ASK_AFTER_MS = 3_000
const LOOK_EVERY_MS = 100

export const orphanGone = Effect.fnUntraced(function* (folder: string) {
  const file = join(folder, "postmaster.pid")
  const start = yield* Clock.currentTimeMillis
  let asked = false
  while (true) {
    const { holder, pid } = yield* remains(file)
    if (holder === undefined) return
    const waited = (yield* Clock.currentTimeMillis) - start
    if (waited > WAIT_MS) {
      return yield* new ServerUnusable({
        message: `Embedded Postgres: ${holder} still holds ${folder} after ${WAIT_MS / 1_000} s; end it and start again.`
      })
    }
    if (waited > ASK_AFTER_MS && !asked && pid !== undefined) {
      asked = true
      yield* Effect.logWarning("A database server of an earlier start is still running; it is asked to end").pipe(
        Effect.annotateLogs({ pid, folder })
      )
      // SIGINT is Postgres's fast shutdown: nothing committed is lost.
      yield* Effect.ignore(Effect.try(() => process.kill(pid, "SIGINT")))
    }
    yield* Effect.sleep(LOOK_EVERY_MS)
  }
})

interface Remains {
  /** What must go first, in words; undefined when the folder is free. */
  readonly holder: string | undefined
  /** The server, while it lives. */
  readonly pid: number | undefined
}

const remains = Effect.fnUntraced(function* (file: string) {
  const lines = (yield* textOf(file)).split("\n")
  const pid = Number(lines[0])
  if (!(Number.isInteger(pid) && pid > 1)) return FREE
  if (yield* isServer(pid)) return { holder: `process ${pid}`, pid }
  const attached = attachedTo(lines[SHARED_MEMORY] ?? "", yield* textOf("/proc/sysvipc/shm"))
  if (attached > 0) return { holder: `a process of the server ${pid}, which has ended,`, pid: undefined }
  if (yield* lives(pid)) rmSync(file, { force: true })
  return FREE
})

const FREE: Remains = { holder: undefined, pid: undefined }

/** The line of `postmaster.pid` with key and id of the segment that every process of the server is attached to. */
const SHARED_MEMORY = 6

/** By the kernel's table of segments: key, id, permissions, size, creator, last user, attached processes. */
const attachedTo = (segment: string, table: string): number => {
  const [key, id] = numbersOf(segment)
  return table
    .split("\n")
    .map(numbersOf)
    .filter((row) => row[0] === key && row[1] === id)
    .reduce((sum, row) => sum + (row[6] ?? 0), 0)
}

const numbersOf = (line: string): readonly number[] => line.trim().split(/\s+/).map(Number)

const isServer = (pid: number): Effect.Effect<boolean> =>
  existsSync("/proc/self")
    ? Effect.map(textOf(`/proc/${pid}/cmdline`), (command) => command.includes("postgres"))
    : lives(pid)

const lives = (pid: number): Effect.Effect<boolean> =>
  Effect.orElseSucceed(
    Effect.try(() => process.kill(pid, 0)),
    () => false
  )

/** Empty when there is no such file any more: what is asked about may end at any moment. */
const textOf = (file: string): Effect.Effect<string> =>
  Effect.orElseSucceed(
    Effect.try(() => readFileSync(file, "utf8")),
    () => ""
  )
