/**
 * `memory`: resident memory of a process that holds a full board, less that of the same process before its first price.
 */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { child } from "./child.ts"
import { plainly } from "./report.ts"
import type { Benchmark } from "./report.ts"

export const memory: Benchmark = {
  name: "memory",
  question: "How many bytes does a cached price take?",
  measure: async () => {
    const folder = await mkdtemp(join(tmpdir(), "oddswire-bench-"))
    const { busy, warm, empty, prices, markets, listings } = await child<Filled>("./memoryChild.ts", "fill", folder)
    await rm(folder, { recursive: true, force: true })
    const perPrice = (of: (memory: Memory) => number, now = warm): number => (of(now) - of(empty)) / prices
    return {
      rows: [
        plainly(
          "RSS per cached price, warm after 3 cycles of moves less empty",
          perPrice(({ rss }) => rss),
          "B",
          { most: 40 }
        ),
        plainly(
          "of that, live JavaScript heap",
          perPrice(({ heapUsed }) => heapUsed),
          "B"
        ),
        plainly(
          "of that, typed arrays",
          perPrice(({ arrayBuffers }) => arrayBuffers),
          "B"
        ),
        plainly(
          "RSS the moment the last cycle ends, with garbage and the pages that V8 keeps for more",
          perPrice(({ rss }) => rss, busy),
          "B"
        )
      ],
      notes: [
        `${prices} prices in ${markets} markets of ${listings} listings, made of the bookmakers' largest payloads, through the real OddsBooks and journal; one process. The limit is 4 B, an integer.`
      ]
    }
  }
}

interface Memory {
  readonly rss: number
  readonly heapUsed: number
  readonly arrayBuffers: number
}

interface Filled {
  readonly prices: number
  readonly markets: number
  readonly listings: number
  readonly empty: Memory
  readonly busy: Memory
  readonly warm: Memory
}
