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
const AT_ONCE = 100
/** Beside other tests, whose load stretches what is on its way. */
const AT_ONCE_SHORTLY = 40

export const bombs: FaultRun = {
  name: "bombs",
  promise: "An answer made to exhaust memory is ended in time, and memory stays bounded, also with a hundred at once.",
  run: async (size) => {
    const server = await serveBombs()
    const ask = async (name: string, count: number): Promise<Ended> => ({
      name,
      count,
      ...(await asked(`${server.root}/${name}`, count, "Http"))
    })
    const counts = size === "short" ? [AT_ONCE_SHORTLY] : [1, AT_ONCE]
    // A drip ends by the clock alone, so it need not be waited for alone.
    const dripping = Promise.all(counts.map((count) => ask("drip", count)))
    const outcomes: Ended[] = []
    for (const name of Object.keys(BOMBS).filter((one) => one !== "drip"))
      for (const count of counts) outcomes.push(await ask(name, count))
    outcomes.push(...(await dripping))
    const uncapped = await asked(`${server.root}/gzip`, 1, "uncapped")
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
          LONGEST_MS,
          "ms"
        ),
        none(
          "answers that were taken for good",
          outcomes.reduce((sum, { ends }) => sum + (ends["answered"] ?? 0), 0)
        ),
        none(
          "answers ended with anything but the error of their kind",
          outcomes.reduce((sum, outcome) => sum + strangeIn(outcome), 0)
        )
      ],
      least: [
        { what: "kinds of bombs", seen: Object.keys(BOMBS).length, atLeast: 9 },
        {
          what: "answers asked for",
          seen: outcomes.reduce((sum, { count }) => sum + count, 0),
          atLeast: size === "short" ? 360 : 900
        }
      ],
      controls: [{ what: "undici without a cap", caught: uncapped.riseMb > MOST_RISE_MB }],
      counts: Object.fromEntries([
        ...outcomes.map(({ name, count, riseMb, longestMs, ends }) => [
          `${name} × ${count}`,
          `+${Math.round(riseMb)} MB, ${Math.round(longestMs)} ms, ${told(ends)}`
        ]),
        ["control × 1", `+${Math.round(uncapped.riseMb)} MB`]
      ]),
      notes: [
        "Memory is the highest RSS of a process that only asks, above what it had after one small answer.",
        "An answer that swells or never ends is TooLarge, or TimedOut where it had to wait for the one place of large ones.",
        "Layers that are told are Unreadable at their header, layers that are not at the body, which is no JSON.",
        ...outcomes
          .filter((outcome) => strangeIn(outcome) > 0)
          .map(({ name, ends }) => `Strange: ${name}, ${told(ends)}`)
      ]
    }
  }
}

interface Ended extends Asked {
  readonly name: keyof typeof BOMBS
  readonly count: number
}

/** Those that ended otherwise than their kind should. */
const strangeIn = ({ name, count, ends }: Ended): number =>
  count - (BOMBS[name]?.ends ?? []).reduce((sum, end) => sum + (ends[end] ?? 0), 0)

const told = (ends: Asked["ends"]): string =>
  Object.entries(ends)
    .map(([end, count]) => `${count} ${end}`)
    .join(", ")

const asked = (url: string, count: number, client: Client): Promise<Asked> =>
  new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ["--expose-gc", join(import.meta.dirname, "bombs/asker.ts"), url, String(count), client],
      (fault, output) => (fault === null ? resolve(JSON.parse(output)) : reject(fault))
    )
  })
