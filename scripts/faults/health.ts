/**
 * R38, health tells the truth: each fault is put to a real house, and `/healthz`, `/readyz` and the incidents of
 * `system` have to say so within ten seconds, say nothing else, and say that it is over when it is.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import connect from "postgres"
import { controlsOf } from "../../test/support/controls.ts"
import { startHouse } from "../../test/support/house.ts"
import { makePostgres } from "../../test/support/stoppablePostgres.ts"
import { hooksIn } from "./disk/Hooks.ts"
import { atMost, none } from "./FaultRun.ts"
import type { FaultRun, Size } from "./FaultRun.ts"
import { faultsOn } from "./health/Faults.ts"
import type { Fault, Stage } from "./health/Faults.ts"
import { both, untilTold, WELL } from "./health/Told.ts"

const WITHIN_MS = 10_000

export const health: FaultRun = {
  name: "health",
  promise: "The health page and the incident log say within ten seconds what is wrong, and nothing that is not",
  run: async (size, seed) => {
    const folder = mkdtempSync(join(tmpdir(), "oddswire-health-"))
    const postgres = await makePostgres(folder)
    await postgres.start()
    const hooks = hooksIn(folder)
    const imported = [HOOKS.killer, HOOKS.clock].map((hook) => `--import=${pathToFileURL(hook).href}`)
    const house = await startHouse({
      dataDir: join(folder, "data"),
      environment: {
        ...hooks.environment,
        DATABASE_URL: postgres.url,
        NODE_OPTIONS: [...imported, hooks.environment["NODE_OPTIONS"]].join(" "),
        REFUSAL_WAIT: "2 seconds"
      },
      simulator: ["--events", "20", "--seed", String(seed), "--faults", "none"]
    })
    const sql = connect(postgres.url, { max: 1, backoff: false, onnotice: () => undefined })
    try {
      const api = { http: `${house.url}/graphql` }
      const stage = { api, house, hooks, postgres, simulator: controlsOf(house), sql }
      const seen = await told(stage, roundsOf(size, stage))
      const wrong = seen.flatMap((each) => each.wrong ?? [])
      // The same question with a wrong answer expected must find it wrong.
      const control = await untilTold(house.url, WELL, 300)
      return {
        checks: [
          { ...none("states not told, or told wrongly", wrong.length), seen: wrong.join("; ") || "0" },
          ...seen.map(({ ms, what }) => atMost(`told: ${what}`, ms, WITHIN_MS, "ms"))
        ],
        least: [{ what: "states put to it", seen: seen.length, atLeast: LEAST[size] }],
        controls: [{ what: "a house with a failed actor taken for well", caught: control.wrong !== undefined }],
        counts: { states: seen.length, size },
        notes: [
          "A fault is over once its cause is gone and what it held up is done: a breaker has had its probes, the writer has stored.",
          "A house whose journal cannot use its disk stays ready: it serves what it knows, and says of it that it is not durable.",
          "What a limit gives (age of the backlog, levels of the journal and of disks) is a table of unit tests."
        ]
      }
    } finally {
      await sql.end({ timeout: 0 })
      await house.kill()
      postgres.thaw()
      await postgres.stop().catch(() => undefined)
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 })
    }
  }
}

const HOOKS = {
  killer: join(import.meta.dirname, "supervision/mortal.ts"),
  clock: join(import.meta.dirname, "../../test/support/settableHost.ts")
}

/** What is put to it at once; the short form puts together what must not hide each other. */
const roundsOf = (size: Size, stage: Stage): readonly (readonly Fault[])[] => {
  const { blocked, broken, frozen, full, givenUp, held, parked, set, silent, stopped, stray } = faultsOn(stage)
  return size === "short"
    ? [[blocked, held], [stopped], [parked, full], [set], [givenUp]]
    : [
        [blocked],
        [broken],
        [silent],
        [stopped],
        [frozen],
        [held],
        [parked],
        [stray],
        [full],
        [blocked, broken, held],
        [parked, stray, full],
        [set],
        [givenUp]
      ]
}

const LEAST: { readonly [size in Size]: number } = { short: 9, long: 25 }

const told = async ({ house }: Stage, rounds: readonly (readonly Fault[])[]) => {
  const states: { readonly what: string; readonly ms: number; readonly wrong: string | undefined }[] = []
  let lasting = WELL
  const ask = async (what: string, state: typeof WELL): Promise<void> => {
    const { ms, wrong } = await untilTold(house.url, state, WITHIN_MS)
    states.push({ what, ms, wrong: wrong === undefined ? undefined : `${what}: ${wrong}` })
  }
  await ask("nothing", WELL)
  for (const round of rounds) {
    const name = round.map(({ what }) => what).join(", and ")
    for (const { inflict } of round) await inflict()
    const state = round.reduce((all, fault) => both(all, fault.state), lasting)
    await ask(name, state)
    const mends = round.flatMap(({ mend }) => mend ?? [])
    if (mends.length === 0) {
      lasting = state
      continue
    }
    for (const mend of mends) await mend()
    await ask(`no longer: ${name}`, lasting)
  }
  return states
}
