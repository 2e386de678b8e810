/** A Postgres of the run's own behind a door, and the three ways in which it goes away. */
import { startCuttingProxy } from "../../../test/support/cuttingProxy.ts"
import { makePostgres } from "../../../test/support/stoppablePostgres.ts"

/** `stopped` is shut down, `frozen` stands still with its connections, `hanging` takes connections and answers nothing. */
export const WAYS = ["stopped", "frozen", "hanging"] as const
export type Way = (typeof WAYS)[number]

export interface Gate {
  /** What the house is given as DATABASE_URL. */
  readonly url: string
  /** Past the door, for the judge. */
  readonly behind: string
  readonly leave: (way: Way) => Promise<void>
  readonly comeBack: (way: Way) => Promise<void>
  readonly close: () => Promise<void>
}

/** Started, in a folder of its own. */
export const makeGate = async (folder: string): Promise<Gate> => {
  const server = await makePostgres(folder)
  await server.start()
  const port = Number(new URL(server.url).port)
  const door = await startCuttingProxy(port)
  return {
    url: server.url.replace(`:${port}/`, `:${door.port}/`),
    behind: server.url,
    leave: async (way) => {
      if (way === "stopped") return server.stop()
      if (way === "frozen") return server.freeze()
      door.hang()
      door.cut("SILENCE")
    },
    comeBack: async (way) => {
      if (way === "stopped") return server.start()
      if (way === "frozen") return server.thaw()
      door.cut("RST")
      door.lead(port)
    },
    close: async () => {
      door.close()
      await server.stop()
    }
  }
}
