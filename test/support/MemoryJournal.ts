/**
 * A journal in memory, for property tests and for rooms that only need the port: every append is committed at once.
 *
 * It forgets everything with the process and has no place in the product.
 */
import { Deferred, Effect, Layer } from "effect"
import type { NumberedRecord, Position } from "../../src/domain/Record.ts"
import { Journal, JournalFault } from "../../src/journal/Journal.ts"
import type { Image } from "../../src/journal/Journal.ts"

export const memoryJournal = (epoch = 1): Layer.Layer<Journal> =>
  Layer.sync(Journal, () => {
    const records: NumberedRecord[] = []
    const images = new Map<string, Image>()
    let released = 0
    let commits = 0
    let grown = Deferred.makeUnsafe<Position>()

    const keep = (image: Image) => {
      if (image.bytes.length > 0) return images.set(image.key, { key: image.key, bytes: image.bytes.slice() })
      for (const key of images.keys()) {
        if (key === image.key || key.startsWith(`${image.key}/`)) images.delete(key)
      }
    }

    return {
      epoch,
      world: "test",
      append: (entries) =>
        Effect.sync(() => {
          const first = records.length + 1
          for (const { record, image } of entries) {
            records.push({ epoch, seq: records.length + 1, durable: true, record })
            if (image !== undefined) keep(image)
          }
          commits += 1
          const last = records.length
          const waiters = grown
          grown = Deferred.makeUnsafe()
          Deferred.doneUnsafe(waiters, Effect.succeed({ epoch, seq: last }))
          return { first, last, committed: Effect.succeed({ first, last, durable: true }) }
        }),
      read: (after, limit) =>
        after < 0 || after > records.length
          ? Effect.fail(new JournalFault({ message: `Journal: nothing can be replayed after ${after}.` }))
          : Effect.sync(() => records.slice(after, after + limit)),
      images: Effect.sync(() => [...images.values()].sort((a, b) => (a.key < b.key ? -1 : 1))),
      floor: Effect.succeed(0),
      last: Effect.sync(() => records.length),
      release: (upTo) =>
        Effect.sync(() => {
          released = Math.max(released, upTo)
        }),
      lastGap: Effect.undefined,
      grown: Effect.suspend(() => Deferred.await(grown)),
      stats: Effect.sync(() => ({
        inFlight: 0,
        inFlightBytes: 0,
        records: records.length,
        bytes: 0,
        floor: 0,
        last: records.length,
        released,
        degraded: false,
        degradedSince: undefined,
        commits
      }))
    }
  })
