/**
 * `npm run bench [name …]`: what the house costs next to the limit of the same machine, measured in the same run.
 *
 * Without a name all of them run, which takes about ten minutes. What was measured is printed and kept in
 * `scripts/bench/RESULTS.md`, which nothing else writes.
 */
import { argv } from "node:process"
import { decode } from "./bench/decode.ts"
import { diff } from "./bench/diff.ts"
import { fanout } from "./bench/fanout.ts"
import { latency } from "./bench/latency.ts"
import { memory } from "./bench/memory.ts"
import { query } from "./bench/query.ts"
import { keep, show } from "./bench/report.ts"
import type { Benchmark } from "./bench/report.ts"
import { run } from "./bench/run.ts"
import { warmup } from "./bench/warmup.ts"
import { writer } from "./bench/writer.ts"

const BENCHMARKS: readonly Benchmark[] = [decode, diff, memory, query, writer, warmup, fanout, run, latency]

const names = argv.slice(2)
const unknown = names.filter((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name))
if (unknown.length > 0) {
  console.error(
    `There is no benchmark ${unknown.join(", ")}; there are ${BENCHMARKS.map(({ name }) => name).join(", ")}.`
  )
  process.exit(2)
}
for (const benchmark of BENCHMARKS) {
  if (names.length > 0 && !names.includes(benchmark.name)) continue
  const findings = await benchmark.measure()
  show(benchmark, findings)
  keep(benchmark, findings)
}
// Postgres and undici hold sockets open for a while.
process.exit()
