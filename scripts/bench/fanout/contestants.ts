/** Who takes part: our server in its forms, the limit, and what people use; all are sent the same changes. */
import { GRID } from "../../../src/client/Documents.ts"
import type { Contestant } from "./arena.ts"

export const raw: Contestant = {
  script: "raw.ts",
  path: "/",
  protocol: "",
  greeting: ["hello"],
  readyAt: "connection_ack",
  argument: "",
  burst: 1
}

/** How a crowd is divided: so many filters that all want every change, and how its sockets number their operations. */
export interface Division {
  readonly groups: number
  readonly ids: "equal" | "unique"
  /** What our own server goes on from; a snapshot for each socket would be another benchmark. */
  readonly cursor: string
}

export const ours = (division: Division, burst = 1, mode: "shared" | "unshared" = "shared"): Contestant => ({
  script: "ours.ts",
  path: "/graphql",
  protocol: "graphql-transport-ws",
  greeting: greeting(division, { after: division.cursor }),
  // The control's subscribers hear nothing before the first change.
  readyAt: mode === "shared" ? "RESUMED" : "connection_ack",
  argument: mode,
  burst
})

export const graphqlPeer = (script: string, division: Division, folder = ""): Contestant => ({
  script,
  path: "/graphql",
  protocol: "graphql-transport-ws",
  greeting: greeting(division, {}),
  readyAt: "connection_ack",
  argument: folder,
  burst: 1
})

export const socketIo = (folder: string): Contestant => ({
  script: "socketio.ts",
  path: "/socket.io/?EIO=4&transport=websocket",
  protocol: "",
  greeting: ["", "40"],
  readyAt: "40{",
  argument: folder,
  burst: 1
})

const greeting = ({ groups, ids }: Division, variables: object): readonly string[] => [
  JSON.stringify({ type: "connection_init" }),
  JSON.stringify({
    // As long as the UUID that graphql-ws makes by default.
    id: ids === "equal" ? "1" : "%U",
    type: "subscribe",
    payload: {
      query: GRID,
      variables: { ...variables, filter: { countries: ["CN", `g%M${groups}%`] } }
    }
  })
]
