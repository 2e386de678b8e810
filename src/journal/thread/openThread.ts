/** Starts the journal's thread on the folder of this place; what it found wrong with the file is told here. */
import { join } from "node:path"
import { Clock, Effect } from "effect"
import { JournalFault } from "../Journal.ts"
import { Place } from "../Place.ts"
import { startThread } from "./JournalThread.ts"
import type { JournalThread } from "./JournalThread.ts"
import type { Opened } from "./ThreadMessages.ts"

export interface OpenThread {
  readonly thread: JournalThread
  readonly opened: Opened
}

export const openThread = Effect.gen(function* () {
  const { dataDir, world } = yield* Place
  const now = yield* Clock.currentTimeMillis
  const thread: JournalThread = yield* startThread
  const folder = join(dataDir, "journal")
  const { opened }: { readonly opened: Opened } = yield* asFault(
    thread.ask({ verb: "open", folder, world, now }, "opened")
  ).pipe(Effect.timeoutOrElse({ duration: OPENED_WITHIN, orElse: () => Effect.fail(neverOpened(folder)) }))
  if (opened.setAside !== undefined) {
    yield* Effect.logError("The journal was set aside; what Postgres did not have yet is only in that file").pipe(
      Effect.annotateLogs({ folder, ...opened.setAside })
    )
  }
  if (opened.unmarked !== undefined) {
    yield* Effect.logWarning(
      "How far the journal came cannot be noted beside it; a backup in its place may go unnoticed"
    ).pipe(Effect.annotateLogs({ folder, why: opened.unmarked }))
  }
  return { thread, opened } satisfies OpenThread
})

export const asFault = <A, E extends { readonly message: string }>(effect: Effect.Effect<A, E>) =>
  Effect.mapError(effect, ({ message }) => new JournalFault({ message }))

/** A long outage of Postgres leaves gigabytes, and every one of them is checked. */
const OPENED_WITHIN = "5 minutes"

const neverOpened = (folder: string) =>
  new JournalFault({
    message: `Journal ${folder}: it was not open after ${OPENED_WITHIN}; look at the disk, or set DATA_DIR to another folder.`
  })
