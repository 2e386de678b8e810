/** Where a run over a whole house takes place: a simulator that outlives it, a folder of its own, a port that stays. */
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Address } from "../../../test/support/client.ts"
import type { HouseOptions, Launched } from "../../../test/support/house.ts"
import { startSimulatorProcess } from "../../../test/support/simulator.ts"
import type { SimulatorProcess } from "../../../test/support/simulator.ts"

export interface Scene {
  readonly folder: string
  readonly simulator: SimulatorProcess
  readonly kickoffs: ReadonlyMap<string, number>
  /** The same for each of its houses, so that whoever follows comes back to it. */
  readonly api: Address
  readonly url: string
  readonly options: HouseOptions
  /** Ends this one with the scene, however the run ends. */
  readonly ends: (house: Launched | { readonly kill: () => Promise<void> }) => void
}

export interface SceneOptions {
  readonly seed: number
  readonly events: number
  /** Of each match; few of them make small bodies and a high rate. */
  readonly markets: number
  readonly environment?: Readonly<{ [name: string]: string }>
}

/** Everything started for it is gone when this ends. */
export const withScene = async <A>(options: SceneOptions, act: (scene: Scene) => Promise<A>): Promise<A> => {
  const { seed, events, markets, environment = {} } = options
  const folder = mkdtempSync(join(tmpdir(), "oddswire-faults-"))
  const simulator = await startSimulatorProcess(
    `--events ${events} --markets ${markets} --seed ${seed} --latency none --faults none`.split(" ")
  )
  const houses: { readonly kill: () => Promise<void> }[] = []
  try {
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    return await act({
      folder,
      simulator,
      kickoffs: await simulator.kickoffs(),
      api: { http: `${url}/graphql` },
      url,
      options: {
        dataDir: join(folder, "data"),
        environment: { ...simulator.environment, PORT: String(port), ...environment }
      },
      ends: (house) => void houses.push(house)
    })
  } finally {
    for (const house of houses) await house.kill()
    await simulator.stop()
    rmSync(folder, { recursive: true, force: true, maxRetries: 40, retryDelay: 250 })
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
