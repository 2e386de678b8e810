/** The server that comes with the project, when somebody else has taken its port. */
import { createServer } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import postgres from "postgres"
import { embeddedPostgres } from "../../../src/storage/server/EmbeddedPostgres.ts"
import { temporaryFolder } from "../../support/folder.ts"

const portOf = (address: Redacted.Redacted): number => Number(new URL(Redacted.value(address)).port)

const occupy = (port: number) =>
  Effect.acquireRelease(
    Effect.callback<ReturnType<typeof createServer>>((resume) => {
      const server = createServer((socket) => socket.destroy())
      server.listen(port, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.sync(() => server.close())
  )

const selectOne = (address: Redacted.Redacted) =>
  Effect.acquireUseRelease(
    Effect.sync(() => postgres(Redacted.value(address), { max: 1, backoff: false })),
    (sql) => Effect.tryPromise(() => sql`select 1`),
    (sql) => Effect.promise(() => sql.end({ timeout: 1 }))
  )

describe("EmbeddedPostgres", () => {
  it.live(
    "starts on another port when its own was taken meanwhile, and is found there",
    () =>
      Effect.gen(function* () {
        const { address } = yield* embeddedPostgres(yield* temporaryFolder)
        const first = portOf(address())
        yield* occupy(first)
        yield* Effect.eventually(
          Effect.suspend((): Effect.Effect<unknown, unknown> =>
            portOf(address()) === first ? Effect.fail("not moved yet") : selectOne(address())
          )
        )
      }),
    60_000
  )

  it.live(
    "says whether its files stood there before",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const start = Effect.gen(function* () {
          const { address, stood } = yield* embeddedPostgres(folder)
          yield* Effect.eventually(Effect.suspend(() => selectOne(address())))
          return stood
        }).pipe(Effect.scoped)
        assert.deepStrictEqual([yield* start, yield* start], [false, true])
      }),
    60_000
  )
})
