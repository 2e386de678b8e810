/**
 * The journal's thread: answers requests one after another in the order they came.
 *
 * A worker entry, so plain code. Every request gets exactly one reply; what goes wrong comes back as a sentence.
 */
import { parentPort } from "node:worker_threads"
import { FileReplaced, openJournalFile } from "../file/JournalFile.ts"
import type { JournalFile } from "../file/JournalFile.ts"
import { buffersOf, free } from "./ThreadMessages.ts"
import type { Reply, Request } from "./ThreadMessages.ts"

let file: JournalFile | undefined

parentPort?.on("message", (request: Request) => {
  const reply = answer(request)
  parentPort?.postMessage(reply, transfers(reply))
  if (reply.verb === "closed") parentPort?.close()
})

const answer = (request: Request): Reply => {
  try {
    if (request.verb === "open") {
      file = openJournalFile(request.folder, request.world, request.now)
      return { verb: "opened", opened: file.opened }
    }
    if (file === undefined) return { verb: "refused", message: "The journal's file is not open." }
    switch (request.verb) {
      case "commit":
        file.commit(request.commit)
        free(request.commit.records, request.commit.images)
        return { verb: "committed" }
      case "read":
        return { verb: "records", ...file.read(request.after, request.limit) }
      case "last":
        return { verb: "last", last: file.last() }
      case "images":
        return { verb: "images", ...file.images() }
      case "abandon":
        file.abandon(request.why)
        return { verb: "abandoned" }
      case "base":
        file.base()
        return { verb: "based" }
      case "close":
        file.close()
        return { verb: "closed" }
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { verb: error instanceof FileReplaced ? "replaced" : "refused", message }
  }
}

const transfers = (reply: Reply): ArrayBuffer[] => {
  switch (reply.verb) {
    case "records":
      return buffersOf(reply.records)
    case "images":
      return buffersOf(reply.images)
    default:
      return []
  }
}
