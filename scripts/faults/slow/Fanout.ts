/** A server of the fan-out benchmark that publishes at a steady rate, its memory and its log; and one healthy crowd. */
import { spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { createClient } from "graphql-ws"
import { WebSocket } from "ws"
import { quantile } from "../../bench/rounds.ts"
import { nowUs, stampedAt } from "../../bench/fanout/stamps.ts"
import type { Answer, Listening, Order } from "../../bench/fanout/orders.ts"

export interface Fanout {
  readonly listening: Listening
  readonly isAlive: () => boolean
  /** With its garbage collected. */
  readonly memory: () => Promise<Memory>
  /** Publishes for so long; ends early, with false, when the server does. */
  readonly pace: (ms: number, perSecond: number) => Promise<boolean>
  /** What the server's log says of each reader that it got rid of. */
  readonly cuts: () => readonly LoggedCut[]
  readonly stop: () => void
}

export interface Memory {
  readonly rss: number
  /** On the heap and beside it, which says more of a single reader than pages that allocators keep. */
  readonly held: number
}

export interface LoggedCut {
  /** Cut as slow with 4290, else for a ping that it did not answer. */
  readonly asSlow: boolean
  readonly heldUpMs: number
  readonly queuedBytes: number
}

export const startFanout = async (script: string, args: readonly string[]): Promise<Fanout> => {
  const [file, lifeline] = [`../../bench/fanout/${script}`, "../../start/endWithParent.ts"].map((path) =>
    fileURLToPath(new URL(path, import.meta.url))
  )
  const child: ChildProcess = spawn(
    process.execPath,
    ["--expose-gc", "--import", lifeline ?? "", file ?? "", ...args],
    { stdio: ["ignore", "pipe", "ignore", "ipc"], env: { ...process.env, NODE_ENV: "production" } }
  )
  let output = ""
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output += text
  })
  const listening = await answer<Listening>(child)
  const ask = async (order: Order): Promise<Answer | undefined> => {
    if (!child.connected) return undefined
    const answered = Promise.race([answer<Answer>(child), once(child, "exit").then(() => undefined)])
    child.send(order)
    return answered
  }
  return {
    listening,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    memory: async () => (await ask({ order: "rest" })) ?? { rss: 0, held: 0 },
    pace: async (ms, perSecond) => (await ask({ order: "pace", ms, perSecond })) !== undefined,
    cuts: () =>
      [...output.matchAll(/(cut with 4290|answered no ping)[^\n]*?heldUpMs: (\d+)[^\n]*?queuedBytes: (\d+)/gs)].map(
        ([, why, heldUpMs, queuedBytes]) => ({
          asSlow: why === "cut with 4290",
          heldUpMs: Number(heldUpMs),
          queuedBytes: Number(queuedBytes)
        })
      ),
    stop: () => void child.kill("SIGKILL")
  }
}

const answer = <A>(child: ChildProcess): Promise<A> =>
  new Promise((resolve) => child.once("message", (message: A) => resolve(message)))

export interface Healthy {
  readonly received: () => number
  /** Where the healthy are, for who comes now. */
  readonly cursor: () => string | undefined
  /** p99 of the milliseconds since a change was due, from now on. */
  readonly restart: () => void
  readonly p99: () => number
  readonly close: () => void
}

export const startHealthy = (
  port: number,
  query: string,
  variables: Readonly<Record<string, unknown>>,
  clients: number
): Healthy => {
  let latencies: number[] = []
  let received = 0
  let cursor: string | undefined
  const all = Array.from({ length: clients }, () => {
    const client = createClient({
      url: `ws://127.0.0.1:${port}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      lazy: false,
      // The control ends under them.
      onNonLazyError: () => undefined
    })
    client.subscribe<{
      readonly oddsUpdated: { readonly cursor: string; readonly offers: readonly { readonly changedAt: string }[] }
    }>(
      { query, variables: { ...variables } },
      {
        next: ({ data }) => {
          const stamp = data?.oddsUpdated.offers[0]?.changedAt
          if (stamp === undefined) return
          received++
          cursor = data?.oddsUpdated.cursor
          latencies.push((nowUs() - stampedAt(stamp)) / 1_000)
        },
        error: () => undefined,
        complete: () => undefined
      }
    )
    return client
  })
  return {
    received: () => received,
    cursor: () => cursor,
    restart: () => void (latencies = []),
    p99: () => quantile(latencies, 0.99),
    close: () => all.forEach((client) => void client.dispose())
  }
}
