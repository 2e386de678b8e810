/**
 * A subscriber that loses its line again and again, comes back with its cursor, and counts what the contract forbids.
 *
 * It is written from the contract alone: `test/support` folds what it is told, and shares no code with the client library.
 */
import { setTimeout as pause } from "node:timers/promises"
import { makeFold, ODDS_FIELDS } from "../../../test/support/client.ts"
import type { OddsMessage } from "../../../test/support/client.ts"
import type { Break } from "../../../test/support/cuttingProxy.ts"
import { startCuttingProxy } from "../../../test/support/cuttingProxy.ts"

export interface Return {
  readonly kind: string
  readonly reason: string | null
  /** From the last message before to the subscription after. */
  readonly awayMs: number
}

export interface Follower {
  readonly returns: readonly Return[]
  readonly fold: ReturnType<typeof makeFold>
  readonly faults: () => Faults
  readonly deliveries: () => number
  /** Breaks the line and stays away. */
  readonly leave: (how: Break) => void
  /** Settles when the first message after the absence has come. */
  readonly comeBack: () => Promise<void>
  readonly close: () => void
}

export interface Faults {
  readonly gaps: number
  readonly duplicates: number
  readonly reorders: number
  readonly unwelcomed: number
}

/** What a follower takes of its so many-th message. */
export type Ear = (message: OddsMessage, heard: number) => OddsMessage | undefined

/** A control, which has to be noticed, does not take every message as it is. */
export const follow = async (port: number, filter: object, takes: Ear = (message) => message): Promise<Follower> => {
  const proxy = await startCuttingProxy(port)
  const fold = makeFold()
  const returns: Return[] = []
  const faults = { gaps: 0, duplicates: 0, reorders: 0, unwelcomed: 0 }
  let [line, deliveries, lastAt] = [0, 0, Date.now()]
  let socket: WebSocket | undefined
  let wanted = true

  const hear = (message: OddsMessage, first: boolean, openedAt: number): void => {
    deliveries++
    const mine = fold.cursor()
    if (first) {
      returns.push({ kind: message.kind, reason: message.reason, awayMs: openedAt - lastAt })
      if (message.kind !== "SNAPSHOT" && message.kind !== "RESUMED") faults.unwelcomed++
      if (message.kind === "RESUMED" && message.cursor !== mine) faults.gaps++
    } else if (message.previousCursor !== null && mine !== undefined) {
      // Stricter than the contract, by which a client may be told again what it has: each begins where the last one ended.
      if (message.previousCursor > mine) faults.gaps++
      if (message.previousCursor < mine) faults.duplicates++
      // Where nothing happened at all, a sign of life leads nowhere.
      if (message.cursor < mine || (message.cursor === mine && message.kind !== "HEARTBEAT")) faults.reorders++
    }
    lastAt = Date.now()
    const taken = takes(message, deliveries)
    if (taken !== undefined) fold.apply(taken)
  }

  const open = (): Promise<void> =>
    new Promise((resolve) => {
      const mine = ++line
      const openedAt = Date.now()
      let first = true
      const live = new WebSocket(`ws://127.0.0.1:${proxy.port}/graphql`, "graphql-transport-ws")
      socket = live
      live.onopen = () => live.send('{"type":"connection_init"}')
      // A server that restarts, or a line that broke on its way: come back soon.
      live.onclose = () => {
        if (mine === line && wanted)
          void pause(50 + Math.random() * 100).then(() => (mine === line ? open().then(resolve) : resolve()))
        else resolve()
      }
      live.onmessage = ({ data }) => {
        if (mine !== line) return
        const message: Frame = JSON.parse(String(data))
        if (message.type === "ping") return live.send('{"type":"pong"}')
        if (message.type === "connection_ack") {
          const variables = { filter, after: fold.cursor() ?? null }
          return live.send(JSON.stringify({ id: "1", type: "subscribe", payload: { query: QUERY, variables } }))
        }
        if (message.type !== "next") return
        hear(message.payload.data.oddsUpdated, first, openedAt)
        first = false
        resolve()
      }
    })

  await open()
  return {
    returns,
    fold,
    faults: () => ({ ...faults }),
    deliveries: () => deliveries,
    leave: (how) => {
      line++
      proxy.cut(how)
      // What was silenced is left for dead: a client that noticed would not say goodbye either.
      socket = undefined
    },
    comeBack: open,
    close: () => {
      wanted = false
      line++
      socket?.close()
      proxy.close()
    }
  }
}

interface Frame {
  readonly type: string
  readonly payload: { readonly data: { readonly oddsUpdated: OddsMessage } }
}

const QUERY = `subscription ($filter: OddsFilter, $after: Cursor) { oddsUpdated(filter: $filter, after: $after) { ${ODDS_FIELDS} } }`
