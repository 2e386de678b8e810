/**
 * The client library behind a line that is cut, and what became of it: what its links brought, and whether its state
 * is the server's.
 */
import { clientOver } from "../../../src/client/Client.ts"
import type { OddswireClient } from "../../../src/client/Client.ts"
import { makeConnection } from "../../../src/client/Connection.ts"
import { webSocketLink } from "../../../src/client/Link.ts"
import type { OpenLink } from "../../../src/client/Link.ts"
import type { OddsFeed } from "../../../src/client/OddsFeed.ts"
import type { Status } from "../../../src/client/Status.ts"
import { surroundings } from "../../../src/client/Surroundings.ts"

export interface Witness {
  readonly client: OddswireClient
  readonly feed: OddsFeed
  /** The first message of each subscription: how it was received back. */
  readonly welcomes: readonly string[]
  readonly messages: () => number
}

/** What a broken line would do to a message; undefined = it never arrives. */
export type Meddle = (message: string) => string | undefined

/** Follows all main markets over this address. */
export const witness = (url: string, meddle: Meddle = (message) => message): Witness => {
  const welcomes: string[] = []
  let messages = 0
  const listening: OpenLink = (events) => {
    const link = webSocketLink({ url })(events)
    return {
      ...link,
      subscribe: (request, sink) => {
        let first = true
        return link.subscribe(request, {
          ...sink,
          next: (data) => {
            const arrived = meddle(JSON.stringify(data))
            if (arrived === undefined) return
            messages += 1
            const kind = first ? /"kind":"(\w+)"/.exec(arrived)?.[1] : undefined
            if (kind !== undefined) welcomes.push(kind)
            first = false
            sink.next(JSON.parse(arrived))
          }
        })
      }
    }
  }
  const connection = makeConnection(listening, surroundings, { firstMs: 20, mostMs: 500 })
  const client = clientOver(connection, surroundings)
  return { client, feed: client.odds(), welcomes, messages: () => messages }
}

/** Settles once the feed says so. */
export const until = (feed: OddsFeed, wanted: Status): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void => {
      if (feed.standing().status !== wanted) return
      leave()
      resolve()
    }
    const leave = feed.onChange(look)
    look()
  })
