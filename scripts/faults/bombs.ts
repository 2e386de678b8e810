/**
 * Answers made to exhaust whoever reads them, one at a time and a hundred at once, against the real `Http` in a
 * process of its own: what its memory rises by, how long each takes and what it ends with.
 */
import { execFile } from "node:child_process"
import { join } from "node:path"
import { atMost, none } from "./FaultRun.ts"
import type { FaultRun } from "./FaultRun.ts"
import { BOMBS, serveBombs } from "./bombs/server.ts"
import type { Asked, Client } from "./bombs/asker.ts"

const MOST_RISE_MB = 150
const LONGEST_MS = 10_000
/** Timers of a busy machine are late. */
const LATE_MS = 1_000
const AT_ONCE = 100

export const bombs: FaultRun = {
  name: "bombs",
  promise: "An answer made to exhaust memory is ended in time, and memory stays bounded, also with a hundred at once.",
  run: async (size) => {
    const server = await serveBombs()
    const outcomes: (Asked & { readonly name: string; readonly count: number })[] = []
    const ask = (name: string, count: number, client: Client) => asked(`${server.root}/${name}`, count, client)
    for (const name of Object.keys(BOMBS)) {
      for (const count of size === "short" ? [AT_ONCE] : [1, AT_ONCE])
        outcomes.push({ name, count, ...(await ask(name, count, "Http")) })
    }
    const uncapped = await ask("gzip", 1, "uncapped")
    server.close()
    const worst = (of: (one: Asked) => number) => Math.max(...outcomes.map(of))
    return {
      checks: [
        atMost(
          "highest rise of memory (RSS)",
          worst(({ riseMb }) => riseMb),
          MOST_RISE_MB,
          "MB"
        ),
        atMost(
          "longest until an answer was ended",
          worst(({ longestMs }) => longestMs),
          LONGEST_MS + LATE_MS,
          "ms"
        ),
        none(
          "answers that were taken for good",
          outcomes.reduce((sum, { ends }) => sum + (ends["answered"] ?? 0), 0)
        ),
        none(
          "answers ended with anything but a refusal of the payload",
          outcomes.reduce((sum, { ends, count }) => sum + count - refusalsIn(ends), 0)
        )
      ],
      least: [
        { what: "kinds of bombs", seen: Object.keys(BOMBS).length, atLeast: 9 },
        { what: "answers asked for", seen: outcomes.reduce((sum, { count }) => sum + count, 0), atLeast: 900 }
      ],
      controls: [{ what: "undici without a cap", caught: uncapped.riseMb > MOST_RISE_MB }],
      counts: Object.fromEntries([
        ...outcomes.map(({ name, count, riseMb, longestMs, ends }) => [
          `${name} × ${count}`,
          `+${Math.round(riseMb)} MB, ${Math.round(longestMs)} ms, ${Object.keys(ends).join(" or ")}`
        ]),
        ["control × 1", `+${Math.round(uncapped.riseMb)} MB`]
      ]),
      notes: [
        `Memory is the highest RSS of a process that only asks, above what it had after one small answer.`,
        `10 s are allowed, and ${LATE_MS} ms for timers that a busy machine fires late.`
      ]
    }
  }
}

const refusalsIn = (ends: Asked["ends"]): number =>
  ["TooLarge", "TimedOut", "Unreadable", "Unreachable", "Blocked"].reduce((sum, tag) => sum + (ends[tag] ?? 0), 0)

const asked = (url: string, count: number, client: Client): Promise<Asked> =>
  new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ["--expose-gc", join(import.meta.dirname, "bombs/asker.ts"), url, String(count), client],
      (fault, output) => (fault === null ? resolve(JSON.parse(output)) : reject(fault))
    )
  })
