/**
 * The door to Postgres: the driver, opened in the background, its errors sorted by what to do about them.
 *
 * Building it waits for nothing: live odds do not need a database. Until it is open, and whenever it is away,
 * every statement fails at once with `StorageUnavailable`. Only a newer schema or another world is final.
 */
import { Clock, Config, Context, Deferred, Effect, Layer, Option, Schedule, Semaphore } from "effect"
import type { Redacted } from "effect"
import { StorageUnavailable } from "../domain/StorageUnavailable.ts"
import { Place } from "../journal/Place.ts"
import { connections } from "./connection/Connections.ts"
import { embeddedPostgres } from "./server/EmbeddedPostgres.ts"
import { checkWorld, DatabaseRefused, knownMigrations, migrate } from "./connection/Migrations.ts"
import { pulse } from "./connection/Pulse.ts"
import { statement } from "./connection/Statement.ts"
import type { RowRefused, Sql, Transaction } from "./connection/Statement.ts"
import { transaction } from "./connection/Transaction.ts"

/** Another Postgres instead of the embedded one. */
export const Settings = Config.option(Config.Redacted("DATABASE_URL"))

export interface Reachability {
  readonly reachable: boolean
  readonly since: number
  readonly lastError: string | undefined
}

export class Database extends Context.Service<
  Database,
  {
    readonly query: <A>(run: (sql: Sql) => PromiseLike<A>) => Effect.Effect<A, StorageUnavailable | RowRefused>
    readonly transaction: <A, E, R>(
      body: (sql: Transaction) => Effect.Effect<A, E, R>
    ) => Effect.Effect<A, E | StorageUnavailable | RowRefused, R>
    /** Ends once the schema is in place; fails when this process must not use this database. */
    readonly opened: Effect.Effect<void, DatabaseRefused>
    readonly reachability: () => Reachability
    /** Another number after every outage: what was remembered of the database may no longer be so. */
    readonly generation: () => number
    /** Where its files lie; undefined for a server that is not ours. */
    readonly folder: string | undefined
    /** Whether it was there before this start; undefined for a server that is not ours. */
    readonly stood: boolean | undefined
  }
>()("oddswire/storage/Database") {
  /** For a server that is already there. */
  static readonly at = (url: Redacted.Redacted) =>
    Layer.effect(
      Database,
      open(() => url)
    )

  static readonly layer = Layer.effect(
    Database,
    Effect.gen(function* () {
      const { dataDir } = yield* Place
      const given = yield* Settings
      if (Option.isSome(given)) return yield* open(() => given.value)
      const { address, stood } = yield* embeddedPostgres(dataDir)
      return { ...(yield* open(address)), folder: dataDir, stood }
    })
  )
}

const AWAY = "Postgres is away."

const open = Effect.fnUntraced(function* (address: () => Redacted.Redacted) {
  const { world } = yield* Place
  const { pool, renew } = yield* connections(address)
  const opened = yield* Deferred.make<void, DatabaseRefused>()
  let isOpen = false
  // After an outage another database may answer: it is opened again before it is used.
  let isDoubted = false
  let generation = 0
  const alone = Semaphore.makeUnsafe(1).withPermits(1)
  let state: Reachability = { reachable: false, since: yield* Clock.currentTimeMillis, lastError: undefined }

  const turn = Effect.fnUntraced(function* (reachable: boolean, lastError: string | undefined, at?: number) {
    if (reachable === state.reachable) {
      if (lastError !== undefined) state = { ...state, lastError }
      return
    }
    state = { reachable, since: at ?? (yield* Clock.currentTimeMillis), lastError: lastError ?? state.lastError }
    yield* (
      reachable
        ? Effect.logInfo("Postgres is reachable")
        : Effect.logWarning("Postgres is away; history waits in the journal")
    ).pipe(Effect.annotateLogs(lastError === undefined ? {} : { lastError }))
  })

  const watched = <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    work.pipe(
      Effect.tap(() => turn(true, undefined)),
      Effect.tapError((error) =>
        error instanceof StorageUnavailable ? Effect.andThen(renew, doubt(error.message)) : Effect.void
      )
    )

  const doubt = (lastError: string) =>
    Effect.suspend(() => {
      isDoubted = true
      generation += 1
      return turn(false, lastError)
    })

  // Silence is known only behind the patience with it, and began before.
  yield* pulse(address, (complaint, askedAt) =>
    complaint === undefined ? (isDoubted ? Effect.void : turn(true, undefined)) : turn(false, complaint, askedAt)
  )

  const prepare = knownMigrations.pipe(
    Effect.flatMap((known) => migrate(pool(), known)),
    Effect.andThen(Effect.suspend(() => checkWorld(pool(), world))),
    watched
  )

  /** Who waited while another tried in vain does not try in its turn: a server that hangs would hold up a whole queue. */
  const reopened = Effect.suspend(() => {
    if (!isDoubted) return Effect.void
    const seen = generation
    return alone(
      Effect.suspend(() => {
        if (!isDoubted) return Effect.void
        if (generation !== seen) return Effect.fail(new StorageUnavailable({ message: state.lastError ?? AWAY }))
        return prepare.pipe(
          Effect.tap(() => Effect.sync(() => (isDoubted = false))),
          Effect.catchTag("DatabaseRefused", ({ message }) =>
            doubt(message).pipe(Effect.andThen(new StorageUnavailable({ message })))
          )
        )
      })
    )
  })

  yield* Effect.forkScoped(
    prepare.pipe(
      Effect.tapError((error) => (error instanceof DatabaseRefused ? Deferred.fail(opened, error) : Effect.void)),
      Effect.retry({
        schedule: Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("5 seconds")]),
        while: (error) => !(error instanceof DatabaseRefused)
      }),
      Effect.andThen(
        Effect.sync(() => {
          isOpen = true
          isDoubted = false
        })
      ),
      Effect.andThen(Deferred.succeed(opened, undefined)),
      Effect.ignore
    )
  )

  const whenOpen = <A, E, R>(work: Effect.Effect<A, E, R>) =>
    Effect.suspend((): Effect.Effect<A, E | StorageUnavailable | RowRefused, R> =>
      isOpen
        ? Effect.andThen(reopened, work)
        : Effect.fail(new StorageUnavailable({ message: `Postgres is not open yet. ${state.lastError ?? ""}`.trim() }))
    )

  return {
    query: <A>(run: (sql: Sql) => PromiseLike<A>) => whenOpen(watched(statement(() => run(pool())))),
    transaction: <A, E, R>(body: (sql: Transaction) => Effect.Effect<A, E, R>) =>
      whenOpen(watched(transaction((inside) => pool().begin(inside), body))),
    opened: Deferred.await(opened),
    reachability: () => state,
    generation: () => generation,
    folder: undefined,
    stood: undefined
  }
})
