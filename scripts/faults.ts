/**
 * `npm run faults [name …] [-- --short] [--seed n]`: puts the promises to the test under faults.
 *
 * Without a name all of them run, which takes hours; `npm test` runs the short form of each. What a long run showed is
 * printed and kept in `scripts/faults/RESULTS.md`, which nothing else writes. Exits 1 if a promise was not kept.
 */
import { argv } from "node:process"
import { parseArgs } from "node:util"
import { bombs } from "./faults/bombs.ts"
import { cadence } from "./faults/cadence.ts"
import { clientDrops } from "./faults/clientDrops.ts"
import { clock } from "./faults/clock.ts"
import { commits } from "./faults/commits.ts"
import { corpus } from "./faults/corpus.ts"
import { day } from "./faults/day.ts"
import { disk } from "./faults/disk.ts"
import { drops, dropsWindow } from "./faults/drops.ts"
import { failures } from "./faults/FaultRun.ts"
import type { FaultRun } from "./faults/FaultRun.ts"
import { fuzz } from "./faults/fuzz.ts"
import { health } from "./faults/health.ts"
import { journals } from "./faults/journals.ts"
import { kills } from "./faults/kills.ts"
import { migrations } from "./faults/migrations.ts"
import { mutants } from "./faults/mutants.ts"
import { leaving } from "./faults/leaving.ts"
import { outage, outageHour } from "./faults/outage.ts"
import { load } from "./faults/load.ts"
import { poison } from "./faults/poison.ts"
import { postgres } from "./faults/postgres.ts"
import { keep, show } from "./faults/report.ts"
import { resume } from "./faults/resume.ts"
import { single } from "./faults/single.ts"
import { space } from "./faults/space.ts"
import { slow } from "./faults/slow.ts"
import { starts } from "./faults/starts.ts"
import { supervision } from "./faults/supervision.ts"
import { throttle } from "./faults/throttle.ts"
import { zones } from "./faults/zones.ts"
import { storm } from "./faults/storm.ts"

const FAULT_RUNS: readonly FaultRun[] = [
  corpus,
  fuzz,
  zones,
  bombs,
  storm,
  kills,
  leaving,
  starts,
  outage,
  outageHour,
  postgres,
  migrations,
  journals,
  disk,
  supervision,
  space,
  health,
  mutants,
  poison,
  commits,
  clientDrops,
  drops,
  dropsWindow,
  day,
  slow,
  load,
  cadence,
  throttle,
  single,
  resume,
  clock
]

const { positionals: names, values } = parseArgs({
  args: argv.slice(2),
  allowPositionals: true,
  options: { short: { type: "boolean", default: false }, seed: { type: "string", default: "1" } }
})
const unknown = names.filter((name) => !FAULT_RUNS.some((faultRun) => faultRun.name === name))
const seed = Number(values.seed)
if (unknown.length > 0 || !Number.isSafeInteger(seed)) {
  console.error(
    unknown.length > 0
      ? `There is no fault run ${unknown.join(", ")}; there are ${FAULT_RUNS.map(({ name }) => name).join(", ")}.`
      : `--seed is ${values.seed}; it must be a whole number.`
  )
  process.exit(2)
}

const kept: boolean[] = []
for (const faultRun of FAULT_RUNS) {
  if (names.length > 0 && !names.includes(faultRun.name)) continue
  const began = performance.now()
  const outcome = await faultRun.run(values.short ? "short" : "long", seed)
  const manner = {
    command: `npm run faults ${faultRun.name} -- --seed ${seed}`,
    seed,
    seconds: (performance.now() - began) / 1000
  }
  show(faultRun, outcome, manner)
  if (!values.short) keep(faultRun, outcome, manner)
  kept.push(failures(outcome).length === 0)
}
// Postgres and undici hold sockets open for a while.
process.exit(kept.every(Boolean) ? 0 : 1)
