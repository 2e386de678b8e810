/**
 * Counts who is connected, for `system` and metrics; the websocket server writes, everyone may read.
 */
import { Context, Layer } from "effect"

export interface ConnectionCounts {
  readonly sockets: number
  /** Running subscriptions by field name. */
  readonly subscriptions: ReadonlyMap<string, number>
}

export class Connections extends Context.Service<
  Connections,
  {
    readonly opened: () => void
    readonly closed: () => void
    readonly subscribed: (topic: string) => void
    readonly unsubscribed: (topic: string) => void
    readonly counts: () => ConnectionCounts
  }
>()("oddswire/graphql/Connections") {
  static readonly layer = Layer.sync(Connections, () => {
    let sockets = 0
    const subscriptions = new Map<string, number>()
    const count = (topic: string, by: number): void => {
      subscriptions.set(topic, (subscriptions.get(topic) ?? 0) + by)
    }
    return {
      opened: () => void sockets++,
      closed: () => void sockets--,
      subscribed: (topic) => count(topic, 1),
      unsubscribed: (topic) => count(topic, -1),
      counts: () => ({ sockets, subscriptions: new Map(subscriptions) })
    }
  })
}
