/**
 * Starts the simulator beside the runtime and answers where it listens.
 *
 * It is a process of its own in a group of its own: Ctrl-C reaches the runtime alone, whose running fetches
 * still want answers while it shuts down. It ends with this process.
 */
import { spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { Socket } from "node:net"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"

/** What the caller should be told when there is no simulator, in a sentence. */
export class NoSimulator extends Error {}

const PATIENCE_MS = 30_000

/** `options` are those of `npm run simulator`; without a port it takes any that is free. */
export const startSimulator = async (options: readonly string[]): Promise<string> => {
  const child = spawn(
    process.execPath,
    ["--import", pathOf("./endWithParent.ts"), pathOf("../simulator.ts"), "--port", "0", ...options],
    { stdio: ["ignore", "pipe", "inherit", "ipc"], detached: true }
  )
  const { line, url } = await greeting(child)
  release(child)
  child.once("exit", (code, signal) => {
    console.error(`The simulator has ended (${signal ?? `exit code ${code}`}): all odds will go stale. Start again.`)
  })
  console.log(line)
  return url
}

/** The line in which it tells its address. */
const greeting = async (child: ChildProcess): Promise<{ readonly line: string; readonly url: string }> => {
  if (child.stdout === null) throw new NoSimulator("The simulator was started without a way to tell its address.")
  const lines = createInterface({ input: child.stdout })
  const patience = AbortSignal.timeout(PATIENCE_MS)
  const spoken = new Promise<{ readonly line: string; readonly url: string }>((resolve) => {
    lines.on("line", (line) => {
      const url = / at (http:\/\/\S+?)\/betpawa\b/.exec(line)?.[1]
      if (url !== undefined) resolve({ line, url })
    })
  })
  const ended = once(child, "exit", { signal: patience }).then(
    ([code]) =>
      Promise.reject(new NoSimulator(`The simulator ended with exit code ${String(code)} before it listened.`)),
    () => Promise.reject(new NoSimulator(`The simulator did not listen within ${PATIENCE_MS / 1000} s.`))
  )
  return Promise.race([spoken, ended])
}

/** The runtime alone decides how long this process lives. */
const release = (child: ChildProcess): void => {
  child.unref()
  child.channel?.unref()
  if (child.stdout instanceof Socket) child.stdout.unref()
}

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))
