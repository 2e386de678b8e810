/**
 * Until when each bookmaker has asked to be left alone, kept in a file, so that a restart asks nobody too early.
 *
 * A file of its own and not the journal: being asked to slow down says nothing of prices, and the start must not wait
 * for anything to know it. It is replaced whole by a rename; one that cannot be written costs a warning, no request.
 */
import { Context, Effect, FileSystem, Layer, Schema, Semaphore } from "effect"
import type { BookmakerId } from "../../domain/Bookmaker.ts"

export interface Pause {
  /** No request before, because the bookmaker asked for fewer. */
  readonly throttledUntil: number
  /** No request before, because it refused us. */
  readonly refusedUntil: number
}

export const NO_PAUSE: Pause = { throttledUntil: 0, refusedUntil: 0 }

export class Pauses extends Context.Service<
  Pauses,
  {
    /** As they were kept before this process started, and since. */
    readonly of: (bookmakerId: BookmakerId) => Pause
    /** Ends when a restart would know it; a pause is never shortened. */
    readonly keep: (bookmakerId: BookmakerId, pause: Partial<Pause>) => Effect.Effect<void>
  }
>()("oddswire/scraping/politeness/Pauses") {
  /** In this folder, which is there. */
  static readonly layer = (folder: string) =>
    Layer.effect(
      Pauses,
      Effect.gen(function* () {
        const files = yield* FileSystem.FileSystem
        const path = `${folder}/pauses.json`
        const kept = new Map(Object.entries(yield* readFrom(files, path)))
        const turn = yield* Semaphore.make(1)
        const write = Effect.suspend(() => {
          const text = JSON.stringify(Object.fromEntries(kept))
          return Effect.andThen(files.writeFileString(`${path}.new`, text), files.rename(`${path}.new`, path))
        }).pipe(
          turn.withPermits(1),
          Effect.catchCause((cause) =>
            Effect.logWarning("A pause could not be kept; a restart may ask too early", cause)
          )
        )
        const find = (bookmakerId: BookmakerId): Pause => kept.get(bookmakerId) ?? NO_PAUSE
        return {
          of: find,
          keep: (bookmakerId, pause) =>
            Effect.suspend(() => {
              const before = find(bookmakerId)
              const throttledUntil = later(before.throttledUntil, pause.throttledUntil)
              const refusedUntil = later(before.refusedUntil, pause.refusedUntil)
              if (throttledUntil === before.throttledUntil && refusedUntil === before.refusedUntil) return Effect.void
              kept.set(bookmakerId, { throttledUntil, refusedUntil })
              return write
            })
        }
      })
    )
}

const Kept = Schema.fromJsonString(
  Schema.Record(Schema.String, Schema.Struct({ throttledUntil: Schema.Finite, refusedUntil: Schema.Finite }))
)

/** None where there is no file yet, or one that nobody can read. */
const readFrom = (files: FileSystem.FileSystem, path: string) =>
  files.readFileString(path).pipe(
    Effect.flatMap(Schema.decodeUnknownEffect(Kept)),
    Effect.catch(() => Effect.succeed({}))
  )

/** In whole seconds, so that fifty refusals in one second are one write. */
const later = (before: number, until: number | undefined): number =>
  until === undefined || until <= before ? before : Math.ceil(until / 1_000) * 1_000
