/** Starts a house that is not expected to live, and answers how it ended. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"

export interface Ended {
  /** Null when it had to be killed. */
  readonly code: number | null
  /** What it wrote as an error, by line. */
  readonly complaints: readonly string[]
}

const ROOT = join(import.meta.dirname, "../..")
const ENDS_WITHIN_MS = 30_000

export const runToEnd = async (
  environment: Readonly<{ [name: string]: string }>,
  options: readonly string[]
): Promise<Ended> => {
  const child = spawn(process.execPath, [join(ROOT, "scripts/start.ts"), ...options], {
    cwd: ROOT,
    env: { PATH: process.env["PATH"], PORT: "0", ...environment },
    stdio: ["ignore", "ignore", "pipe"],
    timeout: ENDS_WITHIN_MS,
    killSignal: "SIGKILL"
  })
  const chunks: string[] = []
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => chunks.push(chunk))
  const [code] = await once(child, "close")
  return { code: typeof code === "number" ? code : null, complaints: chunks.join("").trimEnd().split("\n") }
}
