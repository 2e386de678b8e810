/**
 * What a statement can come to: the rows, Postgres away, or a row that Postgres will never take.
 *
 * Only class 22 and a violated named constraint are the row's fault. Everything else, the unknown included,
 * may pass: holding back costs time, parking a good row costs history.
 */
import type { Writable } from "node:stream"
import { Data, Effect } from "effect"
import type postgres from "postgres"
import { StorageUnavailable } from "../../domain/StorageUnavailable.ts"

/** The row is at fault: retrying cannot help. */
export class RowRefused extends Data.TaggedError("RowRefused")<{
  readonly sqlstate: string
  readonly message: string
}> {}

export type Types = {
  readonly bigint: number
  readonly time: number
  readonly texts: readonly string[]
  readonly integers: readonly number[]
}
export type Pool = postgres.Sql<Types>
export type Transaction = postgres.TransactionSql<Types>
/** What statements are written against, inside a transaction or not. */
export type Sql = postgres.ISql<Types>

export const classify = (error: unknown): StorageUnavailable | RowRefused => {
  const message = error instanceof Error ? error.message : String(error)
  const sqlstate = field(error, "code")
  return isRowsFault(sqlstate, field(error, "constraint_name"))
    ? new RowRefused({ sqlstate, message })
    : new StorageUnavailable({ message: `Postgres: ${message}${sqlstate === "" ? "" : ` (${sqlstate})`}` })
}

const isRowsFault = (sqlstate: string, constraint: string): boolean =>
  /^22[0-9A-Z]{3}$/.test(sqlstate) || (["23502", "23514"].includes(sqlstate) && constraint !== "")

/** Text with a NUL is in no row, and Postgres cannot even be asked for it. */
export const mayBeStored = (text: string): boolean => !text.includes("\0")

/** A read has no row of its own to be at fault: what Postgres refuses there is a mistake in the statement, a defect. */
export const readable = <A>(
  read: Effect.Effect<A, StorageUnavailable | RowRefused>
): Effect.Effect<A, StorageUnavailable> => Effect.catchTag(read, "RowRefused", (refused) => Effect.die(refused))

const field = (error: unknown, name: string): string => {
  const value =
    typeof error === "object" && error !== null ? Object.entries(error).find(([key]) => key === name)?.[1] : undefined
  return typeof value === "string" ? value : ""
}

/**
 * Runs one statement; the wait is bounded, because a server that is stopped answers nothing at all. The signal says
 * that nobody waits any more.
 */
export const statement = <A>(
  run: (signal: AbortSignal) => PromiseLike<A>,
  withinS = 40
): Effect.Effect<A, StorageUnavailable | RowRefused> =>
  Effect.tryPromise({ try: run, catch: classify }).pipe(
    Effect.timeoutOrElse({
      duration: `${withinS} seconds`,
      orElse: () => Effect.fail(new StorageUnavailable({ message: `Postgres: no answer in ${withinS} s.` }))
    })
  )

/**
 * Sends the bytes of a `copy … from stdin`; only inside a transaction. One that is interrupted is broken off, since
 * nothing else could be said on its connection before.
 *
 * The driver drops an error that comes after the last byte, and then never ends the stream. So a statement
 * follows: it is refused (25P02) when the copy was, though not with the reason.
 */
export const copy = (
  sql: Sql,
  open: () => Promise<Writable>,
  bytes: Uint8Array
): Effect.Effect<void, StorageUnavailable | RowRefused> =>
  Effect.flatMap(statement(opened(open)), (stream) =>
    Effect.raceFirst(
      Effect.callback<void, StorageUnavailable | RowRefused>((resume) => {
        stream.on("error", (error: unknown) => resume(Effect.fail(classify(error))))
        stream.on("finish", () => resume(Effect.void))
      }),
      Effect.andThen(
        ended(stream, bytes),
        Effect.mapError(
          statement(() => sql`select 1`),
          asCopyRefused
        )
      )
    ).pipe(Effect.onInterrupt(() => Effect.sync(() => stream.destroy())))
  )

/** Also a stream that comes when nobody waits for it any more is broken off; its error, unheard, would end the process. */
const opened =
  (open: () => Promise<Writable>) =>
  (signal: AbortSignal): Promise<Writable> =>
    open().then((stream) => {
      stream.on("error", () => {})
      return signal.aborted ? stream.destroy() : stream
    })

/** Ends once the end of the data is on its way: a statement sent before it would break the copy. */
const ended = (stream: Writable, bytes: Uint8Array): Effect.Effect<void> =>
  Effect.callback((resume) => {
    stream.write(bytes, () => {
      stream.end()
      setImmediate(() => resume(Effect.void))
    })
  })

const asCopyRefused = (error: StorageUnavailable | RowRefused) =>
  error.message.includes(`(${IN_FAILED_TRANSACTION})`)
    ? new RowRefused({
        sqlstate: IN_FAILED_TRANSACTION,
        message: "Postgres refused a copy; the driver does not say why."
      })
    : error

const IN_FAILED_TRANSACTION = "25P02"
