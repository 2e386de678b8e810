/**
 * Lines appended to a file and forced to disk twice a second: the price journal that outlives the process.
 *
 * Batched, because a sync per served price would cost more than serving it; a kill loses at most the last half second.
 */
import { Data, Effect } from "effect"
import type { Scope } from "effect"
import { appendFile, close, fdatasync, open } from "node:fs"

export class JournalFileFault extends Data.TaggedError("JournalFileFault")<{ readonly message: string }> {}

export interface JournalFile {
  readonly add: (line: unknown) => void
}

const EVERY = "500 millis"

export const openJournalFile: (path: string) => Effect.Effect<JournalFile, JournalFileFault, Scope.Scope> =
  Effect.fnUntraced(function* (path) {
    const file = yield* Effect.acquireRelease(opened(path), (descriptor) =>
      Effect.ignore(asked(path, (done) => close(descriptor, done)))
    )
    let waiting: string[] = []
    const flush = Effect.suspend(() => {
      if (waiting.length === 0) return Effect.void
      const text = waiting.join("")
      waiting = []
      return asked(path, (done) => appendFile(file, text, done)).pipe(
        Effect.andThen(asked(path, (done) => fdatasync(file, done))),
        Effect.catch((fault) => Effect.logWarning(fault.message))
      )
    })
    // Registered after the file, so it runs before the file is closed.
    yield* Effect.addFinalizer(() => flush)
    yield* flush.pipe(Effect.delay(EVERY), Effect.forever, Effect.forkScoped)
    return { add: (line) => waiting.push(`${JSON.stringify(line)}\n`) }
  })

type Done = (error: Error | null) => void

const asked = (path: string, work: (done: Done) => void): Effect.Effect<void, JournalFileFault> =>
  Effect.callback((resume) => work((error) => resume(error === null ? Effect.void : Effect.fail(fault(path, error)))))

const opened = (path: string): Effect.Effect<number, JournalFileFault> =>
  Effect.callback((resume) =>
    open(path, "a", (error, descriptor) =>
      resume(error === null ? Effect.succeed(descriptor) : Effect.fail(fault(path, error)))
    )
  )

const fault = (path: string, { message }: Error): JournalFileFault =>
  new JournalFileFault({
    message: `simulator: the price journal ${path} cannot be written (${message}); choose another with --journal`
  })
