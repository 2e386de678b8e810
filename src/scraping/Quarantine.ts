/**
 * Pieces of payloads that could not be read, or not in full, kept for whoever mends the reader.
 *
 * At most 64 kB each, one a minute for each bookmaker, endpoint and reason, and thirty of each bookmaker: the oldest is
 * dropped, so a noisy one pushes out none but its own. A file is named by what it is; nothing of ours is in it.
 */
import { Clock, Context, DateTime, Effect, FileSystem, Layer, Option, Schema, Semaphore } from "effect"
import type { Endpoint, Unreadable } from "../bookmakers/FetchError.ts"
import type { BookmakerId } from "../domain/Bookmaker.ts"

/** UNREADABLE: nothing of it could be used. DRIFTED: a part of it could not. */
export type DriftReason = "UNREADABLE" | "DRIFTED"

export interface Found {
  readonly bookmakerId: BookmakerId
  readonly endpoint: Endpoint
  readonly reason: DriftReason
  /** Where it stopped matching. */
  readonly path: string
  readonly message: string
  /** The beginning of the body. */
  readonly sample: string
}

/** What is kept of a payload of which nothing could be used. */
export const unreadable = ({ bookmakerId, endpoint, path, message, sample }: Unreadable): Found => ({
  bookmakerId,
  endpoint,
  reason: "UNREADABLE",
  path,
  message,
  sample
})

export type DriftSample = (typeof Kept)["Type"] & {
  /** Its name below the data folder. */
  readonly file: string
}

/** How many payloads of one kind could not be read since the process began, kept or not. */
export interface DriftCount {
  readonly endpoint: Endpoint
  readonly reason: DriftReason
  readonly count: number
  readonly lastAt: number
}

export class Quarantine extends Context.Service<
  Quarantine,
  {
    readonly keep: (found: Found) => Effect.Effect<void>
    /** Newest first. */
    readonly list: Effect.Effect<readonly DriftSample[]>
    /** One for each kind that has come. */
    readonly counts: (bookmakerId: BookmakerId) => readonly DriftCount[]
  }
>()("oddswire/scraping/Quarantine") {
  /** In a folder of this one, made when something is kept. */
  static readonly layer = (dataDir: string) =>
    Layer.effect(
      Quarantine,
      Effect.gen(function* () {
        const files = yield* FileSystem.FileSystem
        const folder = `${dataDir}/${FOLDER}`
        const keptAt = new Map<string, number>()
        const seen = new Map<string, DriftCount & { readonly bookmakerId: BookmakerId }>()
        const turn = yield* Semaphore.make(1)
        const names = files.readDirectory(folder).pipe(
          Effect.map((found) => found.filter((name) => name.endsWith(".json")).toSorted()),
          Effect.catch(() => Effect.succeed([]))
        )

        const write = Effect.fnUntraced(
          function* (found: Found, at: number) {
            yield* files.makeDirectory(folder, { recursive: true })
            yield* files.writeFileString(`${folder}/${nameOf(found, at)}`, textOf({ ...found, at }))
            const ofBookmaker = (yield* names).filter((name) => name.includes(`_${found.bookmakerId}_`))
            for (const name of ofBookmaker.slice(0, -KEPT_EACH)) yield* files.remove(`${folder}/${name}`)
          },
          turn.withPermits(1),
          Effect.catchCause((cause) => Effect.logWarning("A payload that drifted could not be kept", cause))
        )

        const read = (name: string) =>
          files.readFileString(`${folder}/${name}`).pipe(
            Effect.flatMap(Schema.decodeUnknownEffect(Schema.fromJsonString(Kept))),
            Effect.map((kept): DriftSample => ({ ...kept, file: `${FOLDER}/${name}` })),
            Effect.option
          )

        return {
          keep: Effect.fnUntraced(function* (found) {
            const now = yield* Clock.currentTimeMillis
            const { bookmakerId, endpoint, reason } = found
            const kind = `${bookmakerId}/${endpoint}/${reason}`
            const count = (seen.get(kind)?.count ?? 0) + 1
            seen.set(kind, { bookmakerId, endpoint, reason, count, lastAt: now })
            if (found.sample === "" || Math.abs(now - (keptAt.get(kind) ?? -Infinity)) < ONE_EVERY_MS) return
            keptAt.set(kind, now)
            yield* write(found, now)
          }),
          list: Effect.gen(function* () {
            const all = yield* Effect.forEach((yield* names).toReversed(), read)
            return all.flatMap((kept) => (Option.isSome(kept) ? [kept.value] : []))
          }),
          counts: (wanted) => [...seen.values()].filter(({ bookmakerId }) => bookmakerId === wanted)
        }
      })
    )
}

const FOLDER = "quarantine"
const MOST_BYTES = 65_536
const ONE_EVERY_MS = 60_000
const KEPT_EACH = 30

const Kept = Schema.Struct({
  at: Schema.Finite,
  bookmakerId: Schema.String,
  endpoint: Schema.String,
  reason: Schema.Literals(["UNREADABLE", "DRIFTED"]),
  path: Schema.String,
  message: Schema.String,
  sample: Schema.String
})

/** Sorts by time. */
const nameOf = ({ bookmakerId, endpoint, reason }: Found, at: number): string =>
  `${DateTime.formatIso(DateTime.makeUnsafe(at)).replaceAll(":", "-")}_${bookmakerId}_${endpoint}_${reason.toLowerCase()}.json`

/** As much of the sample as fits: written as JSON a character may take six bytes. */
const textOf = (kept: (typeof Kept)["Type"]): string => {
  const bounded = { ...kept, path: kept.path.slice(0, 200), message: kept.message.slice(0, 500) }
  let { sample } = kept
  while (true) {
    const text = JSON.stringify({ ...bounded, sample: sample.toWellFormed() })
    const over = Buffer.byteLength(text) / MOST_BYTES
    if (over <= 1) return text
    sample = sample.slice(0, Math.floor((sample.length / over) * 0.98))
  }
}
