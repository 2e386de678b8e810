/**
 * `npm run bench [name …]`: what the house costs next to the limit of the same machine, measured in the same run.
 *
 * Without a name all of them run, which takes about half an hour. What was measured is printed and kept in
 * `scripts/bench/RESULTS.md`, which nothing else writes. `npm run bench name -- --part one` measures a part of a
 * benchmark and keeps nothing.
 */
import { parseArgs } from "node:util"
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

const { positionals: names, values } = parseArgs({
  allowPositionals: true,
  options: { part: { type: "string", multiple: true, default: [] } }
})
const unknown = names.filter((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name))
if (unknown.length > 0) {
  console.error(
    `There is no benchmark ${unknown.join(", ")}; there are ${BENCHMARKS.map(({ name }) => name).join(", ")}.`
  )
  process.exit(2)
}
const chosen = BENCHMARKS.filter(({ name }) => names.length === 0 || names.includes(name))
const foreign = values.part.filter((part) => !chosen.every(({ parts = [] }) => parts.includes(part)))
if (foreign.length > 0) {
  const parts = chosen.flatMap(({ name, parts = [] }) => parts.map((part) => `${name} --part "${part}"`))
  console.error(`There is no part ${foreign.join(", ")} of what was named; there are: ${parts.join("; ")}.`)
  process.exit(2)
}
for (const benchmark of chosen) {
  const findings = await benchmark.measure(values.part)
  show(benchmark, findings)
  if (values.part.length === 0) keep(benchmark, findings)
}
// Postgres and undici hold sockets open for a while.
process.exit()
