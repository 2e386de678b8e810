/**
 * A note beside the journal that says "numbers are being given without a disk", so that a process killed in that time
 * leaves a gap that the next start can tell.
 *
 * Its bytes are written when the file is made and only overwritten later: a full disk takes that, when it takes no
 * commit. Where even that is refused (a disk turned read-only) a kill leaves no trace but the numbers that are skipped.
 */
import { closeSync, constants, fdatasync, fstatSync, openSync, readFileSync, write, writeSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import type { Scope } from "effect"

export interface OutageMark {
  /** Of an outage that its process did not live to end: its epoch, and the last number that was reserved in it. */
  readonly left: { readonly epoch: number; readonly reserved: number } | undefined
  /** Numbers up to this one may be given without a disk, and by no later process. */
  readonly reserve: (upTo: number) => Effect.Effect<void>
  readonly leave: Effect.Effect<void>
}

/** `reserve` and `leave` end within a second, and log what they could not do. */
export const openOutageMark = (dataDir: string, epoch: number): Effect.Effect<OutageMark, never, Scope.Scope> =>
  Effect.acquireRelease(Effect.catch(opened(join(dataDir, "journal", "outage")), unwritten), (file) =>
    Effect.sync(() => {
      if (file !== undefined) closeSync(file.descriptor)
    })
  ).pipe(
    Effect.map((file) => ({
      left: entered(file?.text ?? ""),
      reserve: (upTo) => overwrite(file?.descriptor, `entered ${epoch} ${upTo}`),
      leave: overwrite(file?.descriptor, "none")
    }))
  )

const SIZE = 64

const padded = (text: string): string => `${text.padEnd(SIZE - 1)}\n`

const entered = (text: string): OutageMark["left"] => {
  const [, epoch, reserved] = /^entered (\d+) (\d+)/.exec(text) ?? []
  return epoch === undefined ? undefined : { epoch: Number(epoch), reserved: Number(reserved) }
}

const opened = (path: string) =>
  Effect.try({
    try: () => {
      const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600)
      if (fstatSync(descriptor).size < SIZE) writeSync(descriptor, padded("none"), 0)
      return { descriptor, text: readFileSync(path, "utf8") }
    },
    catch: String
  })

/** In the pool of threads: a disk that hangs must not stop the process. */
const overwrite = (descriptor: number | undefined, text: string): Effect.Effect<void> =>
  descriptor === undefined
    ? Effect.void
    : Effect.callback<void, string>((resume) => {
        write(descriptor, padded(text), 0, "utf8", (refused) => {
          if (refused !== null) return resume(Effect.fail(refused.message))
          fdatasync(descriptor, (unsynced) => resume(unsynced === null ? Effect.void : Effect.fail(unsynced.message)))
        })
      }).pipe(
        Effect.timeoutOrElse({ duration: "1 second", orElse: () => Effect.fail("no answer in a second") }),
        Effect.catch(unwritten),
        Effect.asVoid
      )

const unwritten = (why: string): Effect.Effect<undefined> =>
  Effect.as(
    Effect.logWarning("The journal's outage cannot be noted beside it; after a kill its gap would not be told").pipe(
      Effect.annotateLogs({ why })
    ),
    undefined
  )
