/**
 * Runs a script of this folder as a process of its own and reads the JSON that it prints last.
 */
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

export const child = async <A>(script: string, ...args: readonly string[]): Promise<A> => {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", path, ...args], { maxBuffer: 2 ** 26 })
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "")
}
