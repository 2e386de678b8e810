/**
 * The journal in memory: the small model that says what a journal is, for property tests and for rooms that only need
 * the port. Every append is committed at once.
 *
 * A disk outlives the journals on it, in order or as a kill leaves it. It refuses an append that holds an image with the
 * key `refused`, and takes what comes after that.
 */
import { Clock, Deferred, Effect, Layer } from "effect"
import type { NumberedRecord, Position, Record } from "../../src/domain/Record.ts"
import { RESERVED_BLOCK } from "../../src/journal/file/JournalFile.ts"
import { Journal, JournalFault } from "../../src/journal/Journal.ts"
import type { Entry, Image } from "../../src/journal/Journal.ts"
import { KEEP_MS, KEEP_RECORDS } from "../../src/journal/commit/Retention.ts"

interface Kept extends NumberedRecord {
  readonly keptAt: number
}

export interface Disk {
  records: Kept[]
  images: ReadonlyMap<string, Image>
  last: number
  reserved: number
  floor: number
  /** An outage that its process did not live to end. */
  inOutage: boolean
  isBased: boolean
}

export const emptyDisk = (): Disk => ({
  records: [],
  images: new Map(),
  last: 0,
  reserved: 0,
  floor: 0,
  inOutage: false,
  isBased: false
})

export const memoryJournal = (epoch = 1, disk = emptyDisk()): Layer.Layer<Journal> =>
  Layer.effect(
    Journal,
    Effect.gen(function* () {
      const { inOutage: killedInOutage, last: foundLast, reserved: foundReserved } = disk
      let lastGiven = Math.max(foundLast, foundReserved)
      let released: number | undefined
      let isBehind = false
      let commits = 0
      let lastGap: NumberedRecord | undefined
      let grown = Deferred.makeUnsafe<Position>()
      disk.reserved = lastGiven + RESERVED_BLOCK

      const keep = (entries: readonly Entry[], at: number) => {
        const first = lastGiven + 1
        lastGiven += entries.length
        entries.forEach(({ record }, i) =>
          disk.records.push({ epoch, seq: first + i, durable: true, record, keptAt: at })
        )
        disk.images = entries.reduce(
          (images, { image }) => (image === undefined ? images : imaged(images, image)),
          disk.images
        )
        disk.last = lastGiven
        commits += 1
        trim(disk, released ?? 0, at)
        const waiters = grown
        grown = Deferred.makeUnsafe()
        Deferred.doneUnsafe(waiters, Effect.succeed({ epoch, seq: lastGiven }))
        return first
      }

      const tellGap = (from: number, to: number, at: number) => {
        const record: Record = { kind: "GAP", at, from, to, reason: { code: "OTHER", text: "The disk was refused." } }
        lastGap = { epoch, seq: keep([{ record, image: undefined }], at), durable: true, record }
        disk.inOutage = false
      }

      const heal = Effect.map(Clock.currentTimeMillis, (at) => {
        if (disk.inOutage) tellGap(disk.last + 1, lastGiven, at)
      })

      if (killedInOutage) tellGap(foundLast + 1, foundReserved, yield* Clock.currentTimeMillis)
      return {
        epoch,
        world: "test",
        setAside: undefined,
        unbased: disk.isBased ? undefined : "NEW",
        based: Effect.sync(() => {
          disk.isBased = true
        }),
        append: Effect.fnUntraced(function* (entries) {
          const at = yield* Clock.currentTimeMillis
          const durable = !disk.inOutage && entries.every(({ image }) => image?.key !== "refused")
          const first = lastGiven + 1
          if (durable) keep(entries, at)
          else {
            disk.inOutage = true
            lastGiven += entries.length
          }
          const last = lastGiven
          return { first, last, committed: Effect.succeed({ first, last, durable }) }
        }),
        read: (after, limit) =>
          Effect.suspend(() => {
            const { floor, last, records } = disk
            const anchored = [floor, last, released].includes(after) || records.some(({ seq }) => seq === after)
            if (after < floor || !anchored) {
              return Effect.fail(new JournalFault({ message: `Journal: nothing can be replayed after ${after}.` }))
            }
            return Effect.succeed(
              records
                .filter(({ seq }) => seq > after)
                .slice(0, limit)
                .map(({ keptAt: _, ...record }) => record)
            )
          }),
        images: Effect.sync(() => [...disk.images.values()].sort((a, b) => (a.key < b.key ? -1 : 1))),
        floor: Effect.sync(() => disk.floor),
        last: Effect.sync(() => disk.last),
        release: (upTo) =>
          Effect.map(Clock.currentTimeMillis, (at) => {
            const isFirst = released === undefined
            released = upTo
            if (!isFirst || upTo <= foundLast) return
            isBehind = true
            tellGap(foundLast + 1, foundReserved, at)
          }),
        isBehind: Effect.sync(() => isBehind),
        lastGap: Effect.sync(() => lastGap),
        grown: Effect.suspend(() => Deferred.await(grown)),
        // Asking is what lets this disk come back: it has no clock of its own to probe by.
        stats: Effect.map(heal, () => ({
          inFlight: 0,
          inFlightBytes: 0,
          records: disk.records.length,
          bytes: 0,
          floor: disk.floor,
          last: disk.last,
          released: released ?? 0,
          degraded: false,
          degradedSince: undefined,
          commits
        }))
      }
    })
  )

const imaged = (images: ReadonlyMap<string, Image>, { bytes, key }: Image): ReadonlyMap<string, Image> => {
  const next = new Map(images)
  if (bytes.length > 0) return next.set(key, { key, bytes: bytes.slice() })
  for (const known of images.keys()) if (known === key || known.startsWith(`${key}/`)) next.delete(known)
  return next
}

const trim = (disk: Disk, released: number, now: number): void => {
  const { records } = disk
  let gone = 0
  while (
    gone < records.length &&
    (records[gone]?.seq ?? Infinity) <= released &&
    (now - (records[gone]?.keptAt ?? now) >= KEEP_MS || records.length - gone > KEEP_RECORDS)
  ) {
    gone += 1
  }
  if (gone === 0) return
  disk.floor = records[gone - 1]?.seq ?? disk.floor
  disk.records = records.slice(gone)
}
