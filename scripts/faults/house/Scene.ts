/** Where a run over a whole house takes place: a folder of its own, a port that stays, a simulator that outlives it. */
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Address } from "../../../test/support/client.ts"
import type { HouseOptions, Launched } from "../../../test/support/house.ts"
import { startSimulatorProcess } from "../../../test/support/simulator.ts"
import type { SimulatorProcess } from "../../../test/support/simulator.ts"

export interface Stage {
  readonly folder: string
  /** The same for each of its houses, so that whoever follows comes back to it. */
  readonly api: Address
  readonly url: string
  readonly options: HouseOptions
  /** Ends this one with the scene, however the run ends. */
  readonly ends: (house: Launched | { readonly kill: () => Promise<void> }) => void
}

export interface Scene extends Stage {
  readonly simulator: SimulatorProcess
  readonly kickoffs: ReadonlyMap<string, number>
}

export interface SceneOptions {
  readonly seed: number
  readonly events: number
  /** Of each match; few of them make small bodies and a high rate. */
  readonly markets: number
  readonly environment?: Readonly<{ [name: string]: string }>
}

/** Everything started on it is gone when this ends. */
export const withStage = async <A>(
  environment: Readonly<{ [name: string]: string }>,
  act: (stage: Stage) => Promise<A>
): Promise<A> => {
  const folder = mkdtempSync(join(tmpdir(), "oddswire-faults-"))
  const houses: { readonly kill: () => Promise<void> }[] = []
  try {
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    return await act({
      folder,
      api: { http: `${url}/graphql` },
      url,
      options: { dataDir: join(folder, "data"), environment: { PORT: String(port), ...environment } },
      ends: (house) => void houses.push(house)
    })
  } finally {
    for (const house of houses) await house.kill()
    rmSync(folder, { recursive: true, force: true, maxRetries: 40, retryDelay: 250 })
  }
}

export const withScene = async <A>(options: SceneOptions, act: (scene: Scene) => Promise<A>): Promise<A> => {
  const { seed, events, markets, environment = {} } = options
  const simulator = await startSimulatorProcess(
    `--events ${events} --markets ${markets} --seed ${seed} --latency none --faults none`.split(" ")
  )
  try {
    const kickoffs = await simulator.kickoffs()
    return await withStage({ ...simulator.environment, ...environment }, (stage) =>
      act({ ...stage, simulator, kickoffs })
    )
  } finally {
    await simulator.stop()
  }
}

export const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, "127.0.0.1")
  await once(probe, "listening")
  const address = probe.address()
  probe.close()
  await once(probe, "close")
  return typeof address === "object" && address !== null ? address.port : 0
}
