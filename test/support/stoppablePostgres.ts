/** A Postgres on one port that a test starts and stops as often as it likes: what `DATABASE_URL` points to in journeys. */
import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { chownSync, mkdirSync, readFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { Effect } from "effect"
import { postgresCommand, run } from "../../src/storage/server/PostgresCommand.ts"
import type { PostgresCommand } from "../../src/storage/server/PostgresCommand.ts"

export interface StoppablePostgres {
  readonly url: string
  /** Ends when it takes connections. */
  readonly start: () => Promise<void>
  /** A fast shutdown: connections are cut. Ends when the server has gone. */
  readonly stop: () => Promise<void>
  /** An immediate shutdown, as a crash: the next start recovers from the log. */
  readonly crash: () => Promise<void>
  /** False as well when it has ended by itself. */
  readonly isUp: () => boolean
  /** Every process of it stands still, with its connections; nothing is refused and nothing is answered. */
  readonly freeze: () => void
  readonly thaw: () => void
}

/** A new, empty server in `folder`; not started yet. `settings` as `name=value`. */
export const makePostgres = async (folder: string, settings: readonly string[] = []): Promise<StoppablePostgres> => {
  const command = await Effect.runPromise(postgresCommand)
  const data = join(folder, "postgres")
  const port = await freePort()
  await initialise(command, data)
  let server: ChildProcess | undefined
  const isUp = (): boolean => server !== undefined && server.exitCode === null && server.signalCode === null
  const end = async (how: "SIGINT" | "SIGQUIT"): Promise<void> => {
    if (server === undefined) return
    const ended = isUp() ? once(server, "exit") : undefined
    server.kill(how)
    server = undefined
    await ended
  }
  return {
    url: `postgres://oddswire@127.0.0.1:${port}/postgres`,
    start: async () => {
      const [program, ...args] = command.postgres
      const child = spawn(program, [...args, "-D", data, "-p", String(port), ...OPTIONS, ...asOptions(settings)], {
        stdio: ["ignore", "ignore", "pipe"]
      })
      server = child
      await new Promise<void>((resolve, reject) => {
        child.stderr.setEncoding("utf8").on("data", (text: string) => {
          if (text.includes("ready to accept connections")) resolve()
        })
        child.once("exit", (code) => reject(new Error(`Postgres ended with ${code}`)))
      })
    },
    stop: () => end("SIGINT"),
    crash: () => end("SIGQUIT"),
    isUp,
    freeze: () => signal(server, "SIGSTOP"),
    thaw: () => signal(server, "SIGCONT")
  }
}

/** The server and all that it has started. */
const signal = (server: ChildProcess | undefined, what: "SIGSTOP" | "SIGCONT"): void => {
  const parent = server?.pid ?? assert.fail("no server to signal")
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8")
    .split(" ")
    .filter(Boolean)
    .map(Number)
  for (const pid of [parent, ...children]) process.kill(pid, what)
}

const OPTIONS = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"]

const asOptions = (settings: readonly string[]): readonly string[] => settings.flatMap((setting) => ["-c", setting])

const initialise = async ({ initdb, owner }: PostgresCommand, data: string): Promise<void> => {
  mkdirSync(data, { mode: 0o700 })
  if (owner !== undefined) chownSync(data, owner, owner)
  const [program, ...args] = initdb
  const made = await Effect.runPromise(
    run([program, ...args, "-D", data, "-U", "oddswire", "--auth=trust", "--encoding=UTF8", "--locale=C"])
  )
  assert.strictEqual(made.code, 0, made.output)
}

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, "127.0.0.1")
  await once(probe, "listening")
  const address = probe.address()
  probe.close()
  await once(probe, "close")
  return typeof address === "object" && address !== null ? address.port : assert.fail("no port")
}
