/**
 * A database server that a killed process left on the data folder: waited for, then asked to end.
 *
 * Recognised by `postmaster.pid`. A server started with a death signal is already shutting down; a number that
 * now belongs to another program is no server, and its file is removed.
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
    const pid = yield* postmaster(file)
    if (pid === undefined) return
    const waited = (yield* Clock.currentTimeMillis) - start
    if (waited > WAIT_MS) {
      return yield* new ServerUnusable({
        message: `Embedded Postgres: process ${pid} still holds ${folder} after ${WAIT_MS / 1_000} s; end it and start again.`
      })
    }
    if (waited > ASK_AFTER_MS && !asked) {
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

/** The server on this folder, if one lives. */
const postmaster = Effect.fnUntraced(function* (file: string) {
  const pid = Number((yield* textOf(file)).split("\n")[0])
  if (!(Number.isInteger(pid) && pid > 1)) return undefined
  const lives = existsSync("/proc/self")
    ? (yield* textOf(`/proc/${pid}/cmdline`)).includes("postgres")
    : yield* Effect.orElseSucceed(
        Effect.try(() => process.kill(pid, 0)),
        () => false
      )
  if (!lives) rmSync(file, { force: true })
  return lives ? pid : undefined
})

/** Empty when there is no such file any more: what is asked about may end at any moment. */
const textOf = (file: string): Effect.Effect<string> =>
  Effect.orElseSucceed(
    Effect.try(() => readFileSync(file, "utf8")),
    () => ""
  )
