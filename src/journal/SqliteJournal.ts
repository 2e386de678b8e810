/**
 * The journal on SQLite: its door, over a loop that commits (`commit/`) in a thread of its own (`thread/`) to one
 * checked file (`file/`).
 *
 * Two starts find numbers that were given and are not here: after a kill in an outage, and where Postgres has more than
 * the file. Both are told by a GAP of all numbers that may have been used, since nobody knows which were.
 */
import { Effect, Layer, Semaphore } from "effect"
import type { Scope } from "effect"
import { EXIT_JOURNAL_FAILED, Fatal } from "../actor/Fatal.ts"
import { Supervisor } from "../actor/Supervisor.ts"
import type { NumberedRecord } from "../domain/Record.ts"
import { makeCommitting } from "./commit/Committing.ts"
import { Journal, JournalFault } from "./Journal.ts"
import type { Image } from "./Journal.ts"
import { Place } from "./Place.ts"
import { decode } from "./RecordCodec.ts"
import { asFault, openThread } from "./thread/openThread.ts"
import { unpack } from "./thread/ThreadMessages.ts"
import type { Packed } from "./thread/ThreadMessages.ts"

export const layer: Layer.Layer<Journal, JournalFault, Place | Supervisor | Fatal> = Layer.effect(
  Journal,
  Effect.gen(function* () {
    const { dataDir, world } = yield* Place
    const supervisor = yield* Supervisor
    const fatal = yield* Fatal
    const open = yield* Effect.map(Effect.context<Place | Scope.Scope>(), (context) =>
      Effect.provide(openThread, context)
    )
    const first = yield* open
    const { epoch, last: foundLast, setAside, unbased } = first.opened
    const committing = yield* makeCommitting(first, open, dataDir)
    const { backlog, foundReserved, outage, shelf } = committing
    const door = yield* Semaphore.make(1)
    let isBehind = false
    let hasHeard = false

    yield* supervisor.supervise({
      name: "journal",
      depth: backlog.records,
      loop: committing.loop,
      onFailed: (lastError) =>
        fatal.raise({
          exitCode: EXIT_JOURNAL_FAILED,
          message: `The journal gave up: ${lastError} Nothing may be shown that cannot be kept.`
        })
    })
    if (committing.wasCut) {
      // Numbered before anybody else appends.
      yield* Effect.forkScoped(committing.tellGap(foundLast + 1, foundReserved, KILLED), { startImmediately: true })
    }

    /** Where Postgres stood when this process began: nothing of this life can be there yet. */
    const hear = Effect.fnUntraced(function* (upTo: number) {
      if (upTo <= foundLast) return
      if (upTo > foundReserved) {
        const message = `Journal ${dataDir}/journal: it ends at ${foundLast} and Postgres has it up to ${upTo}, so it comes from a backup.`
        yield* Effect.ignore(committing.thread().ask({ verb: "abandon", why: message }, "abandoned"))
        return yield* fatal.raise({
          exitCode: EXIT_JOURNAL_FAILED,
          message: `${message} Start again: it is set aside, and a new epoch begins with what Postgres has.`
        })
      }
      yield* Effect.logError("The journal has lost records that Postgres has; all it knows is told again").pipe(
        Effect.annotateLogs({ endsAt: foundLast, storedUpTo: upTo })
      )
      isBehind = true
      yield* committing.tellGap(foundLast + 1, foundReserved, CUT)
    })

    return {
      epoch,
      world,
      setAside,
      unbased,
      based: Effect.suspend(() => Effect.ignore(committing.thread().ask({ verb: "base" }, "based"))),
      append: (entries) => door.withPermits(1)(committing.append(entries)),
      read: Effect.fnUntraced(function* (after, limit) {
        const reply = yield* asFault(committing.thread().ask({ verb: "read", after, limit }, "records"))
        // From where Postgres stands the drainer goes on, also when those records are lost here.
        if (after < shelf.floor() || !(reply.anchored || after === shelf.released())) {
          return yield* new JournalFault({
            message: `Journal: nothing can be replayed after ${after}; it reaches from ${shelf.floor()} to ${shelf.last()}.`
          })
        }
        return numbered(epoch, reply.seqs, reply.records)
      }),
      images: Effect.suspend(() => asFault(committing.thread().ask({ verb: "images" }, "images"))).pipe(
        Effect.map(({ keys, images }) => unpack(images).map((bytes, i): Image => ({ key: keys[i] ?? "", bytes })))
      ),
      floor: Effect.sync(shelf.floor),
      last: Effect.sync(shelf.last),
      release: (upTo) =>
        Effect.suspend(() => {
          shelf.release(upTo)
          if (hasHeard) return Effect.void
          hasHeard = true
          return hear(upTo)
        }),
      isBehind: Effect.sync(() => isBehind),
      lastGap: Effect.sync(committing.lastGap),
      grown: committing.grown,
      stats: Effect.sync(() => ({
        inFlight: backlog.records(),
        inFlightBytes: backlog.bytes(),
        records: shelf.records(),
        bytes: shelf.bytes(),
        floor: shelf.floor(),
        last: shelf.last(),
        released: shelf.released(),
        commits: shelf.commits(),
        degraded: outage.isOn(),
        degradedSince: outage.since()
      }))
    }
  })
)

const KILLED = "the process was killed in an outage of it."
const CUT = "it has lost its newest records, which Postgres has."

const numbered = (epoch: number, seqs: Float64Array, records: Packed): readonly NumberedRecord[] =>
  unpack(records).map((bytes, i) => ({ epoch, seq: seqs[i] ?? 0, durable: true, record: decode(bytes) }))
