/**
 * The Postgres server that comes with the project, in the data folder, for as long as the scope is open.
 *
 * Its address is known at once, the server follows in the background and is started again when it ends: nothing
 * else waits for it. The binaries are started by ourselves and not by their npm wrapper, which leaves orphans
 * behind a kill and cannot run as root in a private home.
 */
import { spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { Effect, Redacted, Schedule } from "effect"
import { orphanGone } from "./Orphan.ts"
import { postgresCommand, run, ServerUnusable } from "./PostgresCommand.ts"
import type { PostgresCommand } from "./PostgresCommand.ts"

/**
 * Answers where the server is, and whether its files stood there before; the server itself starts in the background, and
 * moves when its port is taken.
 */
export const embeddedPostgres = Effect.fnUntraced(function* (dataDir: string) {
  let port = yield* freePort(ANY)
  const password = yield* passwordIn(dataDir)
  const stood = !isAbsent(folderIn(dataDir))
  let hasServed = false
  yield* Effect.forkScoped(
    Effect.gen(function* () {
      port = yield* freePort(port)
      const folder = folderIn(dataDir)
      if (hasServed && isAbsent(folder)) {
        yield* Effect.logError("The database's folder has gone while it was in use; a new, empty one is made").pipe(
          Effect.annotateLogs({ folder })
        )
      }
      hasServed = true
      return yield* serve(dataDir, port)
    }).pipe(
      Effect.tapError(({ message }) => Effect.logError(message)),
      Effect.retry(Schedule.min([Schedule.exponential("500 millis"), Schedule.spaced("30 seconds")])),
      Effect.ignore
    )
  )
  const address = () => Redacted.make(`postgres://${USER}:${Redacted.value(password)}@127.0.0.1:${port}/postgres`)
  return { address, stood }
})

const USER = "oddswire"

/** One life of the server; ends only by failing. */
const serve = Effect.fnUntraced(function* (dataDir: string, port: number) {
  const command = yield* postgresCommand
  if (command.fallback !== undefined) yield* Effect.logWarning(command.fallback)
  const folder = folderIn(dataDir)
  yield* orphanGone(folder)
  if (isAbsent(folder)) yield* initialise(command, dataDir, folder)
  return yield* Effect.scoped(Effect.flatMap(server(command, dataDir, folder, port), (ended) => ended))
})

const folderIn = (dataDir: string): string => join(dataDir, "postgres")

const isAbsent = (folder: string): boolean => !existsSync(join(folder, "PG_VERSION"))

/** Made beside its place and moved there whole: a start that is killed here leaves nothing half done. */
const initialise = Effect.fnUntraced(function* (command: PostgresCommand, dataDir: string, folder: string) {
  const unfinished = `${folder}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { mode: 0o700 })
  if (command.owner !== undefined) {
    chownSync(unfinished, command.owner, command.owner)
    chownSync(passwordFile(dataDir), command.owner, command.owner)
  }
  const [program, ...args] = command.initdb
  const { code, output } = yield* run([
    program,
    ...args,
    "-D",
    unfinished,
    "-U",
    USER,
    "--auth=scram-sha-256",
    `--pwfile=${passwordFile(dataDir)}`,
    "--encoding=UTF8",
    "--locale=C"
  ])
  if (code !== 0) {
    return yield* new ServerUnusable({
      message: `Embedded Postgres: ${folder} could not be set up (${lastLine(output)}); mend that, or set DATABASE_URL.`
    })
  }
  renameSync(unfinished, folder)
})

/** Starts the server; answers an effect that fails when it ends. Closing the scope is a fast shutdown. */
const server = (command: PostgresCommand, dataDir: string, folder: string, port: number) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const [program, ...args] = command.postgres
      const logFile = join(dataDir, "postgres.log")
      const log = openSync(logFile, "w")
      // Detached, so that Ctrl-C in a terminal does not end it before the journal is drained.
      const child = spawn(program, [...args, "-D", folder, "-p", String(port), ...OPTIONS], {
        stdio: ["ignore", log, log],
        detached: true
      })
      closeSync(log)
      const ended = Promise.withResolvers<string>()
      child.on("error", (error) => ended.resolve(error.message))
      child.on("exit", () => ended.resolve(lastLine(readFileSync(logFile, "utf8"))))
      return { child, ended: Effect.promise(() => ended.promise) }
    }),
    ({ child, ended }) =>
      Effect.sync(() => child.kill("SIGINT")).pipe(
        Effect.andThen(ended),
        Effect.timeoutOrElse({ duration: "10 seconds", orElse: () => Effect.sync(() => child.kill("SIGQUIT")) })
      )
  ).pipe(
    Effect.map(({ ended }) =>
      Effect.flatMap(ended, (why) =>
        Effect.fail(
          new ServerUnusable({ message: `Embedded Postgres: the server ended (${why}); it is started again.` })
        )
      )
    )
  )

const OPTIONS = [
  "-c",
  "listen_addresses=127.0.0.1",
  "-c",
  "unix_socket_directories=",
  "-c",
  "max_connections=40",
  "-c",
  "shared_buffers=64MB",
  "-c",
  "max_wal_size=512MB",
  "-c",
  "timezone=UTC",
  "-c",
  "log_timezone=UTC"
]

const passwordFile = (dataDir: string): string => join(dataDir, "postgres.password")

const passwordIn = (dataDir: string) =>
  Effect.sync(() => {
    mkdirSync(dataDir, { recursive: true })
    const file = passwordFile(dataDir)
    if (!existsSync(file)) {
      writeFileSync(file, randomBytes(24).toString("hex"), { mode: 0o600 })
      chmodSync(file, 0o600)
    }
    return Redacted.make(readFileSync(file, "utf8"))
  })

const ANY = 0

/** This one, or another when somebody has it. */
const freePort = (wanted: number): Effect.Effect<number> =>
  Effect.callback((resume) => {
    const probe = createServer()
    probe.once("error", (error) => resume(wanted === ANY ? Effect.die(error) : freePort(ANY)))
    probe.listen(wanted, "127.0.0.1", () => {
      const address = probe.address()
      const port = address !== null && typeof address === "object" ? address.port : 0
      probe.close(() => resume(Effect.succeed(port)))
    })
  })

const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? ""
