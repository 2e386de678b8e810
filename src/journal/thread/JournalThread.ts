/**
 * The door from Effect to the journal's thread: one reply per request, in order.
 *
 * Three failures, because three reactions follow: what SQLite refuses leaves the thread usable (the disk may
 * come back), a thread that has ended must be started anew, and a file that was replaced ends the process.
 */
import { Worker } from "node:worker_threads"
import { Data, Effect } from "effect"
import type { Scope } from "effect"
import { buffersOf } from "./ThreadMessages.ts"
import type { Reply, Request } from "./ThreadMessages.ts"

/** SQLite refused; `message` is its sentence. */
export class DiskRefused extends Data.TaggedError("DiskRefused")<{ readonly message: string }> {}

/** Somebody took the file away or put another one there; `message` is a sentence. */
export class FileTaken extends Data.TaggedError("FileTaken")<{ readonly message: string }> {}

export class ThreadEnded extends Data.TaggedError("ThreadEnded")<{ readonly message: string }> {}

export interface JournalThread {
  /** Interrupting the wait does not undo the request. */
  readonly ask: <V extends Reply["verb"]>(
    request: Request,
    verb: V
  ) => Effect.Effect<Extract<Reply, { readonly verb: V }>, DiskRefused | FileTaken | ThreadEnded>
  readonly ended: () => boolean
}

/** Ends the thread with the scope; SQLite makes an unfinished commit undone at the next start. */
export const startThread: Effect.Effect<JournalThread, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => {
    const worker = new Worker(new URL("./journalWorker.ts", import.meta.url))
    const waiting: ((reply: Reply | ThreadEnded) => void)[] = []
    let end: ThreadEnded | undefined
    const fail = (message: string) => {
      end ??= new ThreadEnded({ message })
      for (const resume of waiting.splice(0)) resume(end)
    }
    worker.on("message", (reply: Reply) => waiting.shift()?.(reply))
    worker.on("error", (error) =>
      fail(`The journal's thread ended: ${error instanceof Error ? error.message : String(error)}`)
    )
    worker.on("exit", (code) => fail(`The journal's thread ended with code ${code}.`))

    const ask: JournalThread["ask"] = (request, verb) =>
      Effect.callback((resume) => {
        if (end !== undefined) return resume(Effect.fail(end))
        waiting.push((reply) => {
          if (reply instanceof ThreadEnded) resume(Effect.fail(reply))
          else if (reply.verb === "refused") resume(Effect.fail(new DiskRefused({ message: reply.message })))
          else if (reply.verb === "replaced") resume(Effect.fail(new FileTaken({ message: reply.message })))
          else if (isReply(reply, verb)) resume(Effect.succeed(reply))
        })
        worker.postMessage(request, transfers(request))
      })
    return { thread: { ask, ended: () => end !== undefined }, worker }
  }),
  ({ worker }) => Effect.promise(() => worker.terminate())
).pipe(Effect.map(({ thread }) => thread))

const isReply = <V extends Reply["verb"]>(reply: Reply, verb: V): reply is Extract<Reply, { readonly verb: V }> =>
  reply.verb === verb

const transfers = (request: Request): ArrayBuffer[] =>
  request.verb === "commit" ? buffersOf(request.commit.records, request.commit.images) : []
