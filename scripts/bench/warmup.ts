/**
 * `warmup`: from an existing journal to a whole board in memory, in a process of its own each time.
 */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { child } from "./child.ts"
import { plainly } from "./report.ts"
import type { Benchmark } from "./report.ts"
import { median } from "./rounds.ts"

export const warmup: Benchmark = {
  name: "warmup",
  question: "How long does it take to have 1.2 million prices again after a restart?",
  measure: async () => {
    const folder = await mkdtemp(join(tmpdir(), "oddswire-bench-"))
    await child("./memoryChild.ts", "fill", folder)
    const rounds: Opened[] = []
    for (let round = 0; round < ROUNDS; round++) rounds.push(await child<Opened>("./memoryChild.ts", "open", folder))
    await rm(folder, { recursive: true, force: true })
    return {
      rows: [plainly("warm-up from the journal", median(rounds.map(({ ms }) => ms)) / 1_000, "s", { most: 5 })],
      notes: [
        `${rounds[0]?.prices} prices of ${rounds[0]?.listings} listings; opening and checking the journal's file included, the process's own start not. Median of ${ROUNDS} processes.`
      ]
    }
  }
}

const ROUNDS = 5

interface Opened {
  readonly ms: number
  readonly prices: number
  readonly listings: number
}
